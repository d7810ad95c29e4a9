"""What every engine shows to buyers with price lists and assortments: exactly what brute force computes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.buyer import Buyer
from commerce.pricing import Assortment, PriceList, PriceRow, PriceRule, Selected, by_article
from commerce.promotions import Promotion
from engines.plan import FacetRequest, Interval, SearchPlan, Selection, Sort
from engines.port import Document, SearchEngine, SearchIndex, Unit
from language.filters import parse_filter
from language.filters.tree import Compare, Filter
from tests.conformance.catalogue import SCHEMA, document, holds, priced, random_documents, random_filters, search_plan

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def build(
    engine: SearchEngine,
    catalog: str,
    documents: Sequence[Document],
    lists: Sequence[PriceList] = (),
    assortments: Sequence[Assortment] = (),
    promotions: Sequence[Promotion] = (),
) -> SearchIndex:
    version = engine.create(catalog, SCHEMA)
    builder = engine.builder(catalog, version)
    builder.write(documents)
    for prices in lists:
        builder.put_price_list(prices)
    for assortment in assortments:
        builder.put_assortment(assortment)
    for promotion in promotions:
        builder.put_promotion(promotion)
    builder.commit(1)
    builder.close()
    engine.switch(catalog, version)
    index = engine.open(catalog)
    assert index is not None
    return index


def rows(**nets: str | None) -> tuple[PriceRow, ...]:
    return tuple(PriceRow(identity, None if net is None else Decimal(net)) for identity, net in nets.items())


def buyer(*lists: str, fallback: bool = True, assortments: tuple[str, ...] | None = None) -> Buyer:
    return Buyer(price_lists=lists, fallback=fallback, assortments=assortments)


def found(index: SearchIndex, who: Buyer, condition: str = "", **more: object) -> dict[str, str | None]:
    node = parse_filter(condition) if condition else None
    plan = SearchPlan(buyer=who, filter=node, at=NOW, limit=100, **more)  # type: ignore[arg-type]
    nets = {hit.product.id: hit.product.net for hit in index.search(plan).hits}
    return {identity: None if net is None else str(net) for identity, net in nets.items()}


SHELF = [
    document("a", "steel lamp", net="100.00", brand="HP", colour="Black"),
    document("b", "steel desk", net="50.00", brand="Acme", colour="White"),
    document("c", "oak desk", net=None, brand="Acme"),
]


def test_the_first_list_that_prices_an_article_counts(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    lists = [PriceList("gold", "EUR", rows(a="80.00")), PriceList("base", "EUR", rows(a="90.00", b="45.00"))]
    index = build(engine, next(catalog_names), SHELF, lists)
    assert found(index, buyer("gold", "base")) == {"a": "80.00", "b": "45.00", "c": None}
    assert found(index, buyer("base", "gold")) == {"a": "90.00", "b": "45.00", "c": None}
    assert found(index, buyer("gold", "nobody's")) == {"a": "80.00", "b": "50.00", "c": None}
    assert found(index, buyer("gold", fallback=False)) == {"a": "80.00", "b": None, "c": None}
    assert found(index, buyer()) == {"a": "100.00", "b": "50.00", "c": None}
    product = index.get(["a"], buyer("gold"), NOW)["a"]
    assert (product.net, product.own, product.price_list) == (Decimal("80.00"), Decimal("100.00"), "gold")


def test_prices_filter_sort_and_count_as_the_buyer_has_them(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    index = build(engine, next(catalog_names), SHELF, [PriceList("gold", "EUR", rows(a="30.00"))])
    gold = buyer("gold")
    assert set(found(index, gold, "price < 40")) == {"a"}
    assert set(found(index, buyer(), "price < 40")) == set()
    assert set(found(index, gold, "list_price >= 100")) == {"a"}
    assert list(found(index, gold, sort=Sort("price", descending=False))) == ["a", "b", "c"]
    assert list(found(index, buyer(), sort=Sort("price", descending=False))) == ["b", "a", "c"]
    plan = SearchPlan(buyer=gold, at=NOW, facets=(FacetRequest("price"), FacetRequest("list_price")))
    price, own = index.search(plan).facets
    assert (price.stats, own.stats) == ((30.0, 50.0, 40.0), (50.0, 100.0, 75.0))
    ticked = SearchPlan(buyer=gold, at=NOW, selections=(Selection("price", (), (Interval(None, 40.0),)),))
    assert [hit.product.id for hit in index.search(ticked).hits] == ["a"]


def test_cursors_walk_through_buyers_prices_and_past_them(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    shelf = [*SHELF, document("d", "pine desk", net=None)]
    index = build(engine, next(catalog_names), shelf, [PriceList("gold", "EUR", rows(a="30.00"))])
    for descending, order in ((False, ["a", "b", "c", "d"]), (True, ["b", "a", "c", "d"])):
        plan = SearchPlan(buyer=buyer("gold"), at=NOW, sort=Sort("price", descending=descending), limit=1)
        walked: list[str] = []
        while len(walked) < len(shelf):
            page = index.search(plan)
            walked += [hit.product.id for hit in page.hits]
            if page.cursor is None:
                break
            plan = replace(plan, cursor=page.cursor)
        assert walked == order


def test_a_price_on_request_hides_every_other_price(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    lists = [PriceList("secret", "EUR", rows(a=None)), PriceList("base", "EUR", rows(a="90.00"))]
    index = build(engine, next(catalog_names), SHELF, lists)
    assert found(index, buyer("secret", "base"))["a"] is None
    assert "a" not in found(index, buyer("secret", "base"), "price EXISTS")


def test_a_list_holds_in_its_time_and_its_currency_only(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    lists = [
        PriceList("past", "EUR", rows(a="1.00"), valid_until=NOW),
        PriceList("soon", "EUR", rows(a="2.00"), valid_from=NOW + DAY),
        PriceList("now", "EUR", rows(a="3.00"), valid_from=NOW, valid_until=NOW + DAY),
        PriceList("dollars", "USD", rows(a="4.00")),
    ]
    index = build(engine, next(catalog_names), SHELF, lists)
    assert found(index, buyer("past", "soon", "dollars"))["a"] == "100.00"
    everything = buyer("past", "soon", "dollars", "now")
    assert found(index, everything)["a"] == "3.00"
    tomorrow = index.get(["a"], everything, NOW + DAY)["a"]
    assert (tomorrow.net, tomorrow.price_list) == (Decimal("2.00"), "soon")
    assert index.get(["a"], everything, NOW - DAY)["a"].net == Decimal("1.00")


def test_rules_make_prices_from_other_lists(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    hp = Compare("brand", "=", "HP")
    lists = [
        PriceList("base", "EUR", rows(b="33.33")),
        PriceList(
            "deal",
            "EUR",
            rows(c="7.00"),
            (
                PriceRule(filter=hp, percent=Decimal("-12.5")),
                PriceRule("base", percent=Decimal(5), amount=Decimal("0.1")),
            ),
        ),
        PriceList("free", "EUR", (), (PriceRule(percent=Decimal(-200)),)),
        PriceList("odd", "EUR", (), (PriceRule("nobody's", percent=Decimal(1)),)),
    ]
    index = build(engine, next(catalog_names), SHELF, lists)
    # 33.33 x 1.05 + 0.10 = 35.0965; half a cent goes up.
    assert found(index, buyer("deal")) == {"a": "87.50", "b": "35.10", "c": "7.00"}
    assert found(index, buyer("free")) == {"a": "0.00", "b": "0.00", "c": None}
    assert found(index, buyer("odd", fallback=False)) == {"a": None, "b": None, "c": None}


def test_tiers_are_the_buyer_s(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    def tier(net: str, quantity: int) -> PriceRow:
        return PriceRow("a", Decimal(net), quantity)

    lists = [
        PriceList("deal", "EUR", (tier("70.00", 10), tier("60.00", 50))),
        PriceList("base", "EUR", (tier("90.00", 1), tier("75.00", 5), tier("65.00", 20))),
    ]
    index = build(engine, next(catalog_names), SHELF, lists)
    product = index.get(["a"], buyer("deal", "base"), NOW)["a"]
    assert (product.net, product.price_list) == (Decimal("90.00"), "base")
    assert product.tiers == ((5, Decimal("75")), (10, Decimal("70")), (20, Decimal("70")), (50, Decimal("60")))
    assert index.get(["a"], buyer("deal"), NOW)["a"].net == Decimal("100.00")
    assert index.get(["b"], buyer("deal"), NOW)["b"].tiers is None


def test_a_list_may_price_products_and_variants(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    units = (
        Unit("box-s", {"attributes.colour": ("Black",)}, Decimal(10), 1),
        Unit("box-l", {"attributes.colour": ("White",)}, Decimal(20), 1),
    )
    box = replace(document("box", "steel box", net=None), units=units)
    lists = [PriceList("all", "EUR", rows(box="7.00", **{"box-l": "15.00"}))]
    index = build(engine, next(catalog_names), [*SHELF, box], lists)
    product = index.get(["box"], buyer("all"), NOW)["box"]
    assert [(each.id, str(each.net), each.price_list) for each in product.units] == [
        ("box-s", "7.00", "all"), ("box-l", "15.00", "all")]  # fmt: skip
    assert found(index, buyer("all"), 'attributes.colour = "White"') == {"b": "50.00", "box": "15.00"}
    assert "box" not in found(index, buyer("all"), 'attributes.colour = "White" AND price < 10')


def test_an_assortment_is_all_that_a_buyer_sees(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    assortments = [
        Assortment("acme", Selected(filter=Compare("brand", "=", "Acme"))),
        Assortment("two", Selected(frozenset({"a", "b"})), Selected(frozenset({"b"}))),
        Assortment("not-oak", None, Selected(frozenset({"c", "unknown"}))),
    ]
    shelf = [replace(each, suggestions=(each.stored.title,)) for each in SHELF]
    index = build(engine, next(catalog_names), shelf, (), assortments)
    sees = {name: set(found(index, buyer(assortments=(name,)))) for name in ("acme", "two", "not-oak", "unknown")}
    assert sees == {"acme": {"b", "c"}, "two": {"a"}, "not-oak": {"a", "b"}, "unknown": set()}
    assert set(found(index, buyer(assortments=("two", "acme")))) == {"a", "b", "c"}
    assert set(found(index, buyer(assortments=()))) == set()
    two = buyer(assortments=("two",))
    plan = replace(search_plan("steel", facets=(FacetRequest("brand"), FacetRequest("price"))), buyer=two)
    result = index.search(plan)
    assert [hit.product.id for hit in result.hits] == ["a"]
    assert [(value.value, value.count) for value in result.facets[0].values] == [("HP", 1)]
    assert result.facets[1].stats == (100.0, 100.0, 100.0)
    assert set(index.get(["a", "b", "c"], two)) == {"a"}
    assert [each.text for each in index.suggest("ste", 5, two)] == ["steel lamp"]
    assert [each.text for each in index.suggest("oak", 5, two)] == []
    assert index.vocabulary("en", two).count("oak") == 0
    assert index.vocabulary("en", two).corrections("stell") == [("steel", 1)]
    assert index.vocabulary("en", two).corrections("desq") == []


def test_lists_and_assortments_are_replaced_and_removed(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    catalog = next(catalog_names)
    index = build(engine, catalog, SHELF, [PriceList("gold", "EUR", rows(a="80.00", z="5.00"))], [Assortment("all")])
    builder = engine.builder(catalog, 1)
    builder.put_price_list(PriceList("gold", "EUR", rows(b="40.00", z="5.00")))
    builder.put_assortment(Assortment("all", None, Selected(frozenset({"a"}))))
    builder.commit(2)
    engine.refresh()
    before, now = index, engine.open(catalog)
    assert now is not None
    assert found(before, buyer("gold")) == {"a": "80.00", "b": "50.00", "c": None}
    assert found(now, buyer("gold")) == {"a": "100.00", "b": "40.00", "c": None}
    assert set(found(now, buyer(assortments=("all",)))) == {"b", "c"}
    # A product that comes later has its price in the list already; one that is written again keeps it.
    builder.write([document("z", "new lamp", net="6.00"), document("b", "steel desk again", net="50.00")])
    builder.commit(3)
    builder.delete_price_list("gold")
    builder.delete_assortment("all")
    engine.refresh()
    later = engine.open(catalog)
    assert later is not None
    assert found(later, buyer("gold")) == {"a": "100.00", "b": "40.00", "c": None, "z": "5.00"}
    builder.commit(4)
    builder.close()
    engine.refresh()
    last = engine.open(catalog)
    assert last is not None
    assert found(last, buyer("gold"))["b"] == "50.00"
    assert found(last, buyer(assortments=("all",))) == {}


def test_an_uncommitted_list_is_nobody_s(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    catalog = next(catalog_names)
    build(engine, catalog, SHELF, [PriceList("gold", "EUR", rows(a="80.00"))])
    builder = engine.builder(catalog, 1)
    builder.put_price_list(PriceList("gold", "EUR", rows(a="1.00")))
    builder.close()
    engine.refresh()
    index = engine.open(catalog)
    assert index is not None
    assert found(index, buyer("gold"))["a"] == "80.00"


NETS = st.sampled_from([None, "0.00", "5.00", "9.99", "10.00", "33.33", "600.00"])


@st.composite
def price_lists(draw: st.DrawFn) -> list[PriceList]:
    made = []
    for at in range(draw(st.integers(0, 4))):
        own = [
            PriceRow(f"p{draw(st.integers(0, 27))}", None if (net := draw(NETS)) is None else Decimal(net), quantity)
            for quantity in draw(st.lists(st.sampled_from([1, 1, 1, 10]), max_size=8))
        ]
        unique = {(row.article_id, row.min_quantity): row for row in own}
        rules = draw(
            st.lists(
                st.builds(
                    PriceRule,
                    st.sampled_from(["LIST", "l0", "l1", "nobody's"]),
                    st.none() | st.just(Compare("brand", "=", "HP")) | st.just(Compare("attributes.weight", ">", 0.7)),
                    st.sampled_from([Decimal(0), Decimal("-7.5"), Decimal("33.333"), Decimal(-100)]),
                    st.sampled_from([Decimal(0), Decimal("1.005"), Decimal(-3)]),
                ),
                max_size=2,
            )
        )
        # A rule may build on earlier lists only: there are no circles.
        kept = tuple(rule for rule in rules if not rule.base.startswith("l") or int(rule.base[1:]) < at)
        currency = draw(st.sampled_from(["EUR", "EUR", "EUR", "USD"]))
        until = draw(st.sampled_from([None, None, NOW, NOW + DAY]))
        made.append(PriceList(f"l{at}", currency, tuple(unique.values()), kept, valid_until=until))
    return made


Values = Mapping[str, tuple[object, ...]]
Lists = Mapping[str, PriceList]


def resolved(identity: str, values: Values, prices: PriceList, lists: Lists) -> tuple[bool, Decimal | None]:
    """Return whether a list prices an article at quantity 1, and its price, the slow and obvious way."""
    for row in by_article(prices.rows).get(identity, []):
        if row.min_quantity <= 1:
            return True, row.net
    for rule in prices.rules:
        if rule.filter is not None and not holds(rule.filter, values):  # type: ignore[arg-type]
            continue
        base: Decimal | None = None
        if rule.base == "LIST":
            base = Decimal(str(values["own"][0])) if values["own"] else None
        elif rule.base in lists and lists[rule.base].currency == "EUR":
            base = resolved(identity, values, lists[rule.base], lists)[1]
        if base is not None:
            return True, rule.applied(base, "EUR")
    return False, None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    documents=random_documents(),
    lists=price_lists(),
    named=st.lists(st.sampled_from(["l0", "l1", "l2", "l3", "nobody's"]), max_size=4, unique=True),
    fallback=st.booleans(),
    node=random_filters(),
    include=st.none() | st.frozensets(st.integers(0, 24).map(lambda at: f"p{at}"), max_size=12),
)
def test_every_answer_equals_brute_force(
    engine: SearchEngine,
    catalog_names: Iterator[str],
    documents: list[Document],
    lists: list[PriceList],
    named: list[str],
    fallback: bool,
    node: Filter,
    include: frozenset[str] | None,
) -> None:
    assortments = [] if include is None else [Assortment("some", Selected(include))]
    index = build(engine, next(catalog_names), documents, lists, assortments)
    who = buyer(*named, fallback=fallback, assortments=None if include is None else ("some",))
    by_id = {each.id: each for each in lists}
    mine: dict[str, dict[str, tuple[object, ...]]] = {}
    for identity, values in priced(documents).items():
        if include is not None and identity not in include:
            continue
        own = values.pop("price", ())
        net: Decimal | None = Decimal(str(own[0])) if own and fallback else None
        for name in named:
            prices = by_id.get(name)
            if prices and prices.currency == "EUR" and prices.holds(NOW):
                is_priced, listed = resolved(identity, {**values, "own": own}, prices, by_id)
                if is_priced:
                    net = listed
                    break
        mine[identity] = {**values, **({} if net is None else {"price": (float(net),)})}
    expected = {identity for identity, values in mine.items() if holds(node, values)}  # type: ignore[arg-type]
    facets = tuple(FacetRequest(name) for name in ("brand", "attributes.colour") if name in index.fields())
    plan = SearchPlan(buyer=who, at=NOW, filter=node, facets=(*facets, FacetRequest("price")), limit=100)
    result = index.search(plan)
    assert {hit.product.id for hit in result.hits} == expected
    assert sorted(index.ids(plan)) == sorted(expected)
    assert result.total == len(expected)
    for hit in result.hits:
        price = mine[hit.product.id].get("price")
        assert (hit.product.net is None) == (price is None)
        assert price is None or float(str(hit.product.net)) == price[0]
    for facet in result.facets[:-1]:
        counts: dict[object, int] = {}
        for identity in expected:
            for value in set(mine[identity].get(facet.field, ())):
                counts[value] = counts.get(value, 0) + 1
        assert {value.value: value.count for value in facet.values} == counts
    nets = sorted(float(str(mine[identity]["price"][0])) for identity in expected if "price" in mine[identity])
    histogram = result.facets[-1]
    assert sum(value.count for value in histogram.values) == len(nets)
    if nets:
        assert histogram.stats == pytest.approx((nets[0], nets[-1], sum(nets) / len(nets)))
    for value in histogram.values:
        interval = value.interval
        assert interval is not None
        least = float("-inf") if interval.gte is None else interval.gte
        below = float("inf") if interval.lt is None else interval.lt
        assert value.count == sum(least <= net < below for net in nets)
    cheapest = index.search(replace(plan, sort=Sort("price", descending=False), facets=()))
    ordered = [mine[hit.product.id].get("price", (float("inf"),))[0] for hit in cheapest.hits]
    assert ordered == sorted(ordered, key=float)  # type: ignore[arg-type]
