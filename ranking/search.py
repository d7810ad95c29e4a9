"""Answer a search: understand the query, execute the plan, present the hits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import orjson

from commerce.buyer import Buyer
from engines.plan import FacetRequest, SearchPlan, TextMatch
from engines.port import SearchIndex
from engines.results import Hit, SearchResult
from evaluation.experiments.interleaving import Team
from language.analysis import Analyzer, analyzer
from language.errors import VitrineError
from language.filters.tree import And, Filter
from language.identifiers import normalise_identifier
from language.locales import resolve_locale
from language.measure_terms import measure_terms
from ranking.fields import countable, resolve_filter, resolve_selection, resolve_sort
from ranking.highlight import highlight
from ranking.hybrid import Asked, Found, hybrid, is_reordered, personal_words, semantic
from ranking.intent import Intent, preferring
from ranking.interleaving import Rival, Way, interleaved, is_interleaved, resumed
from ranking.localised import in_locale
from ranking.measures import MeasureReader
from ranking.merchandising.display import displayed, shown_first
from ranking.merchandising.effects import NO_EFFECTS, Effects
from ranking.merchandising.placing import placed
from ranking.merchandising.ruling import effects_on
from ranking.merchandising.table import NO_RULES, RuleTable
from ranking.models import NO_MODELS, Models, signal_reader
from ranking.ordering import engine_stages
from ranking.part_numbers import identifiers
from ranking.personal import Personal, fact_reader
from ranking.relevance import USUAL, Relevance
from ranking.request import (
    Interpretation,
    InvalidPage,
    MatchedBy,
    RankedHit,
    SearchAnswer,
    SearchRequest,
    Stage,
)
from ranking.synonyms import NO_SYNONYMS, SynonymTable
from ranking.understanding import Understanding, understand
from ranking.variants import matched_variants
from ranking.visible_fields import fields_of

DEEPEST = 10_000
_AUTOMATIC_FACETS = 12


class ModelUnavailable(VitrineError):
    """A mode of search whose model this catalogue does not have."""

    code = "model_unavailable"


def search(
    index: SearchIndex,
    request: SearchRequest,
    buyer: Buyer,
    models: Models = NO_MODELS,
    synonyms: SynonymTable = NO_SYNONYMS,
    personal: Personal | None = None,
    rules: RuleTable = NO_RULES,
    relevance: Relevance = USUAL,
    rival: Rival | None = None,
) -> SearchAnswer:
    """Search one catalogue's snapshot for this buyer with the ``models`` that there are, in the order that a
    ``personal`` profile makes of the first hits by relevance, and as the ``rules`` say that hold. ``relevance`` says
    what counts how much. A ``rival`` way has its hits in the same list, in searches by relevance.

    Raises UnknownField for a filter, facet or sort field that the catalogue does not have, InvalidPage beyond
    10,000 hits without a cursor, ModelUnavailable for a purely semantic search without an encoder.
    """
    if request.mode == "semantic" and request.query.strip() and models.encoder is None:
        raise ModelUnavailable("no text encoder is loaded: use mode lexical or hybrid", pointer="/mode")
    if request.cursor is None and request.page * request.page_size > DEEPEST:
        message = f"page {request.page} of {request.page_size} lies beyond {DEEPEST:,} hits: go on with the cursor"
        raise InvalidPage(message, pointer="/page")
    began = perf_counter()
    locales = index.stats().locales
    locale = resolve_locale((request.locale, buyer.locale), locales)
    effects = effects_on(request, locale, buyer, fields_of(index, buyer), rules) if rules else NO_EFFECTS
    if effects.replace_query is not None:
        request = replace(request, query=effects.replace_query)
    way = Way(request.mode, models, personal, relevance)
    ways = [_prepared(index, request, buyer, locale, way, synonyms, effects)]
    if rival is not None and request.sort == "relevance":
        ways.append(_prepared(index, request, buyer, locale, rival.way, synonyms, effects))
    understood_at = perf_counter()
    seed = "" if rival is None else rival.seed
    found, pinned, teams = _find_ruled(index, ways, seed, effects)
    own, limits = ways[0], tuple[str, ...]()
    if own.understood.filter is not None and found.result.total == len(pinned) and request.cursor is None:
        limits = tuple(dict.fromkeys(each.text for each in own.understood.constraints if each.filters))
        ways = [_without_limits(index, buyer, each, effects) for each in ways]
        own = ways[0]
        found, pinned, teams = _find_ruled(index, ways, seed, effects)
    understood, words = own.understood, analyzer(locale)
    result = found.result
    found_at = perf_counter()
    first = 1 if request.cursor else own.plan.offset + 1
    hits = tuple(
        _present(
            hit._replace(product=in_locale(hit.product, locale, locales[0])),
            position,
            understood.text,
            result,
            request,
            words,
            found,
            ways[teams.get(hit.product.id, 0)].asked,
            _pinned(hit, effects, pinned),
            teams.get(hit.product.id),
        )
        for position, hit in enumerate(result.hits, start=first)
    )
    timings = {
        "understand": (understood_at - began) * 1e3,
        **(result.timings or {}),
        "present": (perf_counter() - found_at) * 1e3,
    }
    best = next((hit for hit in result.hits if hit.product.id not in pinned), None)
    interpretation = replace(
        _interpret(understood, best, result, words, limits),
        category=_seen(own.intent.category, result),
        semantic_hits=len(found.near),
        ignored=own.ignored,
    )
    facets = result.facets
    if own.asked.personal is not None and request.facets is None:
        facets = own.asked.personal.ordered(facets)
    return SearchAnswer(
        hits,
        result.total,
        interpretation,
        displayed(facets, effects.facets, request),
        result.cursor,
        locale,
        timings,
        result.exact,
        personalized=any(each.asked.personal is not None for each in ways),
        rules=effects.applied(pinned),
        banners=effects.banners,
        redirect=effects.redirect,
    )


@dataclass(frozen=True, slots=True)
class _Prepared:
    """One way of answering: what it understood, what it asks the engine for, and what its order needs to know."""

    request: SearchRequest
    relevance: Relevance
    understood: Understanding
    intent: Intent
    plan: SearchPlan
    asked: Asked
    ignored: tuple[str, ...] = ()


def _prepared(
    index: SearchIndex,
    request: SearchRequest,
    buyer: Buyer,
    locale: str,
    way: Way,
    synonyms: SynonymTable,
    effects: Effects,
) -> _Prepared:
    locales, words, vocabulary = index.stats().locales, analyzer(locale), index.vocabulary(locale, buyer)
    query, ignored = synonyms.without_stop_words(request.query, words, locale)
    request = replace(request, mode=way.mode, query=query)
    personal = way.personal if way.personal is not None and _is_personal(request, way.personal) else None
    measures = MeasureReader(index.dictionary(), words, locale)
    compounds = synonyms.compounds(words, locale)
    understood = understand(request.query, words, vocabulary, measures, way.models.is_word, way.relevance, compounds)
    if understood.text is not None:
        widened = synonyms.widen(understood.text.words, words, locale)
        understood = replace(understood, text=replace(understood.text, words=widened))
    if understood.text is not None and locale != locales[0]:
        understood = replace(understood, text=replace(understood.text, locale=locale))
    intents = way.models.intents if locale == locales[0] else None
    weights = way.relevance.weights
    understood, intent = preferring(understood, intents, vocabulary, index.stats().products, weights.kind)
    plan = to_plan(index, request, buyer, understood, effects, way.relevance)
    facts = None if personal is None else fact_reader(locales[0])
    asked = Asked(way.models, signal_reader(locale), vocabulary, intent, weights, request.explain, personal, facts)
    return _Prepared(request, way.relevance, understood, intent, plan, asked, ignored)


def _without_limits(index: SearchIndex, buyer: Buyer, way: _Prepared, effects: Effects) -> _Prepared:
    """Return a way that leaves out the limits that the query's words set."""
    kept = tuple(each for each in way.understood.constraints if not each.filters)
    understood = replace(way.understood, filter=None, constraints=kept)
    plan = to_plan(index, way.request, buyer, understood, effects, way.relevance)
    return replace(way, understood=understood, plan=plan)


