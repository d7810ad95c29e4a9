"""What every engine says of stock by location: exactly what the one rule, asked product by product, says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.availability import Availability, Delivery, LocationStock, seen, together
from commerce.buyer import ANONYMOUS, Buyer
from engines.plan import FacetRequest, SearchPlan
from engines.port import Document, OfferUpdate, SearchEngine, SearchIndex, Unit
from engines.stock import number_of_day, seconds_of_day
from language.filters import parse_filter
from language.filters.tree import Compare, Exists, Filter, In, Not
from tests.conformance.catalogue import SCHEMA, document, holds, search_plan
from tests.conformance.conftest import Fill

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOW.date()
BERLIN, HAMBURG = Buyer(location="Berlin"), Buyer(location="Hamburg")


def on(day: int) -> date:
    return TODAY + timedelta(days=day)


def moment(day: date) -> float:
    return seconds_of_day(number_of_day(day))


def at(
    location: str | None, quantity: int | None = None, lead: int | None = None, coming: int | None = None
) -> LocationStock:
    return LocationStock(location, quantity, lead, None if coming is None else Delivery(on(coming), 10))


def stocked(identity: str, *supply: LocationStock, stock: int | None = None, title: str = "steel lamp") -> Document:
    return replace(document(identity, title, stock=stock), supply=supply)


SHELF = [
    stocked("both", at("Berlin", 3), at("Hamburg", 0, coming=4)),
    stocked("lead", at("Berlin", 0, lead=2), at("Hamburg", 0, lead=9)),
    stocked("plain", stock=7),
    stocked("gone", at(None, lead=20), at("Berlin", 5), stock=0),
    stocked("unknown"),
]


def ids(index: SearchIndex, who: Buyer, condition: Filter | None = None, when: datetime = NOW) -> set[str]:
    plan = SearchPlan(buyer=who, filter=condition, at=when, limit=100)
    return {hit.product.id for hit in index.search(plan).hits}


def by(day: int, op: str = "<=") -> Filter:
    return Compare("available_by", op, moment(on(day)))  # type: ignore[arg-type]


def test_a_buyer_sees_the_stock_of_the_own_location(fill: Fill) -> None:
    found = fill(SHELF).get([each.stored.id for each in SHELF], HAMBURG, NOW)
    assert found["both"].availability == Availability(0, "Hamburg", None, Delivery(on(4), 10), on(4))
    assert found["lead"].availability == Availability(0, "Hamburg", 9, None, on(9))
    assert found["plain"].availability == Availability(7, None, None, None, TODAY)
    assert found["gone"].availability == Availability(0, None, 20, None, on(20))
    assert found["unknown"].availability == Availability()
    assert found["both"].stock == 0


def test_a_buyer_without_location_sees_all_together(fill: Fill) -> None:
    index = fill(SHELF)
    for who in (ANONYMOUS, Buyer(location="Bielefeld")):
        found = index.get(["both", "lead", "gone"], who, NOW)
        assert found["both"].availability == Availability(3, None, None, Delivery(on(4), 10), TODAY)
        assert found["lead"].availability == Availability(0, None, 2, None, on(2))
        assert found["gone"].availability == Availability(0, None, 20, None, on(20))


def test_filters_and_counts_are_those_of_the_location(fill: Fill) -> None:
    index = fill(SHELF)
    in_stock = Compare("in_stock", "=", True)
    assert ids(index, BERLIN, in_stock) == {"both", "plain", "gone", "unknown"}
    assert ids(index, HAMBURG, in_stock) == {"plain", "unknown"}
    assert ids(index, ANONYMOUS, in_stock) == {"both", "plain", "unknown"}
    plan = SearchPlan(buyer=HAMBURG, at=NOW, facets=(FacetRequest("in_stock"),))
    [facet] = index.search(plan).facets
    assert {value.value: value.count for value in facet.values} == {False: 3, True: 2}


def test_a_filter_by_date_is_about_the_day_of_asking(fill: Fill) -> None:
    index = fill(SHELF)
    assert ids(index, BERLIN, by(0)) == {"both", "plain", "gone"}
    assert ids(index, HAMBURG, by(4)) == {"both", "plain"}
    assert ids(index, HAMBURG, by(9)) == {"both", "plain", "lead"}
    assert ids(index, HAMBURG, by(3)) == {"plain"}
    # A day later the delivery is a day nearer, and the lead time begins a day later.
    later = NOW + timedelta(days=1)
    assert ids(index, HAMBURG, by(9), later) == {"both", "plain"}
    assert ids(index, HAMBURG, by(10), later) == {"both", "plain", "lead"}
    assert ids(index, HAMBURG, Exists("available_by"), NOW + timedelta(days=5)) == {"plain", "lead", "gone"}


def test_an_offer_changes_one_location_without_the_product(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    catalog = next(catalog_names)
    version = engine.create(catalog, SCHEMA)
    builder = engine.builder(catalog, version)
    builder.write(SHELF)
    builder.commit(1)
    engine.switch(catalog, version)
    first = engine.open(catalog)
    for applied, quantity in ((2, 4), (3, 6), (4, 8)):
        builder.patch_offers(
            [
                OfferUpdate("both", "both", None, None, (at("Berlin", 1), at("Hamburg", 99))),
                OfferUpdate("both", "both", None, None, (at("Hamburg", quantity),)),
                OfferUpdate("plain", "plain", None, None),
            ]
        )
        builder.commit(applied)
        engine.refresh()
        index = engine.open(catalog)
        assert index is not None
        found = index.get(["both", "plain", "lead"], HAMBURG, NOW)
        assert found["both"].availability == Availability(quantity, "Hamburg", None, None, TODAY)
        assert found["plain"].availability == Availability()
        assert found["lead"].availability.lead_time_days == 9
        # Berlin has nothing of its own any more.
        assert index.get(["both"], BERLIN, NOW)["both"].availability == Availability(quantity, None, None, None, TODAY)
    builder.close()
    assert first is not None
    reopened = engine.open_version(catalog, version)
    assert reopened.get(["both"], HAMBURG, NOW)["both"].stock == 8


def test_what_is_in_stock_stands_before_what_is_not_where_all_else_is_equal(fill: Fill) -> None:
    names = ["a", "b", "c"]
    index = fill([stocked("a", at("Berlin", 0)), stocked("b", at("Berlin", 2)), stocked("c", stock=0)])
    plan = search_plan("lamp", buyer=BERLIN, at=NOW)
    found = index.search(plan)
    assert [hit.product.id for hit in found.hits] == ["b", "a", "c"]
    assert [hit.for_stock > 0 for hit in found.hits] == [True, False, False]
    without = fill([stocked(name) for name in names])
    hits = without.search(plan).hits
    assert [(hit.product.id, hit.for_stock) for hit in hits] == [(name, 0.0) for name in names]


def test_a_better_match_outranks_one_that_is_in_stock(fill: Fill) -> None:
    better = stocked("better", stock=0, title="oak desk")
    worse = replace(document("worse", "chair", stock=3, description="an oak desk goes with it"), supply=())
    found = fill([better, worse]).search(search_plan("oak desk", at=NOW))
    assert [hit.product.id for hit in found.hits] == ["better", "worse"]


PLACES = ("Berlin", "Hamburg", "Köln")
NUMBERS = st.sampled_from([None, 0, 1, 5])
DAYS = st.sampled_from([None, -3, 0, 1, 4, 30])


@st.composite
def supplies(draw: st.DrawFn) -> tuple[LocationStock, ...]:
    places = draw(st.lists(st.sampled_from([None, *PLACES]), unique=True, max_size=4))
    found = []
    for place in places:
        coming = draw(DAYS)
        delivery = None if coming is None else Delivery(on(coming), draw(NUMBERS))
        quantity = None if place is None else draw(NUMBERS)
        found.append(LocationStock(place, quantity, draw(NUMBERS), delivery))
    return tuple(each for each in found if each)


@st.composite
def shelves(draw: st.DrawFn) -> list[Document]:
    found = []
    for number in range(draw(st.integers(1, 8))):
        if draw(st.booleans()):
            units = tuple(
                Unit(f"p{number}-{at}", {}, None, draw(NUMBERS), draw(supplies()))
                for at in range(draw(st.integers(1, 3)))
            )
            found.append(replace(document(f"p{number}", "steel lamp"), units=units))
        else:
            found.append(replace(document(f"p{number}", "lamp", stock=draw(NUMBERS)), supply=draw(supplies())))
    return found


def conditions() -> st.SearchStrategy[Filter]:
    orders = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    moments = st.sampled_from([-3, 0, 1, 2, 4, 5, 30]).map(lambda day: moment(on(day)))
    uneven = st.sampled_from([-1.0, 0.5, 1.0, 3600.0]).flatmap(lambda more: moments.map(lambda each: each + more))
    leaves = st.one_of(
        st.builds(Compare, st.just("available_by"), orders, moments | uneven),
        st.builds(In, st.just("available_by"), st.lists(moments, max_size=3).map(tuple)),
        st.builds(Compare, st.just("in_stock"), orders, st.booleans()),
        st.just(Exists("available_by")),
        st.just(Exists("in_stock")),
    )
    return leaves | st.builds(Not, leaves)


def naive(each: Unit, location: str | None, today: date) -> tuple[Availability, Mapping[str, tuple[float | bool, ...]]]:
    found = seen(each.stock, each.supply, location, today)
    values: dict[str, tuple[float | bool, ...]] = {"in_stock": (found.in_stock,)}
    if found.available_by is not None:
        values["available_by"] = (moment(found.available_by),)
    return found, values


def check(index: SearchIndex, shelf: Sequence[Document], condition: Filter, who: Buyer, when: datetime) -> None:
    units = {each.stored.id: [naive(unit, who.location, when.date()) for unit in each.all_units()] for each in shelf}
    wanted = {name for name, own in units.items() if any(_holds(condition, values) for _, values in own)}
    plan = SearchPlan(buyer=who, filter=condition, at=when, limit=100, facets=(FacetRequest("in_stock"),))
    found = index.search(plan)
    assert {hit.product.id for hit in found.hits} == wanted
    for hit in found.hits:
        matching = [available for available, values in units[hit.product.id] if _holds(condition, values)]
        assert hit.product.availability == together(matching)
    counts = {
        state: sum(
            any(_holds(condition, values) and values["in_stock"] == (state,) for _, values in units[name])
            for name in wanted
        )
        for state in (True, False)
    }
    [facet] = found.facets
    assert {value.value: value.count for value in facet.values} == {k: n for k, n in counts.items() if n}


def _holds(condition: Filter, values: Mapping[str, tuple[float | bool, ...]]) -> bool:
    match condition:
        case Compare(field="in_stock", op=op, value=value) if op not in {"=", "!="}:
            # Truth values are ordered as their spellings.
            spelled = tuple(str(each).lower() for each in values["in_stock"])
            return holds(Compare("in_stock", op, str(value).lower()), {"in_stock": spelled})
        case Not(part=part):
            return not _holds(part, values)
        case _:
            return holds(condition, values)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    shelf=shelves(),
    asked=st.lists(st.tuples(conditions(), st.sampled_from([None, "Berlin", "Köln", "Nowhere"])), min_size=3),
    later=st.sampled_from([0, 1, 5]),
)
def test_everything_is_as_brute_force_computes_it(
    fill: Fill, shelf: list[Document], asked: list[tuple[Filter, str | None]], later: int
) -> None:
    index = fill(shelf)
    for condition, location in asked:
        check(index, shelf, condition, Buyer(location=location), NOW + timedelta(days=later))


def test_the_grammar_knows_the_field(fill: Fill) -> None:
    node = parse_filter("available_by EXISTS AND in_stock = true")
    assert ids(fill(SHELF), BERLIN, node) == {"both", "plain", "gone"}
