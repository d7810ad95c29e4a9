"""What every engine makes of promotions: exactly what brute force computes, at the moment of asking."""

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.buyer import Buyer
from commerce.pricing import Assortment, PriceList, PriceRow, PriceRule, Selected
from commerce.promotions import Promotion, in_order, promote
from engines.plan import FacetRequest, SearchPlan, Selection, Sort
from engines.port import SearchEngine, SearchIndex, Unit
from engines.results import StoredProduct
from language.filters.tree import Compare, Filter
from tests.conformance.catalogue import document, holds, priced, random_documents, random_filters, search_plan
from tests.conformance.test_buyers import DAY, NOW, SHELF, build, buyer, found, price_lists, resolved, rows


def promotion(identity: str, percent: str = "0", *ids: str, **more: Any) -> Promotion:
    condition = more.pop("filter", None)
    return Promotion(identity, Selected(frozenset(ids), condition), Decimal(percent), **more)


def promote_all(
    engine: SearchEngine,
    catalog: str,
    promotions: Sequence[Promotion],
    lists: Sequence[PriceList] = (),
    assortments: Sequence[Assortment] = (),
    shelf: Sequence[Any] = SHELF,
) -> SearchIndex:
    return build(engine, catalog, shelf, lists, assortments, promotions)


def one(index: SearchIndex, identity: str, who: Buyer, shift: timedelta = timedelta(0)) -> StoredProduct:
    return index.get([identity], who, NOW + shift)[identity]


def by(product: StoredProduct) -> list[str]:
    return [each.id for each in product.promoted.by] if product.promoted else []


def test_the_best_promotion_lowers_the_price_and_says_what_it_was(
    engine: SearchEngine, catalog_names: Iterator[str]
) -> None:
    index = promote_all(
        engine,
        next(catalog_names),
        [
            promotion("ten", "-10", "a", "c"),
            promotion("hp", "-12.5", filter=Compare("brand", "=", "HP")),
            promotion("dear", net=Decimal("120.00"), filter=Compare("brand", "=", "HP")),
        ],
    )
    assert found(index, buyer()) == {"a": "87.50", "b": "50.00", "c": None}
    lamp = one(index, "a", buyer())
    assert lamp.promoted is not None
    assert (by(lamp), lamp.promoted.was, lamp.own) == (["hp"], Decimal("100.00"), Decimal("100.00"))
    assert one(index, "b", buyer()).promoted is None
    assert one(index, "c", buyer()).promoted is None


def test_stackable_promotions_add_up_in_the_order_of_their_priority(
    engine: SearchEngine, catalog_names: Iterator[str]
) -> None:
    stacked = [
        promotion("a-last", "-10", "a", stackable=True, priority=1),
        promotion("z-first", "0", "a", amount=Decimal(-20), stackable=True, priority=2),
    ]
    alone = promotion("alone", "-27.9", "a")
    index = promote_all(engine, next(catalog_names), [*stacked, alone])
    # (100 - 20) x 0.9 = 72 is less than 72.10; with a better single one it would not be.
    assert (found(index, buyer())["a"], by(one(index, "a", buyer()))) == ("72.00", ["z-first", "a-last"])
    index = promote_all(engine, next(catalog_names), [*stacked, replace(alone, percent=Decimal(-28))])
    assert (found(index, buyer())["a"], by(one(index, "a", buyer()))) == ("72.00", ["alone"])