def _is_personal(request: SearchRequest, personal: Personal) -> bool:
    """Say whether a profile has a say in the order."""
    by_relevance = request.sort == "relevance" and (request.mode != "semantic" or not request.query.strip())
    return by_relevance and request.personalize and personal.strength > 0 and personal.profile.interactions > 0


def _find_ruled(
    index: SearchIndex, ways: Sequence[_Prepared], seed: str, effects: Effects
) -> tuple[Found, Mapping[str, int], Mapping[str, Team]]:
    """Find a page, with what rules pin in its place; pins are places in the order of relevance and in no other.

    The hits of two ways are interleaved, but for a page that continues an answer of one.
    """
    teams: dict[str, Team] = {}
    plan = ways[0].plan

    def find(asked: SearchPlan) -> Found:
        if len(ways) == 1 or (asked.cursor is not None and not is_interleaved(asked.cursor)):
            return _find(index, resumed(asked), ways[0])
        page = interleaved(asked, (lambda each: _find(index, each, ways[0]), of_rival), seed)
        teams.update(page.teams)
        return page.found

    def of_rival(asked: SearchPlan) -> Found:
        own = ways[1].plan
        return _find(index, replace(asked, text=own.text, on_offer_boost=own.on_offer_boost), ways[1])

    if not effects.pins or plan.sort.field != "relevance":
        return find(plan), {}, teams
    found, pinned = placed(index, plan, [pin for pin, _ in effects.pins], find)
    return found, pinned, teams


