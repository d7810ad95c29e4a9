"""One turn of a conversation: read the answers, find what is left, choose the next question, show the best."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import orjson

from commerce.buyer import Buyer
from commerce.merchandising import Weight
from engines.plan import FacetRequest, SearchPlan
from engines.port import FieldInfo, SearchIndex
from engines.results import Hit, SearchResult
from language.analysis import analyzer
from language.filters.tree import And, Exists, Filter
from language.locales import resolve_locale
from ranking.guide.answerability import NEVER, Usage
from ranking.guide.book import NO_BOOK, Book, Script
from ranking.guide.conversation import NO_MATTER, Answer, GuideAnswer, GuideRequest, Understood
from ranking.guide.gain import SHOWN
from ranking.guide.questions import Asking, Left, next_question
from ranking.guide.reading import AnswerReader, Meaning
from ranking.guide.reasons import reasons
from ranking.guide.scope import both, scope_of
from ranking.guide.wording import words_of
from ranking.localised import in_locale
from ranking.request import RankedHit
from ranking.synonyms import NO_SYNONYMS, SynonymTable
from ranking.visible_fields import fields_of

_FIELDS = 24
_FEW_FIELDS = 60
_VALUES = 100
_PREFERRED = 4.0
_DOUBT = 0.2
"""The share of buyers who do not know something that could be known."""
_NO_USAGE: Usage = {}
Read = tuple[Answer, Meaning]


def guide(
    index: SearchIndex,
    request: GuideRequest,
    buyer: Buyer,
    currency: str,
    usage: Usage = _NO_USAGE,
    synonyms: SynonymTable = NO_SYNONYMS,
    book: Book = NO_BOOK,
) -> GuideAnswer:
    """Answer one turn for this buyer.

    Raises UnknownField and InvalidFilter for the filter, InvalidAnswer for an answer that no question can have.
    """
    locales = index.stats().locales
    locale = resolve_locale((request.locale, buyer.locale), locales)
    spoken = request.locale or buyer.locale or locale
    scope = scope_of(index, request, buyer, locale, synonyms)
    fields = fields_of(index, buyer)
    while True:
        script = book.script(scope.category or _answered(request.answers))
        reader = AnswerReader(index, scope.plan, fields, analyzer(locale), spoken, script)
        read = [(answer, reader.read(answer, f"/answers/{at}")) for at, answer in _latest(request.answers)]
        wished = replace(scope.plan, facets=_wanted(script, fields), weights=_wishes(read))
        kept, result = _remaining(index, wished, read)
        if result.total or scope.otherwise is None:
            break
        scope = scope.otherwise
    given_up = [pair for pair in read if _filters(pair) and pair not in kept]
    plan = replace(scope.plan, filter=_all(scope.plan.filter, kept), weights=_wishes(read))
    asking = Asking(
        spoken,
        index.dictionary(),
        fields,
        currency,
        usage,
        script,
        lambda condition: index.search(replace(plan, filter=both(plan.filter, condition))).total,
    )
    done = frozenset(answer.question for answer, _ in read)
    understood = tuple(
        Understood(
            answer, answer.question, meaning.text, meaning.lost or (answer, meaning) in given_up, meaning.condition
        )
        for answer, meaning in read
    )
    fits = [each for each, pair in zip(understood, read, strict=True) if pair in kept]
    said = words_of(spoken)
    candidates = tuple(
        RankedHit(
            hit._replace(product=in_locale(hit.product, locale, locales[0])),
            position,
            (),
            {},
            reasons(hit, fits, result.facets, index.dictionary(), spoken),
        )
        for position, hit in enumerate(result.hits, start=1)
    )
    lost = [each.text for each in understood if each.given_up]
    return GuideAnswer(
        remaining=result.total,
        question=next_question(Left(result.total, result.facets), done, asking),
        candidates=candidates,
        answers=understood,
        relaxed=(said.given_up.format(said.and_.join(lost)),) if lost else (),
        category=scope.category,
        constraints=scope.constraints,
        locale=spoken,
    )


def _answered(answers: Sequence[Answer]) -> str | None:
    """Return the category that was answered with, None for none."""
    said = [each.value for each in answers if each.question == "category"]
    return said[-1] if said and isinstance(said[-1], str) and said[-1] != NO_MATTER else None


def _wanted(script: Script, fields: Mapping[str, FieldInfo]) -> tuple[FacetRequest, ...]:
    """Return the facets that have to be counted for what is to be asked first."""
    names = (name for name in script.first if name not in script.questions or not script.questions[name].options)
    return tuple(FacetRequest(name, _VALUES) for name in names if name in fields and name not in NEVER)


def _latest(answers: Sequence[Answer]) -> list[tuple[int, Answer]]:
    """Return the newest answer to each question with its place, the newest last: it is the one that counts."""
    newest = {answer.question: at for at, answer in enumerate(answers)}
    return [(at, answers[at]) for at in sorted(newest.values())]


def _filters(pair: Read) -> bool:
    answer, meaning = pair
    return answer.strength == "must" and meaning.condition is not None


def _wishes(read: Sequence[Read]) -> tuple[Weight, ...]:
    """Return what the buyer would prefer, which scores more, and what the buyer did not know of, which scores less.

    Nobody knows a value that there is not, but few buyers, a share d, do not know one that there is. So by Bayes' rule
    a product with a value is d times as likely the one in mind as a product without.
    """
    preferred = (meaning.condition for answer, meaning in read if answer.strength == "prefer")
    unknown = (answer.question for answer, meaning in read if answer.value is None and meaning.is_about_field)
    return (
        *(Weight(condition, _PREFERRED) for condition in preferred if condition is not None),
        *(Weight(Exists(field), _DOUBT) for field in unknown),
    )


def _all(scope: Filter | None, kept: Sequence[Read]) -> Filter | None:
    conditions = tuple(meaning.condition for _, meaning in kept if meaning.condition is not None)
    return both(scope, And(conditions)) if conditions else scope


def _remaining(index: SearchIndex, scope: SearchPlan, read: Sequence[Read]) -> tuple[list[Read], SearchResult]:
    """Return the answers that hold together, and what they leave.

    Where they leave nothing, one is given up, the oldest whose loss leaves something; where no single one does, the
    oldest go one after another. What was said last counts most.
    """
    kept = [pair for pair in read if _filters(pair)]
    result = _search(index, scope, kept)
    if result.total or not kept:
        return kept, result
    for at in range(len(kept)):
        fewer = [pair for place, pair in enumerate(kept) if place != at]
        if index.search(replace(scope, filter=_all(scope.filter, fewer), facets=())).total:
            return fewer, _search(index, scope, fewer)
    while kept and not result.total:
        kept = kept[1:]
        result = _search(index, scope, kept)
    return kept, result


def _search(index: SearchIndex, scope: SearchPlan, kept: Sequence[Read]) -> SearchResult:
    """Find what is left, with the counts of the fields that may be asked about."""
    plan = replace(
        scope,
        filter=_all(scope.filter, kept),
        auto_facets=_FIELDS,
        facet_limit=_VALUES,
        even_ranges=True,
        limit=SHOWN,
    )
    result = index.search(plan)
    if not 1 < result.total <= SHOWN:
        return result
    # A value of one product each makes no facet, but among so few products a question: all fields that they have.
    named = {each.field for each in plan.facets}
    fields = index.fields()
    carried = Counter(name for hit in result.hits for name in _fields_of(hit) if name in fields and name not in named)
    chosen = [each.field for each in result.facets if each.field not in named]
    wanted = dict.fromkeys((*chosen, *(name for name, _ in carried.most_common(_FEW_FIELDS))))
    facets = tuple(FacetRequest(name, _VALUES) for name in wanted)
    return index.search(replace(plan, facets=(*plan.facets, *facets), auto_facets=0))


def _fields_of(hit: Hit) -> list[str]:
    """Return the fields that may be asked about of a product: what every product has, and its attributes."""
    attributes = orjson.loads(hit.product.document).get("attributes", {})
    return ["brand", "category", "price", *(f"attributes.{name}" for name in attributes)]