def test_promotions_begin_and_end_on_time_in_one_snapshot(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    index = promote_all(
        engine,
        next(catalog_names),
        [
            promotion("now", "-10", "a", valid_from=NOW, valid_until=NOW + DAY),
            promotion("off", "-50", "a", enabled=False),
        ],
    )
    nets = [str(one(index, "a", buyer(), shift).net) for shift in (-timedelta(seconds=1), timedelta(0), DAY)]
    assert nets == ["100.00", "90.00", "100.00"]
    offered = SearchPlan(at=NOW + DAY, filter=Compare("on_offer", "=", True))
    assert index.search(offered).total == 0
    assert index.search(replace(offered, at=NOW)).total == 1


def test_contract_prices_stay_unless_a_promotion_says_otherwise(
    engine: SearchEngine, catalog_names: Iterator[str]
) -> None:
    lists = [PriceList("gold", "EUR", rows(a="80.00", c=None))]
    everything = Compare("id", "!=", "")
    one_of_both = promotion("sale", "-50", filter=everything)
    index = promote_all(engine, next(catalog_names), [one_of_both], lists)
    assert found(index, buyer("gold")) == {"a": "80.00", "b": "25.00", "c": None}
    index = promote_all(engine, next(catalog_names), [replace(one_of_both, applies_to_price_lists=True)], lists)
    assert found(index, buyer("gold")) == {"a": "40.00", "b": "25.00", "c": None}
    lamp = one(index, "a", buyer("gold"))
    assert lamp.promoted is not None
    assert (lamp.price_list, lamp.promoted.was, lamp.own) == ("gold", Decimal("80.00"), Decimal("100.00"))
    assert found(index, buyer("gold", fallback=False)) == {"a": "40.00", "b": None, "c": None}


def test_a_floor_holds_and_no_price_is_raised(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    floor = {"minimum_net": Decimal("60.00")}
    index = promote_all(engine, next(catalog_names), [promotion("floor", "-90", "a", "b", **floor)])
    assert found(index, buyer()) == {"a": "60.00", "b": "50.00", "c": None}
    index = promote_all(engine, next(catalog_names), [promotion("free", "-100", "a"), promotion("gone", "-300", "b")])
    assert found(index, buyer()) == {"a": "0.00", "b": "0.00", "c": None}


def test_promoted_prices_filter_sort_and_count(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    index = promote_all(engine, next(catalog_names), [promotion("sale", "-60", "a")])
    assert set(found(index, buyer(), "price < 45")) == {"a"}
    assert set(found(index, buyer(), "list_price > 99")) == {"a"}
    assert set(found(index, buyer(), "on_offer = true")) == {"a"}
    assert set(found(index, buyer(), "on_offer = false")) == {"b", "c"}
    assert list(found(index, buyer(), sort=Sort("price", descending=False))) == ["a", "b", "c"]
    plan = SearchPlan(at=NOW, facets=(FacetRequest("on_offer"), FacetRequest("price")))
    offered, price = index.search(plan).facets
    assert {value.value: value.count for value in offered.values} == {True: 1, False: 2}
    assert (offered.type, price.stats) == ("boolean", (40.0, 50.0, 45.0))
    ticked = index.search(replace(plan, selections=(Selection("on_offer", (True,)),)))
    assert [hit.product.id for hit in ticked.hits] == ["a"]
    assert {value.value: value.count for value in ticked.facets[0].values} == {True: 1, False: 2}


def test_what_is_on_offer_is_an_automatic_facet_where_it_divides_the_hits(
    engine: SearchEngine, catalog_names: Iterator[str]
) -> None:
    index = promote_all(engine, next(catalog_names), [promotion("sale", "-60", "a")])
    [offered] = [each for each in index.search(SearchPlan(at=NOW, auto_facets=5)).facets if each.field == "on_offer"]
    assert {value.value: value.count for value in offered.values} == {True: 1, False: 2}
    plain = SearchPlan(at=NOW, auto_facets=5, filter=Compare("brand", "=", "Acme"))
    assert "on_offer" not in [each.field for each in index.search(plan=plain).facets]


def test_a_promotion_from_a_quantity_on_is_a_tier(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    lists = [PriceList("gold", "EUR", (*rows(a="80.00"), PriceRow("a", Decimal("70.00"), 10), PriceRow("a", None, 50)))]
    sales = [
        promotion("five", "-10", "a", "b", min_quantity=5, applies_to_price_lists=True),
        promotion("none", "0", "b", net=Decimal(500), min_quantity=7),
    ]
    index = promote_all(engine, next(catalog_names), sales, lists)
    desk, lamp = one(index, "b", buyer()), one(index, "a", buyer("gold"))
    assert (desk.net, desk.promoted, desk.tiers) == (Decimal("50.00"), None, ((5, Decimal("45.00")),))
    assert lamp.tiers == ((5, Decimal("72.00")), (10, Decimal("63.00")), (50, None))


def test_promotions_name_products_and_variants(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    units = (
        Unit("box-s", {"attributes.colour": ("Black",)}, Decimal(10), 1),
        Unit("box-l", {"attributes.colour": ("White",)}, Decimal(20), 1),
    )
    box = replace(document("box", "steel box", net=None), units=units)
    sales = [promotion("large", "-60", "box-l"), promotion("all", "-10", "box")]
    index = promote_all(engine, next(catalog_names), sales, shelf=[*SHELF, box])
    product = one(index, "box", buyer())
    assert [(each.id, str(each.net)) for each in product.units] == [("box-s", "9.00"), ("box-l", "8.00")]
    assert (str(product.net), by(product)) == ("8.00", ["large"])
    assert found(index, buyer(), 'attributes.colour = "Black" AND on_offer = true') == {"box": "9.00"}


def test_promotions_are_replaced_and_removed_and_wait_for_products(
    engine: SearchEngine, catalog_names: Iterator[str]
) -> None:
    catalog = next(catalog_names)
    before = promote_all(engine, catalog, [promotion("sale", "-10", "a", "z")])
    builder = engine.builder(catalog, 1)
    builder.put_promotion(promotion("sale", "-20", "b", "z"))
    builder.write([document("z", "new lamp", net="10.00")])
    builder.commit(2)
    engine.refresh()
    now = engine.open(catalog)
    assert now is not None
    assert found(before, buyer())["a"] == "90.00"
    assert found(now, buyer()) == {"a": "100.00", "b": "40.00", "c": None, "z": "8.00"}
    builder.delete_promotion("sale")
    builder.commit(3)
    builder.close()
    engine.refresh()
    last = engine.open(catalog)
    assert last is not None
    assert found(last, buyer()) == {"a": "100.00", "b": "50.00", "c": None, "z": "10.00"}


def test_a_promotion_decides_at_equal_relevance_only(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    shelf = [document(name, "steel lamp", net="10.00") for name in ("p", "q", "r")]
    shelf.append(document("s", "steel lamp lamp lamp and other words", net="10.00"))

    def order(index: SearchIndex, query: str, boost: float = 0.05) -> list[str]:
        plan = replace(search_plan(query), at=NOW, on_offer_boost=boost)
        return [hit.product.id for hit in index.search(plan).hits]

    plain = promote_all(engine, next(catalog_names), [], shelf=shelf)
    offers = promote_all(engine, next(catalog_names), [promotion("sale", "-10", "r")], shelf=shelf)
    assert order(plain, "steel lamp") == order(plain, "steel lamp", 0.0)
    for query in ("steel lamp", ""):
        expected = order(plain, query)
        expected.remove("r")
        place = expected.index("p")
        assert order(offers, query) == [*expected[:place], "r", *expected[place:]]


AMOUNTS = st.sampled_from([Decimal(0), Decimal("-1.005"), Decimal(-400)])
PERCENTS = st.sampled_from([Decimal(0), Decimal("-7.5"), Decimal("-33.333"), Decimal(-100)])
COMPARE: Mapping[str, Any] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
EVERYTHING: Filter = Compare("id", "!=", "")


@st.composite
def random_promotions(draw: st.DrawFn) -> list[Promotion]:
    made = []
    for at in range(draw(st.integers(0, 5))):
        condition = draw(st.sampled_from([None, EVERYTHING, Compare("brand", "=", "HP")]))
        ids = draw(st.frozensets(st.integers(0, 27).map(lambda number: f"p{number}"), max_size=8))
        made.append(
            Promotion(
                f"s{at}",
                Selected(ids, condition),
                percent=draw(PERCENTS),
                amount=draw(AMOUNTS),
                net=draw(st.sampled_from([None, None, Decimal("9.00"), Decimal("599.99")])),
                enabled=draw(st.sampled_from([True, True, True, False])),
                valid_from=draw(st.sampled_from([None, NOW, NOW + DAY])),
                valid_until=draw(st.sampled_from([None, NOW, NOW + DAY])),
                priority=draw(st.integers(0, 2)),
                stackable=draw(st.booleans()),
                applies_to_price_lists=draw(st.booleans()),
                minimum_net=draw(st.sampled_from([None, Decimal("7.77")])),
                min_quantity=draw(st.sampled_from([1, 1, 5])),
            )
        )
    return made


def brute_force(
    identity: str,
    values: Mapping[str, tuple[object, ...]],
    own: tuple[object, ...],
    named: Sequence[str],
    lists: Mapping[str, PriceList],
    promotions: Sequence[Promotion],
    *,
    fallback: bool,
) -> tuple[Decimal | None, bool]:
    """Return a buyer's price for quantity 1, and whether a promotion made it, the slow and obvious way."""
    net: Decimal | None = Decimal(str(own[0])) if own and fallback else None
    listed = False
    for name in named:
        prices = lists.get(name)
        if prices and prices.currency == "EUR" and prices.holds(NOW):
            listed, price = resolved(identity, {**values, "own": own}, prices, lists)
            if listed:
                net = price
                break
    if net is None:
        return None, False
    concerned = [
        each
        for each in in_order(promotions)
        if each.standing(NOW) == "in_force"
        and each.concerns(1, listed=listed)
        and (
            identity in each.selected.ids or (each.selected.filter is not None and holds(each.selected.filter, values))  # type: ignore[arg-type]
        )
    ]
    made = promote(net, concerned, "EUR")
    return (made.net, True) if made else (net, False)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    documents=random_documents(),
    lists=price_lists(),
    promotions=random_promotions(),
    named=st.lists(st.sampled_from(["l0", "l1", "l2"]), max_size=3, unique=True),
    fallback=st.booleans(),
    node=random_filters() | st.just(Compare("on_offer", "=", True)) | st.just(Compare("on_offer", "!=", True)),
    include=st.none() | st.frozensets(st.integers(0, 24).map(lambda at: f"p{at}"), max_size=12),
)
def test_every_answer_with_promotions_equals_brute_force(
    engine: SearchEngine,
    catalog_names: Iterator[str],
    documents: list[Any],
    lists: list[PriceList],
    promotions: list[Promotion],
    named: list[str],
    fallback: bool,
    node: Filter,
    include: frozenset[str] | None,
) -> None:
    assortments = [] if include is None else [Assortment("some", Selected(include))]
    index = build(engine, next(catalog_names), documents, lists, assortments, promotions)
    who = buyer(*named, fallback=fallback, assortments=None if include is None else ("some",))
    mine: dict[str, dict[str, tuple[object, ...]]] = {}
    for identity, values in priced(documents).items():
        if include is not None and identity not in include:
            continue
        own = values.pop("price", ())
        by_id = {each.id: each for each in lists}
        net, promoted = brute_force(identity, values, own, named, by_id, promotions, fallback=fallback)
        price = () if net is None else (float(net),)
        mine[identity] = {**values, "price": price, "on_offer": (promoted,)}
    expected = {identity for identity, values in mine.items() if holds(node, values)}  # type: ignore[arg-type]
    facets = (FacetRequest("on_offer"), FacetRequest("price"))
    plan = SearchPlan(buyer=who, at=NOW, filter=node, facets=facets, limit=100, on_offer_boost=0.05)
    result = index.search(plan)
    assert {hit.product.id for hit in result.hits} == expected
    for hit in result.hits:
        product, own_values = hit.product, mine[hit.product.id]
        assert ([] if product.net is None else [float(product.net)]) == list(own_values["price"])
        assert (product.promoted is not None) == own_values["on_offer"][0]
        if product.promoted is not None:
            assert product.net == product.promoted.net < product.promoted.was
    counts: dict[object, int] = {}
    for identity in expected:
        [state] = mine[identity]["on_offer"]
        counts[state] = counts.get(state, 0) + 1
    assert {value.value: value.count for value in result.facets[0].values} == counts
    nets = sorted(float(str(mine[identity]["price"][0])) for identity in expected if mine[identity]["price"])
    if nets:
        assert result.facets[1].stats == pytest.approx((nets[0], nets[-1], sum(nets) / len(nets)))
    cheapest = index.search(replace(plan, sort=Sort("price", descending=False), facets=()))
    ordered = [next(iter(mine[hit.product.id]["price"]), float("inf")) for hit in cheapest.hits]
    assert ordered == sorted(ordered, key=float)  # type: ignore[arg-type]


def test_rules_stand_on_prices_without_promotions(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    lists = [PriceList("deal", "EUR", (), (PriceRule(percent=Decimal(-10)),))]
    index = promote_all(engine, next(catalog_names), [promotion("sale", "-50", "a")], lists)
    assert found(index, buyer("deal"))["a"] == "90.00"


def selling(engine: SearchEngine, catalog: str, count: int) -> SearchIndex:
    shelf = [document(f"p{at}", "steel lamp", net=f"{100 + at}.00", brand="HP") for at in range(count)]
    sales = [promotion(f"s{at:02}", "-50", f"p{at}") for at in range(count)]
    everywhere = promotion("all", "-10", filter=EVERYTHING)
    return promote_all(engine, catalog, [*sales, everywhere], shelf=shelf)


def test_many_promotions_on_different_products_hold_at_once(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    index = selling(engine, next(catalog_names), 20)
    plan = SearchPlan(at=NOW, facets=(FacetRequest("on_offer"), FacetRequest("price")), on_offer_boost=0.05)
    result = index.search(plan)
    assert {value.value: value.count for value in result.facets[0].values if value.count} == {True: 20}
    assert result.facets[1].stats == (50.0, 59.5, 54.75)
    assert set(found(index, buyer(), "price <= 51 AND on_offer = true", on_offer_boost=0.05)) == {"p0", "p1", "p2"}


def test_promotions_that_all_meet_on_the_same_products_are_exact(
    engine: SearchEngine, catalog_names: Iterator[str]
) -> None:
    shelf = [document(f"p{at:02}", "steel lamp", net=f"{20 + at}.00", brand="HP") for at in range(60)]
    sales = [promotion("all", "-10", filter=EVERYTHING)]
    # Each product has a fixed price of its own, half of them above the tenth less.
    sales += [promotion(f"fixed{at:02}", "0", f"p{at:02}", net=Decimal(15 + at)) for at in range(0, 60, 2)]
    sales += [promotion(f"part{at}", f"-{at}.5", *(f"p{p:02}" for p in range(60) if p >> at & 1)) for at in range(6)]
    sales += [
        promotion(f"more{at}", "-9", *(f"p{p:02}" for p in range(at, 60, 2 + at)), stackable=True) for at in range(3)
    ]
    index = promote_all(engine, next(catalog_names), sales, shelf=shelf)
    wanted: dict[str, Decimal] = {}
    for at, each in enumerate(shelf):
        on = [one for one in in_order(sales) if one.selected.filter or f"p{at:02}" in one.selected.ids]
        made = promote(Decimal(20 + at), on, "EUR")
        assert made is not None
        wanted[each.stored.id] = made.net
    plan = SearchPlan(at=NOW, facets=(FacetRequest("on_offer"), FacetRequest("price")), limit=100, on_offer_boost=0.05)
    result = index.search(plan)
    assert {hit.product.id: hit.product.net for hit in result.hits} == wanted
    assert {value.value: value.count for value in result.facets[0].values if value.count} == {True: 60}
    nets = sorted(float(each) for each in wanted.values())
    assert result.facets[1].stats == pytest.approx((nets[0], nets[-1], sum(nets) / 60))
    for bound in (nets[7], 30.0, nets[41]):
        for op in ("<", "<=", ">", ">="):
            compared = index.search(replace(plan, filter=Compare("price", op, bound), facets=()))
            expected = {name for name, net in wanted.items() if COMPARE[op](float(net), bound)}
            assert {hit.product.id for hit in compared.hits} == expected


def test_a_hundred_promotions_are_in_force_at_once(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    index = selling(engine, next(catalog_names), 99)
    assert one(index, "p0", buyer()).net == Decimal("50.00")
    assert set(found(index, buyer(), "price <= 51 AND on_offer = true")) == {"p0", "p1", "p2"}