def _find(index: SearchIndex, plan: SearchPlan, way: _Prepared) -> Found:
    asked, understood = way.asked, way.understood
    encoder = asked.models.encoder
    if encoder is None or way.request.mode == "lexical" or plan.text is None:
        if is_reordered(plan.cursor) or (asked.personal is not None and plan.cursor is None):
            return personal_words(index, plan, asked)
        return Found(index.search(plan))
    vector = encoder.match(understood.corrected or way.request.query, understood.words, asked.vocabulary)
    if way.request.mode == "semantic":
        return semantic(index, plan, vector)
    return hybrid(index, plan, vector, asked)


def to_plan(
    index: SearchIndex,
    request: SearchRequest,
    buyer: Buyer,
    understood: Understanding,
    effects: Effects = NO_EFFECTS,
    relevance: Relevance = USUAL,
) -> SearchPlan:
    """Put the whole request into one plan; every name in it is resolved against the catalogue's fields."""
    fields = fields_of(index, buyer)
    requests = [FacetRequest(name, request.facet_limit) for name in request.facets or ()]
    for at, facet in enumerate(requests):
        countable(facet.field, fields, f"/facets/{at}")
    if request.facet_search:
        field, prefix = request.facet_search
        countable(field, fields, "/facet_search/field")
        requests = [each for each in requests if each.field != field]
        requests.append(FacetRequest(field, request.facet_limit, prefix))
    automatic = request.facets is None and not request.facet_search
    if automatic:
        requests = [FacetRequest(name, request.facet_limit) for name in shown_first(effects.facets, fields)]
    asked = None if request.filter is None else resolve_filter(request.filter, fields)
    return SearchPlan(
        buyer=buyer,
        at=request.at,
        text=understood.text,
        filter=_both(_both(asked, understood.filter), effects.condition),
        selections=tuple(resolve_selection(each, fields) for each in request.selections),
        facets=tuple(requests),
        auto_facets=_AUTOMATIC_FACETS + len(effects.facets.hidden) if automatic else 0,
        facet_limit=request.facet_limit,
        sort=resolve_sort(request.sort, fields),
        offset=0 if request.cursor else (request.page - 1) * request.page_size,
        limit=request.page_size,
        cursor=request.cursor,
        on_offer_boost=relevance.strengths.on_offer,
        weights=effects.weights,
    )


