"""What every engine does with products that come in variants: counts are of products, conditions hold within one."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.buyer import ANONYMOUS
from engines.plan import FacetRequest, Interval, SearchPlan, Selection, Sort, TextMatch, Word
from engines.port import Document, OfferUpdate, Schema, SearchEngine, SearchIndex, Unit, text_field
from engines.results import SearchResult
from language.analysis import analyzer
from language.filters import parse_filter
from language.filters.tree import Filter, Scalar
from tests.conformance.catalogue import (
    COLOURS,
    KINDS,
    SCHEMA,
    WEIGHTS,
    WEIGHTS_,
    document,
    holds,
    random_filters,
    search_plan,
    text,
)
from tests.conformance.conftest import Fill


def unit(identity: str, net: str | None = None, stock: int | None = None, **values: Scalar) -> Unit:
    """Make a variant with attribute values of its own."""
    own = {f"attributes.{name}": (value,) for name, value in values.items()}
    return Unit(identity, own, None if net is None else Decimal(net), stock)


def with_units(product: Document, *units: Unit) -> Document:
    return replace(product, units=units)


LOCKER = with_units(
    document("locker", "steel locker", net=None, brand="Acme"),
    unit("locker-red-2", "200.00", 0, colour="red", weight=2.0),
    unit("locker-red-5", "250.00", 3, colour="red", weight=5.0),
    unit("locker-blue-2", "180.00", 4, colour="blue", weight=2.0),
)
SHELF = [LOCKER, document("chair", "steel chair", net="90.00", stock=1, colour="red", weight=5.0, brand="Acme")]


def condition(text: str) -> Filter:
    return parse_filter(text)


def test_a_product_counts_once_however_many_variants_match(fill: Fill) -> None:
    facets = (FacetRequest("attributes.colour"), FacetRequest("brand"), FacetRequest("in_stock"))
    result = fill(SHELF).search(search_plan("steel", facets=facets))
    assert result.total == 2
    counts = [{value.value: value.count for value in facet.values} for facet in result.facets]
    assert counts == [{"red": 2, "blue": 1}, {"Acme": 2}, {True: 2, False: 1}]


def test_conditions_hold_within_one_variant(fill: Fill) -> None:
    index = fill(SHELF)
    blue = condition("attributes.colour = 'blue'".replace("'", '"'))
    assert index.search(SearchPlan(filter=blue)).total == 1
    assert index.search(SearchPlan(filter=condition('attributes.colour = "blue" AND attributes.weight > 2'))).total == 0
    ticked = (Selection("attributes.colour", ("blue",)), Selection("attributes.weight", (), (Interval(5.0, None),)))
    assert index.search(SearchPlan(selections=ticked)).total == 0
    assert index.search(SearchPlan(filter=blue, selections=ticked[1:])).total == 0


def test_the_variants_that_match_are_told_with_their_price_and_stock(fill: Fill) -> None:
    index = fill(SHELF)
    plain = index.search(SearchPlan()).hits
    locker = next(hit.product for hit in plain if hit.product.id == "locker")
    assert (locker.matched, locker.net, locker.stock) == ((), Decimal("180.00"), 7)
    assert [each.id for each in locker.units] == ["locker-red-2", "locker-red-5", "locker-blue-2"]
    found = index.search(SearchPlan(filter=condition('attributes.colour = "red"'), sort=Sort("price")))
    product = {hit.product.id: hit.product for hit in found.hits}["locker"]
    assert (product.matched, product.net, product.stock) == (("locker-red-2", "locker-red-5"), Decimal("200.00"), 3)


def test_a_price_sorts_by_the_lowest_that_matches(fill: Fill) -> None:
    index = fill([*SHELF, document("desk", "steel desk", net="190.00", colour="red")])
    assert ids(index.search(SearchPlan(sort=Sort("price", descending=False)))) == ["chair", "locker", "desk"]
    red = condition('attributes.colour = "red"')
    assert ids(index.search(SearchPlan(filter=red, sort=Sort("price", descending=False)))) == [
        "chair",
        "desk",
        "locker",
    ]


def test_a_variant_out_of_stock_is_not_offered_for_another_ones_stock(fill: Fill) -> None:
    index = fill(SHELF)
    assert index.search(SearchPlan(filter=condition("in_stock = true AND price = 200"))).total == 0
    assert index.search(SearchPlan(filter=condition("in_stock = true AND price = 250"))).total == 1


def ids(result: SearchResult) -> list[str]:
    return [hit.product.id for hit in result.hits]


def test_offers_change_apart_from_products(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    catalog = next(catalog_names)
    version = engine.create(catalog, SCHEMA)
    builder = engine.builder(catalog, version)
    builder.write(SHELF)
    builder.commit(1)
    engine.switch(catalog, version)
    before = engine.open(catalog)
    updates = [
        OfferUpdate("locker", "locker-blue-2", Decimal("500.00"), None),
        OfferUpdate("chair", "chair", None, 0),
        OfferUpdate("nobody", "nobody", Decimal(1), 1),
    ]
    assert builder.patch_offers(updates) == 2
    builder.commit(2)
    engine.refresh()
    index = engine.open(catalog)
    assert before is not None
    assert index is not None
    assert [before.get(["chair"], ANONYMOUS)["chair"].stock, index.get(["chair"], ANONYMOUS)["chair"].stock] == [1, 0]
    assert index.search(SearchPlan(filter=condition("price EXISTS"))).total == 1
    assert ids(index.search(SearchPlan(filter=condition("price = 500 AND in_stock = true")))) == ["locker"]
    assert index.get(["locker"], ANONYMOUS)["locker"].net == Decimal("200.00")
    assert index.stats().applied == 2
    # A product that is written again brings its own offers; those from before are gone.
    builder.write([document("chair", "steel chair", net="95.00", stock=2)])
    builder.commit(3)
    builder.close()
    engine.refresh()
    again = engine.open(catalog)
    assert again is not None
    chair = again.get(["chair"], ANONYMOUS)["chair"]
    assert (chair.net, chair.stock) == (Decimal("95.00"), 2)


def test_offers_survive_the_merging_of_small_commits(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    catalog = next(catalog_names)
    version = engine.create(catalog, SCHEMA)
    builder = engine.builder(catalog, version)
    for at in range(40):
        units = (unit(f"{at}-a", "10.00", 1, colour="red"), unit(f"{at}-b", "20.00", 1, colour="blue"))
        builder.write([with_units(document(str(at), f"box {at}", net=None), *units)])
        builder.commit(2 * at + 1)
        builder.patch_offers([OfferUpdate(str(at), f"{at}-a", Decimal(100 + at), at)])
        builder.commit(2 * at + 2)
    builder.close()
    engine.switch(catalog, version)
    index = engine.open(catalog)
    assert index is not None
    offers = {
        each.id: (each.net, each.stock)
        for hit in index.search(SearchPlan(limit=100)).hits
        for each in hit.product.units
        if each.id.endswith("a")
    }
    assert offers == {f"{at}-a": (Decimal(100 + at), at) for at in range(40)}


def test_texts_are_searched_in_the_locale_asked_for(fill: Fill) -> None:
    schema = Schema(("de", "en"), kinds=KINDS)
    table = document("t", "Tische aus Buche", brand="Acme")
    table = replace(table, texts={**table.texts, text_field("title", "en", "de"): "beech tables"})
    index = fill([table], schema)
    assert index.search(SearchPlan(text=_words("tisch", "de", None))).total == 1
    assert index.search(SearchPlan(text=_words("table", "en", "en"))).total == 1
    assert index.search(SearchPlan(text=_words("table", "de", None))).total == 0
    assert index.vocabulary("en").count("beech") == 1
    assert index.vocabulary("de").count("beech") == 0
    assert index.stats().locales == ("de", "en")


def _words(query: str, language: str, locale: str | None) -> TextMatch:
    words = analyzer(language)
    plan = tuple(Word(word, ((words.term(word), 1.0),)) for word in words.words(query))
    return TextMatch(plan, WEIGHTS, len(plan), locale=locale)


class _Case(NamedTuple):
    documents: list[Document]
    units: dict[str, list[dict[str, tuple[Scalar, ...]]]]


@st.composite
def varied(draw: st.DrawFn) -> _Case:
    """Draw up to twelve products, some with variants, and what each of their units carries."""
    documents, units = [], {}
    prices = st.sampled_from([None, "0.00", "9.99", "10.00", "1234.56"])
    for at in range(draw(st.integers(0, 12))):
        brand = draw(st.sampled_from(["HP", "Acme"]))
        shared: dict[str, tuple[Scalar, ...]] = {"brand": (brand,)}
        own = []
        for number in range(draw(st.integers(0, 3))):
            values: dict[str, Scalar] = {}
            if draw(st.booleans()):
                values["colour"] = draw(COLOURS)
            if draw(st.booleans()):
                values["weight"] = draw(WEIGHTS_)
            own.append(unit(f"p{at}-{number}", draw(prices), draw(st.sampled_from([None, 0, 2])), **values))
        net = draw(prices)
        product = document(f"p{at}", "laptop bag", net=None if own else net, brand=brand)
        documents.append(with_units(product, *own))
        carried = [{**shared, **each.values, **_offered(each.net, each.stock)} for each in own]
        units[f"p{at}"] = carried or [{**shared, **_offered(None if net is None else Decimal(net), None)}]
    return _Case(documents, units)


def _offered(net: Decimal | None, stock: int | None) -> dict[str, tuple[Scalar, ...]]:
    price: dict[str, tuple[Scalar, ...]] = {} if net is None else {"price": (float(net),)}
    return {**price, "in_stock": (stock is None or stock > 0,)}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=varied(), node=random_filters())
def test_filters_and_counts_agree_with_the_obvious_evaluation(fill: Fill, case: _Case, node: Filter) -> None:
    index: SearchIndex = fill(case.documents)
    fields = index.fields()
    facets = tuple(FacetRequest(name) for name in ("brand", "attributes.colour", "in_stock") if name in fields)
    result = index.search(SearchPlan(filter=node, facets=facets, limit=100))
    fit = {identity: [u for u in units if holds(node, u)] for identity, units in case.units.items()}
    expected = {identity for identity, units in fit.items() if units}
    assert set(ids(result)) == expected
    assert result.total == len(expected)
    for facet in result.facets:
        counts: dict[Scalar, int] = {}
        for identity in expected:
            for value in {value for u in fit[identity] for value in u.get(facet.field, ())}:
                counts[value] = counts.get(value, 0) + 1
        assert {value.value: value.count for value in facet.values} == counts
    for hit in result.hits:
        if hit.product.units:
            prices = [u["price"][0] for u in fit[hit.product.id] if "price" in u]
            assert hit.product.net == (None if not prices else pytest.approx(Decimal(str(min(prices)))))
            assert len(hit.product.matched) == len(fit[hit.product.id])


def test_text_and_variants_are_asked_together(fill: Fill) -> None:
    plan = SearchPlan(text=text("locker"), filter=condition('attributes.colour = "blue"'))
    assert [hit.product.matched for hit in fill(SHELF).search(plan).hits] == [("locker-blue-2",)]
