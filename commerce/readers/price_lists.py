"""Files of price lists, many lists in one file, into the records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from commerce.currencies import is_currency
from commerce.errors import MappingError
from commerce.pricing import OWN, PriceRow
from commerce.readers.list_rules import PriceListRows
from commerce.readers.list_spool import ListedRow, ListSpool
from commerce.readers.listed import ListLoad, ListsReport, Outcome, source_of
from commerce.readers.mapping import Mapping as MappingFile
from commerce.readers.rows import Progress, Reject, Row, WrongField
from commerce.readers.rules import FieldRule
from commerce.readers.values import number_of, text_of, value_of
from commerce.reading import LARGEST_QUANTITY, LONGEST_ID, clean_text, read_price
from commerce.records import UNSET, ListPrices, Records
from commerce.records.offers import Unset

_DATE_LENGTH = len("2027-01-01")
_REMEMBERED = 50_000
_Moment = datetime | Unset | None
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class _Terms:
    currency: str | Unset
    valid_from: _Moment
    valid_until: _Moment


_NO_TERMS = _Terms(UNSET, UNSET, UNSET)


def load_price_lists(
    records: Records,
    catalog_id: str,
    files: Sequence[Path],
    mapping: MappingFile,
    *,
    rejects: Path,
    progress: Progress | None = None,
) -> ListsReport:
    """Give the price lists that files name the rows that stand there, all lists or none; other lists stay.

    A list keeps its rules, and those of its terms that the mapping has no column for. Of an article and quantity that
    stand twice in a list the second row is rejected, and so are rows that contradict their list's terms. Raises
    UnknownCatalog, MappingError without ``price_lists`` in the mapping, TooManyRejects before anything is written.
    """
    rule = mapping.price_lists
    if rule is None:
        raise MappingError("price_lists: the mapping does not say which columns price lists have")
    records.catalog(catalog_id)
    load = ListLoad(source_of(mapping, rule), mapping.limits, rule, "price-lists", rejects)
    with closing(ListSpool()) as spool:
        terms = _read(load, rule, spool, files, progress)
        load.check()
        unknown = records.unknown_articles(catalog_id, spool.articles())
        done = records.put_list_prices(catalog_id, _lists(load, spool, terms))
    return load.finish(records, catalog_id, files, Outcome(done.written, done.unchanged, unknown))


def _read(
    load: ListLoad, rule: PriceListRows, spool: ListSpool, files: Sequence[Path], progress: Progress | None
) -> dict[str, _Terms]:
    reader = _RowReader(rule, load.source.decimal)
    found: dict[str, _Terms] = {}
    for file, row in load.rows(files, progress):
        try:
            name, listed = reader.row(file, row)
            terms = reader.terms(row)
            if found.setdefault(name, terms) != terms:
                raise WrongField("list", "another currency or validity than in the list's first row", name)
        except WrongField as wrong:
            load.refused.add(wrong.reject(file, row.line))
        else:
            spool.add(name, listed)
    return found


def _lists(load: ListLoad, spool: ListSpool, terms: dict[str, _Terms]) -> Iterator[ListPrices]:
    for name, listed in spool.lists():
        rows: list[PriceRow] = []
        last: tuple[str, int] | None = None
        for row in listed:
            key = (row.article, row.number)
            if key == last:
                reason = "the list has a price of this article from this quantity on"
                load.refused.add(Reject(row.file, row.line, "article", reason, row.article[:200]))
                continue
            last = key
            rows.append(PriceRow(row.article, None if row.value is None else Decimal(row.value), row.number))
        load.accepted += len(rows)
        of_list = terms[name]
        yield ListPrices(name, tuple(rows), of_list.currency, of_list.valid_from, of_list.valid_until)
    load.check()


class _RowReader:
    """Reads rows by the mapping. Names, amounts and terms stand many times in a file, and are read once."""

    def __init__(self, rule: PriceListRows, decimal: str) -> None:
        self._decimal = decimal
        self._zone = ZoneInfo(rule.timezone)
        self._divide = rule.net.divide
        self._columns = [_column(each) for each in (rule.list, rule.article, rule.net, rule.min_quantity)]
        self._list = _remembered(self._name)
        self._article = _remembered(lambda value: _identity("article", value))
        self._net = _remembered(self._amount)
        self._quantity = _remembered(self._whole)
        self._has_terms = any((rule.currency, rule.valid_from, rule.valid_until))
        self._term_columns = [_column(each) for each in (rule.currency, rule.valid_from, rule.valid_until)]
        self._has_begin, self._has_end = rule.valid_from is not None, rule.valid_until is not None
        self._terms: dict[tuple[str, ...], _Terms] = {}

    def row(self, file: str, row: Row) -> tuple[str, ListedRow]:
        """Return the list's name and the row. Raises WrongField."""
        name, article, net, quantity = (column(row.values) for column in self._columns)
        listed = ListedRow(self._article(article), self._quantity(quantity), self._net(net), file, row.line)
        return self._list(name), listed

    def terms(self, row: Row) -> _Terms:
        """Return what a row says of its list; UNSET is what the mapping has no column for. Raises WrongField."""
        if not self._has_terms:
            return _NO_TERMS
        texts = tuple(text_of(column(row.values)) for column in self._term_columns)
        found = self._terms.get(texts)
        if found is None:
            if len(self._terms) >= _REMEMBERED:
                self._terms.clear()
            found = self._terms[texts] = self._read_terms(*texts)
        return found

    def _read_terms(self, currency: str, begin: str, end: str) -> _Terms:
        if currency and not is_currency(currency):
            raise WrongField("currency", "is no currency of ISO 4217: write a code such as EUR", currency)
        valid_from = self._moment("valid_from", begin) if self._has_begin else UNSET
        valid_until = self._moment("valid_until", end, is_end=True) if self._has_end else UNSET
        if isinstance(valid_from, datetime) and isinstance(valid_until, datetime) and valid_from >= valid_until:
            raise WrongField("valid_until", "must be later than valid_from", end)
        return _Terms(currency or UNSET, valid_from, valid_until)

    def _name(self, value: object) -> str:
        name = _identity("list", value)
        if name == OWN:
            raise WrongField("list", f"a price list cannot be called {OWN}", name)
        return name

    def _amount(self, value: object) -> str | None:
        if value is None or not (text := text_of(value)):
            return None
        number = number_of(value, self._decimal)
        try:
            if number is None:
                raise ValueError("is not an amount of money")
            return f"{read_price(number / self._divide if self._divide > 1 else number):f}"
        except ValueError as error:
            raise WrongField("net", str(error), text) from error

    def _whole(self, value: object) -> int:
        if value is None or not (text := text_of(value)):
            return 1
        number = number_of(value, self._decimal)
        if number is None or number != number.to_integral_value() or not 1 <= number <= LARGEST_QUANTITY:
            raise WrongField("min_quantity", "a whole number from 1 is needed", text)
        return int(number)

    def _moment(self, field: str, text: str, *, is_end: bool = False) -> datetime | None:
        if not text:
            return None
        try:
            if len(text) == _DATE_LENGTH:
                moment = datetime.combine(date.fromisoformat(text) + timedelta(days=is_end), time())
            else:
                moment = datetime.fromisoformat(text)
            # Kept as an offset: what a zone is may change.
            return datetime.fromisoformat((moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).isoformat())
        except (ValueError, OverflowError) as error:
            raise WrongField(field, "a date or time such as 2027-01-01T00:00:00+01:00 is needed", text) from error


def _identity(field: str, value: object) -> str:
    text = clean_text(text_of(value))
    if not text or len(text) > LONGEST_ID:
        raise WrongField(field, f"a text of 1 to {LONGEST_ID} characters is needed", text)
    return text


def _column(rule: FieldRule | None) -> Callable[[Mapping[str, object]], object]:
    """Return what reads the rule's value of a row."""
    if rule is None:
        return lambda _: None
    if rule.column is not None and rule.reduce == "first":
        column = rule.column
        return lambda values: values.get(column)
    return lambda values: value_of(rule, values)


def _remembered(read: Callable[[object], _Read]) -> Callable[[object], _Read]:
    """Return the function with what it makes of texts kept, as far as there is room."""
    known: dict[str, _Read] = {}

    def look_up(value: object) -> _Read:
        if not isinstance(value, str):
            return read(value)
        try:
            return known[value]
        except KeyError:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[value] = read(value)
            return found

    return look_up
