"""Compare products for one buyer: the table, what each product is best for, and what would beat them all."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

import orjson

from commerce.buyer import Buyer
from engines.port import SearchIndex
from engines.results import StoredProduct
from language.filters.tree import Filter
from ranking.comparison.alternatives import Criteria, alternatives, beats, criteria
from ranking.comparison.importance import ImportanceBook
from ranking.comparison.learned import NOT_LEARNED, Learned
from ranking.comparison.offers import Offered, offered, pack_attribute, price_per_piece
from ranking.comparison.sentences import Speaker, language_of
from ranking.comparison.table import Better, BetterSource, Cell, Head, Row, Value, table
from ranking.facets import label

_GROUPS = {"en": ("Price and availability", "General"), "de": ("Preis und Verfügbarkeit", "Allgemein")}
_PER_PIECE = {"en": "Price per piece", "de": "Preis je Stück"}
_PRICE_RULES: tuple[Better, BetterSource] = ("lower", "known")
_ATTRIBUTE = "attributes."


class SheetLine(Protocol):
    """One line of a product's attribute sheet."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def group(self) -> str | None: ...
    @property
    def value(self) -> Value: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def normalised(self) -> Value | None: ...
    @property
    def source(self) -> Literal["given", "extracted"]: ...
    @property
    def confidence(self) -> float: ...
    @property
    def evidence(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Compared:
    """One product to compare as it is shown in the answer's locale, with its sheet; ``type_name`` is its category in
    the catalogue's own words."""

    stored: StoredProduct
    sheet: Sequence[SheetLine]
    type_name: str | None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Shop:
    """What the comparison is made from: one catalogue's snapshot, what is known of its fields, and how products of it
    are read. Alternatives meet ``condition``."""

    catalog_id: str
    currency: str
    index: SearchIndex
    importance: ImportanceBook
    read: Callable[[StoredProduct], Compared]
    learned: Learned = NOT_LEARNED
    condition: Filter | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A product that is at least as good as all compared ones in what matters; ``beats`` are the fields in which it is
    better, with a sentence that says so."""

    product: StoredProduct
    beats: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer, with offers and sentences in the order of the products."""

    rows: tuple[Row, ...]
    offers: tuple[Offered, ...]
    sentences: tuple[str, ...]
    alternatives: tuple[Alternative, ...] = field(default=())


def compare(
    shop: Shop, products: Sequence[Compared], buyer: Buyer, locale: str, at: datetime | None = None
) -> Comparison:
    """Compare two to ten products, at the buyer's price for each one's quantity.

    Costs the rows of their sheets, one search for alternatives, and one more for the importance of fields that were
    not asked for before.
    """
    offers = tuple(offered(each.stored, each.quantity) for each in products)
    cells = [_cells(each, offer, shop.currency) for each, offer in zip(products, offers, strict=True)]
    types = Counter(each.type_name for each in products)
    only = next(iter(types)) if len(types) == 1 else None
    heads = _heads(products, shop, only, locale)
    heads = [head for head in heads if any(head.field in of for of in cells)]
    rows = table(heads, cells, _importance(shop, buyer, types, [head.field for head in heads]))
    speaker = Speaker(locale)
    sentences = tuple(speaker.sentence(rows, at_) for at_ in range(len(products)))
    return Comparison(rows, offers, sentences, _alternatives(shop, products, rows, buyer, at, only, speaker))


def _cells(compared: Compared, offer: Offered, currency: str) -> dict[str, Cell]:
    stored = compared.stored
    document = orjson.loads(stored.document)
    found: dict[str, Cell] = {}
    if offer.unit_price is not None:
        found["price"] = _money(offer.unit_price, currency)
    attributes = {_ATTRIBUTE + line.name: _cell(line) for line in compared.sheet}
    pack = pack_attribute(line.name for line in compared.sheet)
    pieces = attributes[_ATTRIBUTE + pack].normalised if pack else None
    if isinstance(pieces, int | float) and not isinstance(pieces, bool):
        per_piece = price_per_piece(offer.unit_price, float(pieces), currency)
        if per_piece is not None:
            found["price_per_piece"] = _money(per_piece, currency)
    in_stock = stored.availability.in_stock
    found["in_stock"] = Cell(in_stock, normalised=in_stock)
    for name in ("brand", "released"):
        if value := document.get(name):
            found[name] = Cell(value, normalised=value)
    if category := document.get("category"):
        found["category"] = Cell(category[0], normalised=category[0])
    return {**found, **attributes}


def _cell(line: SheetLine) -> Cell:
    return Cell(line.value, line.unit, line.normalised, line.source, line.confidence, line.evidence)


def _money(amount: Decimal, currency: str) -> Cell:
    decimals = -int(amount.as_tuple().exponent)
    return Cell(f"{amount:f}" if decimals >= 2 else f"{amount:.2f}", currency, float(amount))


def _heads(products: Sequence[Compared], shop: Shop, type_name: str | None, locale: str) -> list[Head]:
    language = language_of(locale)
    offer_group, general = _GROUPS[language]
    dictionary = shop.index.dictionary()
    heads = [
        Head("price", label("price", locale, {}), offer_group, shop.currency, *_PRICE_RULES),
        Head("price_per_piece", _PER_PIECE[language], offer_group, shop.currency, *_PRICE_RULES),
        Head("in_stock", label("in_stock", locale, {}), offer_group),
        *(Head(name, label(name, locale, {}), general) for name in ("brand", "category", "released")),
    ]
    seen: dict[str, Head] = {}
    for line in (line for each in products for line in each.sheet):
        if line.name in seen:
            continue
        entry = dictionary.get(line.name)
        better: Better | None = entry.better if entry else None
        source: BetterSource | None = "known" if better else None
        if better is None and (better := shop.learned.better(type_name, line.name)):
            source = "purchases"
        unit = entry.unit if entry else None
        seen[line.name] = Head(_ATTRIBUTE + line.name, line.label, line.group, unit, better, source)
    return [*heads, *seen.values()]


def _importance(
    shop: Shop, buyer: Buyer, types: Mapping[str | None, int], fields: Sequence[str]
) -> Mapping[str, float]:
    """Return the importance of fields, over the products where they are of several types."""
    total = sum(types.values())
    found = dict.fromkeys(fields, 0.0)
    for type_name, products in types.items():
        counted = shop.importance.of(shop.catalog_id, shop.index, buyer, type_name, fields)
        for name in fields:
            found[name] += shop.learned.importance(type_name, name, counted[name]) * products / total
    return {name: round(value, 4) for name, value in found.items()}


def _alternatives(
    shop: Shop,
    products: Sequence[Compared],
    rows: Sequence[Row],
    buyer: Buyer,
    at: datetime | None,
    type_name: str | None,
    speaker: Speaker,
) -> tuple[Alternative, ...]:
    wanted = criteria(rows, shop.index.fields().keys()) if type_name else None
    if wanted is None or type_name is None:
        return ()
    found = alternatives(
        shop.index, buyer, at, type_name, [each.stored.id for each in products], wanted, shop.condition
    )
    return tuple(_alternative(shop.read(each), wanted, speaker, shop.currency) for each in found)


def _alternative(other: Compared, wanted: Criteria, speaker: Speaker, currency: str) -> Alternative:
    cells = _cells(other, offered(other.stored, other.quantity), currency)
    better = [(row, cell) for row in wanted.directed if (cell := cells.get(row.head.field)) and beats(row, cell)]
    said = speaker.beats([(row, cell) for row, cell in better])
    return Alternative(other.stored, tuple(row.head.field for row, _ in better), said)
