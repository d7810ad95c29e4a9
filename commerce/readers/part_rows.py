"""One row of a part to what it says."""

from collections.abc import Iterable, Iterator, Mapping

from commerce.errors import MappingError
from commerce.readers.attribute_columns import REPEATED, AttributeColumns, numbered
from commerce.readers.markup import plain_text
from commerce.readers.notes import Notes
from commerce.readers.number_texts import NumberAttributes
from commerce.readers.part_rules import ArticlePart, Part
from commerce.readers.rows import Reject, Row
from commerce.readers.rules import FieldRule, SourceRule
from commerce.readers.said import Entry, Said
from commerce.readers.stock_rows import StockTexts, UnusableStock, read_stock
from commerce.readers.values import number_of, text_of, texts_of, valid_gtins, value_of
from commerce.reading import LARGEST_QUANTITY, LONGEST_ID, clean_text, read_price


class Unusable(ValueError):
    """A value that spoils its row: the key of its rule, the reason, and the value."""

    def __init__(self, name: str, reason: str, value: object = "") -> None:
        super().__init__(reason)
        self.reject = (name, reason, text_of(value)[:200])


class PartReader:
    """Reads the rows of one part of articles; tells ``numbers`` the values of attributes of no given kind."""

    def __init__(self, name: str, part: ArticlePart, source: SourceRule, numbers: NumberAttributes) -> None:
        self._name = name
        self._part = part
        self._decimal = source.decimal
        self._attributes = AttributeColumns(part, source.decimal, numbers)

    def read(self, file: str, row: Row, notes: Notes) -> Entry | Reject:
        """Return what the row says, or why it cannot be used."""
        part, values = self._part, row.values
        try:
            identity = self._key("id", part.id, values)
            product = self._key("product", part.product, values) if part.product else ""
            owner = identity if part.holds == "products" else product
            return Entry(identity, owner, self._name, file, row.line, self._said(values, notes))
        except Unusable as error:
            name, reason, value = error.reject
            return Reject(file, row.line, name, reason, value)

    def _key(self, name: str, rule: FieldRule, values: Mapping[str, object]) -> str:
        key = clean_text(text_of(value_of(rule, values)))
        if not key:
            raise Unusable(name, "must not be empty")
        if len(key) > LONGEST_ID:
            raise Unusable(name, f"has {len(key):,} characters, at most {LONGEST_ID:,} are kept", key)
        return key

    def _said(self, values: Mapping[str, object], notes: Notes) -> Said:
        part = self._part
        title, description = self._plain(part.title, values, notes), self._plain(part.description, values, notes)
        keywords = texts_of(part.keywords, values)
        texts: dict[str, dict[str, list[str]]] = {}
        for locale, rules in part.texts.items():
            given = {
                "title": [self._plain(rules.title, values, notes)],
                "description": [self._plain(rules.description, values, notes)],
                "keywords": texts_of(rules.keywords, values),
            }
            own = {"title": [title], "description": [description], "keywords": keywords}
            for name, found in given.items():
                if not any(found):
                    continue
                if found == own[name]:
                    notes.skipped[REPEATED.format(locale)] += 1
                else:
                    texts.setdefault(locale, {})[name] = found
        attributes = self._attributes.read(values, notes)
        return Said(
            title=title,
            description=description,
            brand=self._plain(part.brand, values, notes),
            mpn=self._plain(part.mpn, values, notes),
            released=_single(part.released, values),
            gtin=self._gtins(values, notes),
            category=texts_of(part.category, values),
            category_keys=texts_of(part.category_keys, values),
            keywords=keywords,
            image_urls=texts_of(part.image_urls, values),
            net=self._net(values),
            min_quantity=self._quantity(values),
            **self._stock(values),
            popularity=self._popularity(values),
            attributes=attributes.typed,
            loose=attributes.loose,
            texts=texts,
            attribute_texts=attributes.texts,
            relations=list(self._relations(values)),
        )

    def _net(self, values: Mapping[str, object]) -> str:
        """Return the row's price in whole units of the currency, empty for none. Raises Unusable."""
        rule = self._part.net
        text = _single(rule, values)
        if not text or rule is None:
            return ""
        number = number_of(text, self._decimal)
        if number is None:
            raise Unusable("net", f"{text[:40]!r} is not an amount of money", text)
        try:
            return str(read_price(number / rule.divide))
        except ValueError as error:
            raise Unusable("net", str(error), text) from error

    def _stock(self, values: Mapping[str, object]) -> StockTexts:
        """Return what the row says of stock. Raises Unusable."""
        try:
            return read_stock(self._part, values, self._decimal)
        except UnusableStock as error:
            raise Unusable(error.name, str(error), error.value) from error

    def _popularity(self, values: Mapping[str, object]) -> str:
        rule = self._part.popularity
        text = _single(rule, values)
        if not text or rule is None or rule.reduce in ("count_distinct", "most_frequent"):
            return text
        number = number_of(text, self._decimal)
        if number is None:
            raise Unusable("popularity", f"{text[:40]!r} is not a number", text)
        return str(number)

    def _quantity(self, values: Mapping[str, object]) -> int:
        text = _single(self._part.min_quantity, values)
        if not text:
            return 1
        number = number_of(text, self._decimal)
        if number is None or number != int(number) or not 0 <= number <= LARGEST_QUANTITY:
            raise Unusable("min_quantity", f"{text[:40]!r} is not a whole number up to {LARGEST_QUANTITY:,}", text)
        # Many shops write the price without tiers as "from 0".
        return max(int(number), 1)

    def _plain(self, rule: FieldRule | None, values: Mapping[str, object], notes: Notes) -> str:
        if rule is None:
            return ""
        plain, mended = plain_text(clean_text(_single(rule, values)))
        if mended:
            notes.warnings[mended] += 1
        return plain

    def _gtins(self, values: Mapping[str, object], notes: Notes) -> list[str]:
        if self._part.gtin is None:
            return []
        given = texts_of(self._part.gtin, values)
        valid = valid_gtins(given)
        if len(valid) < len(given):
            notes.warnings["gtin with a wrong check digit or length"] += len(given) - len(valid)
        return valid

    def _relations(self, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        for relation in self._part.relations:
            kind = _single(relation.type, values)
            for target in texts_of(relation.id, values):
                if not kind:
                    raise Unusable("relations", "the type of a relation must not be empty", target)
                yield kind, target


def check_columns(where: str, part: Part, file: str, columns: Iterable[str]) -> None:
    """Raise MappingError if a part, which stands at ``where`` in the mapping, names a column that its file lacks."""
    there = list(columns)
    missing = {column: key for column, key in part.columns().items() if column not in there}
    for pair in getattr(part, "pairs", ()):
        for pattern in (pair.key, pair.value, *pair.texts.values()):
            if "#" in pattern and not any(numbered(pattern).fullmatch(column) for column in there):
                missing[pattern] = "pairs"
    if missing:
        column, key = next(iter(missing.items()))
        shown = ", ".join(there[:20]) + (", …" if len(there) > 20 else "")
        raise MappingError(f"{where}.{key}: {file} has no column {column!r}; it has {shown}")


def _single(rule: FieldRule | None, values: Mapping[str, object]) -> str:
    if rule is None:
        return ""
    text = text_of(value_of(rule, values))
    return "" if rule.matches and not rule.matches.search(text) else text
