"""Rows of one file of products to catalogue items, by the mapping."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from commerce.availability_reading import supply_to_json
from commerce.documents import InvalidProduct, catalog_item_from_json
from commerce.errors import MappingError
from commerce.product import CatalogItem
from commerce.readers.mapping import Mapping as MappingFile
from commerce.readers.mapping import OfferRule, ProductRule
from commerce.readers.markup import plain_text
from commerce.readers.notes import Notes
from commerce.readers.rows import Reject, Row
from commerce.readers.rules import AttributeKind, FieldRule
from commerce.readers.said import Said
from commerce.readers.stock_rows import UnusableStock, location_stock, read_stock
from commerce.readers.values import (
    attribute_of,
    matches,
    number_of,
    reduced,
    reduced_name,
    starred,
    text_of,
    texts_of,
    valid_gtins,
    value_of,
)

_KIND_ORDER: dict[AttributeKind, int] = {"number": 0, "boolean": 1, "text": 2}


@dataclass(frozen=True, slots=True)
class Deletion:
    """A row that the mapping's condition marks as the removal of a product."""

    id: str


class ProductReader:
    """Turns the rows of one load into items; counts what it passes over and what it mends.

    ``notes`` count rows that the mapping's conditions leave out and values that were dropped or mended.
    """

    def __init__(self, mapping: MappingFile) -> None:
        if mapping.product is None:
            raise MappingError("product: the mapping does not say which columns products have")
        self.notes = Notes()
        self._mapping = mapping
        self._rules: ProductRule = mapping.product
        self._columns: dict[str, tuple[str, AttributeKind] | None] = {}
        self._first_line: dict[str, tuple[str, int]] = {}

    def read(self, file: str, rows: Iterable[Row | Reject]) -> Iterator[CatalogItem | Deletion | Reject]:
        """Yield an item, a Deletion or a Reject for each row (or group of rows) of one file."""
        kept = self._kept(file, rows)
        if self._mapping.source.group_by is not None:
            kept = self._grouped(file, kept, self._mapping.source.group_by)
        for row in kept:
            yield self._item(file, row) if isinstance(row, Row) else row

    def _kept(self, file: str, rows: Iterable[Row | Reject]) -> Iterator[Row | Deletion | Reject]:
        conditions, delete = self._mapping.where, self._mapping.delete
        for row in rows:
            if isinstance(row, Row):
                failed = next((c for c in conditions if not matches(c, row.values)), None)
                if failed:
                    self.notes.skipped[failed.reason] += 1
                    continue
                if delete and matches(delete, row.values):
                    yield self._deletion(file, row)
                    continue
            yield row

    def _deletion(self, file: str, row: Row) -> Deletion | Reject:
        identity = text_of(value_of(self._rules.id, row.values))
        if not identity:
            return Reject(file, row.line, "id", "must not be empty")
        return self._repeated(file, row, identity) or Deletion(identity)

    def _item(self, file: str, row: Row) -> CatalogItem | Reject:
        try:
            item = catalog_item_from_json(self._object(row.values))
        except InvalidProduct as error:
            pointer, message = error.problems[0]
            return Reject(file, row.line, pointer.strip("/"), message, self._at_fault(row, pointer))
        except UnusableStock as error:
            return Reject(file, row.line, error.name, str(error), error.value[:200])
        except ValueError as error:
            return Reject(file, row.line, "price", str(error))
        return self._repeated(file, row, item.product.id) or item

    def _repeated(self, file: str, row: Row, identity: str) -> Reject | None:
        if identity in self._first_line:
            first_file, first = self._first_line[identity]
            return Reject(file, row.line, "id", f"the same id stands in {first_file} line {first}", identity)
        self._first_line[identity] = (file, row.line)
        return None

    def _object(self, values: Mapping[str, object]) -> dict[str, object]:
        rules, offer = self._rules, self._mapping.offer
        decimal = self._mapping.source.decimal
        found: dict[str, object] = {
            "id": text_of(value_of(rules.id, values)),
            "title": self._plain(text_of(value_of(rules.title, values))),
            "gtin": self._gtins(texts_of(rules.gtin, values)),
            "category": texts_of(rules.category, values),
            "image_urls": texts_of(rules.image_urls, values),
            "attributes": self._attributes(values),
        }
        for name, rule in (("description", rules.description), ("brand", rules.brand), ("mpn", rules.mpn)):
            if rule:
                found[name] = self._plain(text_of(value_of(rule, values)))
        if rules.released:
            found["released"] = text_of(value_of(rules.released, values)) or None
        if offer.net:
            found["price"] = self._money(offer.net, values)
        if offer.cost and (cost := self._money(offer.cost, values)) is not None:
            found["price"] = {"net": found.get("price"), "cost": cost}
        if offer.location and text_of(value_of(offer.location, values)):
            said = Said(**read_stock(offer, values, decimal))
            found["availability"] = supply_to_json(
                [location_stock(said, max(int(said.stock), 0) if said.stock else None)]
            )
        elif offer.stock and (stock := number_of(value_of(offer.stock, values), decimal)) is not None:
            found["stock"] = int(stock)
        if offer.popularity and (popularity := number_of(value_of(offer.popularity, values), decimal)) is not None:
            found["popularity"] = float(popularity)
        return found

    def _attributes(self, values: Mapping[str, object]) -> dict[str, object]:
        found: dict[str, object] = {}
        kinds: dict[str, AttributeKind] = {}
        decimal = self._mapping.source.decimal
        for column, value in values.items():
            target = self._columns[column] if column in self._columns else self._target(column)
            if target is None or value is None or value == "":
                continue
            name, kind = target
            read = attribute_of(value, kind, decimal)
            if read is None:
                self.notes.warnings[f"attribute value is no {kind}"] += 1
            elif name in kinds and _KIND_ORDER[kinds[name]] < _KIND_ORDER[kind]:
                self.notes.warnings["attribute given in two kinds"] += 1
            else:
                self.notes.warnings["attribute given in two kinds"] += name in kinds
                found[name], kinds[name] = read, kind
        return found

    def _target(self, column: str) -> tuple[str, AttributeKind] | None:
        targets = ((starred(pattern, column), kind) for pattern, kind in self._mapping.attributes.items())
        self._columns[column] = next(((name, kind) for name, kind in targets if name is not None), None)
        return self._columns[column]

    def _plain(self, text: str) -> str:
        plain, mended = plain_text(text)
        if mended:
            self.notes.warnings[mended] += 1
        return plain

    def _gtins(self, given: list[str]) -> list[str]:
        valid = valid_gtins(given)
        self.notes.warnings["gtin with a wrong check digit or length"] += len(given) - len(valid)
        return valid

    def _money(self, rule: FieldRule, values: Mapping[str, object]) -> str | None:
        value = value_of(rule, values)
        if value is None or value == "":
            return None
        number = number_of(value, self._mapping.source.decimal)
        if number is None:
            raise ValueError(f"{text_of(value)[:40]!r} is not an amount of money")
        return str(number / rule.divide)

    def _grouped(
        self, file: str, rows: Iterable[Row | Deletion | Reject], key: str
    ) -> Iterator[Row | Deletion | Reject]:
        rules = [rule for rule in _rules(self._rules, self._mapping.offer) if rule.column is not None]
        groups: dict[str, _Group] = {}
        for row in rows:
            if not isinstance(row, Row):
                yield row
                continue
            name = text_of(row.values.get(key))
            if not name:
                yield Reject(file, row.line, key, "is empty")
                continue
            group = groups.get(name)
            if group is None:
                group = groups[name] = _Group(row.line, rules)
            group.add(row.values)
        for name, group in groups.items():
            yield Row(group.line, {key: name, **group.values()})

    def _at_fault(self, row: Row, pointer: str) -> str:
        name = pointer.strip("/").split("/")[0]
        rule = getattr(self._rules, name, None) or (self._mapping.offer.net if name == "price" else None)
        return text_of(value_of(rule, row.values))[:200] if isinstance(rule, FieldRule) else ""


class _Group:
    """The rows of one group, folded column by column."""

    def __init__(self, line: int, rules: list[FieldRule]) -> None:
        self.line = line
        self._rules = rules
        self._seen: list[list[str]] = [[] for _ in rules]

    def add(self, values: Mapping[str, object]) -> None:
        for rule, seen in zip(self._rules, self._seen, strict=True):
            text = text_of(values.get(rule.column or ""))
            if not text or (rule.matches and not rule.matches.search(text)):
                continue
            if rule.reduce == "first" and seen:
                continue
            seen.append(text)

    def values(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for rule, seen in zip(self._rules, self._seen, strict=True):
            if seen:
                found[reduced_name(rule)] = reduced(rule.reduce, seen)
        return found


def _rules(product: ProductRule, offer: OfferRule) -> list[FieldRule]:
    given = [getattr(product, name) for name in type(product).model_fields]
    given += [getattr(offer, name) for name in type(offer).model_fields]
    return [rule for rule in given if rule is not None]
