"""Rows to catalogue items, by the mapping."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from statistics import median

from selectolax.lexbor import LexborHTMLParser
from stdnum import ean

from commerce.documents import InvalidProduct, catalog_item_from_json
from commerce.product import CatalogItem
from commerce.readers.mapping import AttributeKind, FieldRule, Reducer
from commerce.readers.mapping import Mapping as MappingFile
from commerce.readers.rows import Reject, Row

_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_TRUE = frozenset({"true", "yes", "y", "1", "ja", "wahr"})
_FALSE = frozenset({"false", "no", "n", "0", "nein", "falsch"})
_KIND_ORDER: dict[AttributeKind, int] = {"number": 0, "boolean": 1, "text": 2}


class ProductReader:
    """Turns the rows of one load into items; counts what it passes over and what it mends.

    ``skipped`` are rows that the mapping's conditions leave out, by reason; ``warnings`` are values that were
    dropped or mended, by reason.
    """

    def __init__(self, mapping: MappingFile) -> None:
        self.skipped: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self._mapping = mapping
        self._columns: dict[str, tuple[str, AttributeKind] | None] = {}
        self._first_line: dict[str, tuple[str, int]] = {}

    def read(self, file: str, rows: Iterable[Row | Reject]) -> Iterator[CatalogItem | Reject]:
        """Yield an item or a Reject for each row (or group of rows) of one file."""
        kept = self._kept(rows)
        if self._mapping.source.group_by is not None:
            kept = self._grouped(file, kept, self._mapping.source.group_by)
        for row in kept:
            yield row if isinstance(row, Reject) else self._item(file, row)

    def _kept(self, rows: Iterable[Row | Reject]) -> Iterator[Row | Reject]:
        conditions = self._mapping.where
        for row in rows:
            if isinstance(row, Row):
                failed = next((c for c in conditions if not c.matches.search(_text(row.values.get(c.column)))), None)
                if failed:
                    self.skipped[failed.reason] += 1
                    continue
            yield row

    def _item(self, file: str, row: Row) -> CatalogItem | Reject:
        try:
            item = catalog_item_from_json(self._object(row.values))
        except InvalidProduct as error:
            pointer, message = error.problems[0]
            return Reject(file, row.line, pointer.strip("/"), message, self._at_fault(row, pointer))
        except ValueError as error:
            return Reject(file, row.line, "price", str(error))
        identity = item.product.id
        if identity in self._first_line:
            first_file, first = self._first_line[identity]
            return Reject(file, row.line, "id", f"the same id stands in {first_file} line {first}", identity)
        self._first_line[identity] = (file, row.line)
        return item

    def _object(self, values: Mapping[str, object]) -> dict[str, object]:
        rules, offer = self._mapping.product, self._mapping.offer
        found: dict[str, object] = {
            "id": _text(_value(rules.id, values)),
            "title": self._plain(_text(_value(rules.title, values))),
            "gtin": self._gtins(_list(rules.gtin, values)),
            "category": _list(rules.category, values),
            "image_urls": _list(rules.image_urls, values),
            "attributes": self._attributes(values),
        }
        for name, rule in (("description", rules.description), ("brand", rules.brand), ("mpn", rules.mpn)):
            if rule:
                found[name] = self._plain(_text(_value(rule, values)))
        if rules.released:
            found["released"] = _text(_value(rules.released, values)) or None
        if offer.net:
            found["price"] = self._money(offer.net, values)
        if offer.stock and (stock := self._number(_value(offer.stock, values))) is not None:
            found["stock"] = int(stock)
        if offer.popularity and (popularity := self._number(_value(offer.popularity, values))) is not None:
            found["popularity"] = float(popularity)
        return found

    def _attributes(self, values: Mapping[str, object]) -> dict[str, object]:
        found: dict[str, object] = {}
        kinds: dict[str, AttributeKind] = {}
        for column, value in values.items():
            target = self._columns[column] if column in self._columns else self._target(column)
            if target is None or value is None or value == "":
                continue
            name, kind = target
            read = self._attribute(value, kind)
            if read is None:
                self.warnings[f"attribute value is no {kind}"] += 1
            elif name in kinds and _KIND_ORDER[kinds[name]] < _KIND_ORDER[kind]:
                self.warnings["attribute given in two kinds"] += 1
            else:
                self.warnings["attribute given in two kinds"] += name in kinds
                found[name], kinds[name] = read, kind
        return found

    def _target(self, column: str) -> tuple[str, AttributeKind] | None:
        target: tuple[str, AttributeKind] | None = None
        for pattern, kind in self._mapping.attributes.items():
            before, star, after = pattern.partition("*")
            if not star and column == pattern:
                target = (column, kind)
            elif star and column.startswith(before) and column.endswith(after) and len(column) > len(pattern) - 1:
                target = (column[len(before) : len(column) - len(after)], kind)
            if target:
                break
        self._columns[column] = target
        return target

    def _attribute(self, value: object, kind: AttributeKind) -> object | None:
        if kind == "text":
            return [_text(each) for each in value] if isinstance(value, list) else _text(value)
        if kind == "number":
            if isinstance(value, int | float) and not isinstance(value, bool):
                return value
            number = self._number(value)
            return None if number is None else float(number)
        if isinstance(value, bool):
            return value
        word = _text(value).lower()
        return True if word in _TRUE else False if word in _FALSE else None

    def _plain(self, text: str) -> str:
        """Return the text without markup, with entities read."""
        if _MARKUP.search(text):
            self.warnings["markup taken out of a text"] += 1
            text = LexborHTMLParser(text).text(separator=" ")
        elif _ENTITY.search(text):
            self.warnings["entities read in a text"] += 1
            text = html.unescape(text)
        return " ".join(text.split())

    def _gtins(self, given: list[str]) -> list[str]:
        valid = [gtin for gtin in given if ean.is_valid(gtin)]
        self.warnings["gtin with a wrong check digit or length"] += len(given) - len(valid)
        return valid

    def _money(self, rule: FieldRule, values: Mapping[str, object]) -> str | None:
        value = _value(rule, values)
        if value is None or value == "":
            return None
        number = self._number(value)
        if number is None:
            raise ValueError(f"{_text(value)[:40]!r} is not an amount of money")
        return str(number / rule.divide)

    def _number(self, value: object) -> Decimal | None:
        text = _text(value)
        if self._mapping.source.decimal == ",":
            text = text.replace(".", "").replace(",", ".")
        try:
            number = Decimal(text)
        except InvalidOperation:
            return None
        return number if number.is_finite() else None

    def _grouped(self, file: str, rows: Iterable[Row | Reject], key: str) -> Iterator[Row | Reject]:
        rules = [rule for rule in _rules(self._mapping) if rule.column is not None]
        groups: dict[str, _Group] = {}
        for row in rows:
            if isinstance(row, Reject):
                yield row
                continue
            name = _text(row.values.get(key))
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
        rule = getattr(self._mapping.product, name, None) or (self._mapping.offer.net if name == "price" else None)
        return _text(_value(rule, row.values))[:200] if isinstance(rule, FieldRule) else ""


class _Group:
    """The rows of one group, folded column by column."""

    def __init__(self, line: int, rules: list[FieldRule]) -> None:
        self.line = line
        self._rules = rules
        self._seen: list[list[str]] = [[] for _ in rules]

    def add(self, values: Mapping[str, object]) -> None:
        for rule, seen in zip(self._rules, self._seen, strict=True):
            text = _text(values.get(rule.column or ""))
            if not text or (rule.matches and not rule.matches.search(text)):
                continue
            if rule.reduce == "first" and seen:
                continue
            seen.append(text)

    def values(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for rule, seen in zip(self._rules, self._seen, strict=True):
            if seen:
                found[_reduced_name(rule)] = _reduce(rule.reduce, seen)
        return found


def _rules(mapping: MappingFile) -> list[FieldRule]:
    given = [getattr(mapping.product, name) for name in type(mapping.product).model_fields]
    given += [getattr(mapping.offer, name) for name in type(mapping.offer).model_fields]
    return [rule for rule in given if rule is not None]


def _reduced_name(rule: FieldRule) -> str:
    # Two rules may fold the same column in two ways.
    return f"{rule.column} {rule.reduce}" if rule.reduce != "first" else rule.column or ""


def _reduce(reducer: Reducer, seen: list[str]) -> object:
    match reducer:
        case "first":
            return seen[0]
        case "last":
            return seen[-1]
        case "most_frequent":
            return Counter(seen).most_common(1)[0][0]
        case "count_distinct":
            return str(len(set(seen)))
        case "median_positive":
            amounts = sorted(amount for text in seen if (amount := _decimal(text)) is not None and amount > 0)
            return str(median(amounts)) if amounts else ""


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _value(rule: FieldRule, values: Mapping[str, object]) -> object:
    if rule.constant is not None:
        return rule.constant
    return next((v for name in _names(rule) if (v := values.get(name)) not in (None, "")), None)


def _names(rule: FieldRule) -> tuple[str, ...]:
    return (_reduced_name(rule), *rule.names()) if rule.reduce != "first" else rule.names()


def _list(rule: FieldRule | None, values: Mapping[str, object]) -> list[str]:
    if rule is None:
        return []
    if rule.constant is not None:
        return [rule.constant]
    found: list[str] = []
    for name in rule.names():
        value = values.get(name)
        several = value if isinstance(value, list) else _text(value).split(rule.split) if rule.split else [value]
        found += [text for each in several if (text := _text(each))]
    return list(dict.fromkeys(found))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
