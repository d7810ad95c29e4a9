"""Comparisons through the port: importance, alternatives and prices are the buyer's own, on every engine."""

from decimal import Decimal
from typing import NamedTuple

import orjson
import pytest

from commerce.buyer import ANONYMOUS, Buyer
from commerce.pricing import Assortment, PriceList, PriceRow, Selected
from engines.port import Document, FieldKind, Schema, SearchEngine, SearchIndex
from engines.results import StoredProduct
from language.dictionary import AttributeEntry
from ranking.comparison.compare import Compared, Comparison, Shop, compare
from ranking.comparison.importance import ImportanceBook
from ranking.comparison.learned import NOT_LEARNED, Learned, TypeLessons
from tests.conformance.conftest import Fill

KINDS: dict[str, FieldKind] = {
    "id": "text",
    "brand": "text",
    "category": "hierarchy",
    "in_stock": "boolean",
    "attributes.memory": "number",
    "attributes.colour": "text",
    "attributes.serial": "text",
    "attributes.kind": "text",
}
DICTIONARY = {
    "memory": AttributeEntry("memory", "number", {"en": "Memory"}, unit="GB", better="higher"),
    "colour": AttributeEntry("colour", "text", {"en": "Colour"}),
    "serial": AttributeEntry("serial", "text", {"en": "Serial"}),
    "kind": AttributeEntry("kind", "text", {"en": "Kind"}),
}
SCHEMA = Schema(("en",), kinds=KINDS, dictionary=DICTIONARY)
# id, price, memory, colour: the cheaper ones have less, but "value" has more for less.
LAPTOPS = [
    ("small", "400.00", 8.0, "Black"),
    ("large", "900.00", 32.0, "Silver"),
    ("value", "350.00", 64.0, "Silver"),
    ("value2", "400.00", 64.0, "Black"),
    ("dear", "990.00", 64.0, "Black"),
    ("weak", "100.00", 4.0, "Black"),
]


class Line(NamedTuple):
    """A line of a sheet as the comparison reads it."""

    name: str
    label: str
    value: float | str
    unit: str | None
    normalised: float | str
    group: str | None = None
    source: str = "given"
    confidence: float = 1.0
    evidence: str | None = None


def laptop(identity: str, net: str, memory: float, colour: str, *, stock: int | None = None) -> Document:
    attributes = {"memory": memory, "colour": colour, "serial": f"SN-{identity}", "kind": "Clamshell"}
    product = {"id": identity, "title": f"Laptop {identity}", "brand": "Acme", "category": ["Laptops"]}
    document = orjson.dumps({**product, "attributes": attributes, "released": None})
    fields = {f"attributes.{name}": (value,) for name, value in attributes.items()}
    values = {"id": (identity,), "brand": ("Acme",), "category": ("Laptops",), "in_stock": (stock != 0,), **fields}
    stored = StoredProduct(identity, document, f"Laptop {identity}", Decimal(net), stock)
    return Document(stored, {"title": f"Laptop {identity}"}, values)  # type: ignore[arg-type]


def read(stored: StoredProduct) -> Compared:
    attributes = orjson.loads(stored.document)["attributes"]
    lines = [
        Line(name, DICTIONARY[name].labels["en"], value, DICTIONARY[name].unit, value)
        for name, value in attributes.items()
    ]
    return Compared(stored, lines, "Laptops")  # type: ignore[arg-type]


def compared(index: SearchIndex, *ids: str, buyer: Buyer = ANONYMOUS, learned: Learned = NOT_LEARNED) -> Comparison:
    shop = Shop("c", "EUR", index, ImportanceBook(), read, learned)
    found = index.get(ids, buyer)
    return compare(shop, [read(found[each]) for each in ids], buyer, "en")


@pytest.fixture(scope="module")
def index(fill: Fill) -> SearchIndex:
    return fill([laptop(*each) for each in LAPTOPS], SCHEMA)


def test_alternatives_beat_all_compared_products_in_price_and_what_has_a_direction(index: SearchIndex) -> None:
    found = compared(index, "small", "large")
    assert {each.product.id: each.beats for each in found.alternatives} == {
        "value": ("price", "attributes.memory"),
        "value2": ("attributes.memory",),
    }
    said = {each.product.id: each.sentence for each in found.alternatives}
    assert "Price (350.00 EUR)" in said["value"]
    assert "Memory (64 GB)" in said["value"]


def test_nothing_beats_products_of_which_one_is_cheapest_and_another_best(index: SearchIndex) -> None:
    assert compared(index, "weak", "dear").alternatives == ()


def test_what_is_sold_out_is_no_alternative(fill: Fill) -> None:
    documents = [laptop(*each, stock=0 if each[0] == "value" else 5) for each in LAPTOPS]
    found = compared(fill(documents, SCHEMA), "small", "large")
    assert [each.product.id for each in found.alternatives] == ["value2"]


def test_what_is_different_everywhere_matters_less_than_what_splits_the_type(index: SearchIndex) -> None:
    importance = {row.head.field: row.importance for row in compared(index, "small", "large").rows}
    assert importance["attributes.kind"] == 0.0
    assert importance["attributes.colour"] == round(1 - (4 / 6) ** 2 - (2 / 6) ** 2, 4)
    assert 0 < importance["attributes.memory"] <= 1


def test_lessons_of_purchases_weigh_more_the_more_purchases_there_are(index: SearchIndex) -> None:
    def weight(bought: float) -> float:
        learned = Learned({"Laptops": TypeLessons(bought, {"colour": 1.0}, {"memory": "lower"})})
        rows = compared(index, "small", "large", learned=learned).rows
        return next(row.importance for row in rows if row.head.field == "attributes.colour")

    assert weight(0) == 0.4444
    assert weight(50) == 0.7222
    assert weight(5_000) > 0.99


def test_a_learned_direction_is_told_from_a_known_one_and_never_overrules_it(index: SearchIndex) -> None:
    learned = Learned({"Laptops": TypeLessons(99, {}, {"memory": "lower"})})
    rows = {row.head.field: row.head for row in compared(index, "small", "large", learned=learned).rows}
    assert (rows["attributes.memory"].better, rows["attributes.memory"].better_source) == ("higher", "known")
    assert (rows["price"].better, rows["price"].better_source) == ("lower", "known")


def test_prices_and_alternatives_are_the_buyers_own(engine: SearchEngine, fill: Fill) -> None:
    fill([laptop(*each) for each in LAPTOPS], SCHEMA)
    catalog = "comparison-buyers"
    version = engine.create(catalog, SCHEMA)
    builder = engine.builder(catalog, version)
    builder.write([laptop(*each) for each in LAPTOPS])
    builder.put_price_list(PriceList("gold", "EUR", (PriceRow("large", Decimal("300.00")),)))
    builder.put_assortment(Assortment("some", Selected(frozenset({"small", "large", "value2", "weak"}))))
    builder.commit(1)
    builder.close()
    engine.switch(catalog, version)
    index = engine.open(catalog)
    assert index is not None
    restricted = Buyer(assortments=("some",))
    assert [each.product.id for each in compared(index, "small", "large", buyer=restricted).alternatives] == ["value2"]
    gold = Buyer(price_lists=("gold",))
    found = compared(index, "small", "large", buyer=gold)
    price = next(row for row in found.rows if row.head.field == "price")
    assert (price.values, price.best) == (("400.00", "300.00"), (1,))
    assert found.alternatives == ()
