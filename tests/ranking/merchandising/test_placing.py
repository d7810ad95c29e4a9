"""Whatever is pinned, pages hold everything once: where it was pinned, for whom it may be shown to."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.buyer import Buyer
from commerce.merchandising import Pin, Rule, Then, Weight, When
from commerce.pricing import Assortment, Selected
from engines.embedded import EmbeddedEngine
from engines.plan import Selection
from engines.port import Schema, SearchIndex
from language.filters.tree import Compare, Filter, In
from ranking.meaning import Floors, QueryEncoder
from ranking.merchandising.table import RuleTable
from ranking.models import NO_MODELS, Models
from ranking.request import Mode, SearchAnswer, SearchRequest
from ranking.search import search
from tests.ranking.test_hybrid import document, encoder

BRANDS = ("HP", "Acme", "Bolt")
TITLES = ("red sofa", "blue couch", "settee", "red lamp", "lamp", "blue table")
IDS = [f"p{at:03}" for at in range(30)]
FEW = Buyer(assortments=("few",))
EVERYONE = Buyer()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    engine = EmbeddedEngine(tmp_path_factory.mktemp("placing"))
    kinds = {"id": "text", "brand": "text", "category": "hierarchy"}
    version = engine.create("shop", Schema(("en",), kinds=kinds, encoder="known"))  # type: ignore[arg-type]
    builder = engine.builder("shop", version)
    builder.write(document(each, TITLES[at % 6], BRANDS[at % 3], at) for at, each in enumerate(IDS))
    builder.put_assortment(Assortment("few", Selected(frozenset(IDS[::2]))))
    builder.commit(1)
    builder.close()
    engine.switch("shop", version)
    found = engine.open("shop")
    assert found is not None
    return found


def models() -> Models:
    return Models(QueryEncoder(encoder(), Floors(0.3, 0.3)))


def ask(index: SearchIndex, rules: list[Rule], who: Buyer, known: Models, **request: object) -> SearchAnswer:
    return search(index, SearchRequest(**request), who, known, rules=RuleTable(rules))  # type: ignore[arg-type]


def ids(answer: SearchAnswer) -> list[str]:
    return [hit.hit.product.id for hit in answer.hits]


def all_pages(index: SearchIndex, rules: list[Rule], who: Buyer, known: Models, **request: object) -> list[list[str]]:
    pages, cursor = [], None
    while True:
        found = ask(index, rules, who, known, cursor=cursor, **request)
        pages.append(ids(found))
        cursor = found.cursor
        if cursor is None:
            return pages


PINS = st.lists(
    st.builds(Pin, st.sampled_from([*IDS, "gone"]), st.integers(1, 40)), max_size=6, unique_by=lambda p: p.id
)
HIDES = st.lists(
    st.sampled_from([Compare("brand", "=", "HP"), In("id", ("p000", "p003")), Compare("category", "=", "lamp")]),
    max_size=2,
).map(tuple)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    pins=PINS,
    hide=HIDES,
    query=st.sampled_from(["", "red", "lamp", "nothing at all"]),
    mode=st.sampled_from(["lexical", "hybrid", "semantic"]),
    who=st.sampled_from([EVERYONE, FEW]),
    condition=st.sampled_from([None, Compare("brand", "!=", "Bolt")]),
    selected=st.sampled_from([(), (Selection("brand", ("HP", "Acme")),)]),
    size=st.integers(1, 9),
    known=st.booleans(),
)
def test_pages_hold_everything_once_with_pins_in_their_places(
    index: SearchIndex,
    pins: list[Pin],
    hide: tuple[Filter, ...],
    query: str,
    mode: Mode,
    who: Buyer,
    condition: Filter | None,
    selected: tuple[Selection, ...],
    size: int,
    known: bool,
) -> None:
    if mode == "semantic" and not known:
        mode = "hybrid"
    loaded = models() if known else NO_MODELS
    hiding = [Rule("hides", then=Then(hide=hide))] if hide else []
    pinning = [Rule("pins", then=Then(pin=tuple(pins)))] if pins else []
    request = {"query": query, "mode": mode, "filter": condition, "selections": selected, "page_size": size}
    whole = {**request, "page_size": 100, "facets": ("brand",)}
    plain = ask(index, hiding, who, loaded, **whole)
    shown = ask(index, hiding + pinning, who, loaded, **whole)
    allowed = ids(ask(index, hiding, who, loaded, filter=condition, selections=selected, page_size=100))
    visible = {pin.id for pin in pins} & set(allowed)

    # Pins respect assortments, filters and selections; nothing else comes or goes, and nothing else moves.
    assert set(ids(shown)) == set(ids(plain)) | visible
    assert len(ids(shown)) == len(set(ids(shown))) == shown.total
    assert [each for each in ids(shown) if each not in visible] == [each for each in ids(plain) if each not in visible]
    # The first pin stands where it was pinned, or last.
    first = next((pin for pin in sorted(pins, key=lambda pin: pin.position) if pin.id in visible), None)
    if first is not None:
        last = shown.total - len(visible)
        assert ids(shown).index(first.id) == min(first.position - 1, last)
    # Facets count what is shown, whatever is ticked: a value's count is that of ticking it alone.
    if not selected:
        for value in shown.facets[0].values:
            of_value = [each for each in ids(shown) if BRANDS[IDS.index(each) % 3] == value.value]
            assert value.count == len(of_value)
    # Pages by number and by cursor are slices of the whole.
    pages = all_pages(index, hiding + pinning, who, loaded, **request)
    assert [each for page in pages for each in page] == ids(shown)
    for number in (1, 2, 3):
        page = ask(index, hiding + pinning, who, loaded, page=number, **request)
        assert ids(page) == ids(shown)[(number - 1) * size : number * size]
    # What is hidden is nowhere.
    seen_facets = {value.value for value in shown.facets[0].values if value.count}
    if Compare("brand", "=", "HP") in hide:
        assert "HP" not in seen_facets


def test_rules_of_weights_move_hybrid_hits_by_standard_deviations(index: SearchIndex) -> None:
    plain = ask(index, [], EVERYONE, models(), query="red lamp", page_size=100)
    last = ids(plain)[-1]
    brand = BRANDS[IDS.index(last) % 3]
    rule = Rule("r", then=Then(boost=(Weight(Compare("brand", "=", brand), 90.0),)))
    found = ask(index, [rule], EVERYONE, models(), query="red lamp", page_size=100, explain=True)
    brands = [BRANDS[IDS.index(each) % 3] for each in ids(found)]
    assert brands == sorted(brands, key=lambda each: each != brand)
    stages = {stage.name: stage for stage in found.hits[0].stages or ()}
    assert "boosts by 90" in stages["rules"].detail
    assert found.rules[0].effects == ("boost",)


def test_other_orders_than_relevance_have_no_pins(index: SearchIndex) -> None:
    rule = Rule("r", When(), Then(pin=(Pin("p020", 1),)))
    plain = ask(index, [], EVERYONE, NO_MODELS, sort="price:desc")
    found = ask(index, [rule], EVERYONE, NO_MODELS, sort="price:desc")
    assert (ids(found), found.rules) == (ids(plain), ())