def _both(one: Filter | None, other: Filter | None) -> Filter | None:
    """Return the filter that both hold, None being none."""
    if one is None or other is None:
        return other if one is None else one
    return And((one, other))


def _present(
    hit: Hit,
    position: int,
    text: TextMatch | None,
    result: SearchResult,
    request: SearchRequest,
    words: Analyzer,
    found: Found,
    asked: Asked,
    pin: Stage | None,
    team: Team | None,
) -> RankedHit:
    marked = None
    if text is not None and text.words:
        terms = {form for word in text.words for form, _ in word.forms}
        marked = highlight(hit.product.title, terms, text.words[-1].prefix, words)
    if hit.product.units:
        hit = hit._replace(product=hit.product._replace(matched=matched_variants(hit.product, text, words)))
    stages = None
    if request.explain:
        stages = (found.stages or {}).get(hit.product.id) or engine_stages(hit, result.words)
        if asked.personal and asked.facts and (stage := asked.personal.stage(hit.product, asked.facts)):
            stages = (*stages, stage)
        stages = stages if pin is None else (pin, *stages)
    matched_by = _matched_by(hit, found, textual=text is not None)
    return RankedHit(hit, position, matched_by, {"title": marked} if marked else {}, stages, team)


def _pinned(hit: Hit, effects: Effects, pinned: Mapping[str, int]) -> Stage | None:
    if (position := pinned.get(hit.product.id)) is None:
        return None
    return Stage("pin", 1.0, f"stands at position {position} by rule {effects.pinned_by(hit.product.id)}")


def _matched_by(hit: Hit, found: Found, *, textual: bool) -> tuple[MatchedBy, ...]:
    if not textual:
        return ()
    ways: list[MatchedBy] = ["identifier"] if hit.by_identifier else ["lexical"] if hit.words else []
    if hit.product.id in found.near:
        ways.append("semantic")
    return tuple(ways)


def _interpret(
    understood: Understanding, best: Hit | None, result: SearchResult, words: Analyzer, limits: tuple[str, ...]
) -> Interpretation:
    """Say how the query was understood; ``best`` is the first hit that no rule pinned."""
    part_number = None
    relaxed: tuple[str, ...] = ()
    if best is not None and understood.text is not None:
        if best.by_identifier:
            part_number = _typed_part_number(understood, best)
        elif result.words < len(understood.words):
            relaxed = _missing(understood.text, best, words)
    return Interpretation(
        words.language,
        understood.corrected,
        part_number,
        constraints=understood.constraints,
        relaxed=(*limits, *relaxed) if result.hits else (),
        compounds=understood.compounds,
    )


def _typed_part_number(understood: Understanding, found: Hit) -> str | None:
    """Return the part number as the buyer typed it: the first that the product found carries."""
    product = orjson.loads(found.product.document)
    carried = {normalise_identifier(each) for each in (product["id"], product["mpn"] or "", *product["gtin"])}
    whole = (typed for typed in understood.part_numbers if carried.intersection(identifiers((typed,))))
    pieces = understood.text.pieces if understood.text else ()
    return next(whole, None) or next((each for each in pieces if any(each in number for number in carried)), None)


def _seen(category: str | None, result: SearchResult) -> str | None:
    """Return the category if a hit is in it: what no product here is in may be none of this buyer's categories."""
    if category is None:
        return None
    begins = orjson.dumps(category)[:-1]
    return category if any(begins in hit.product.document for hit in result.hits) else None


def _missing(text: TextMatch, best: Hit, words: Analyzer) -> tuple[str, ...]:
    """Return the words that even the best hit does not carry: what was dropped to find something."""
    carried = {*words.terms(best.product.document.decode()), *measure_terms(best.product.title, words.language)}
    return tuple(
        word.text
        for word in text.words
        if not word.prefix and word.condition is None and not any(form in carried for form, _ in word.forms)
    )
