"""Files of price lists, many lists in one file, into the records."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from commerce.currencies import is_currency
from commerce.errors import MappingError
from commerce.pricing import OWN, PriceRow
from commerce.readers.list_rules import PriceListRows
from commerce.readers.list_spool import ListedRow, ListSpool
from commerce.readers.listed import ListLoad, ListsReport, Outcome
from commerce.readers.mapping import Mapping as MappingFile
from commerce.readers.rows import Progress, Reject, Row
from commerce.readers.rules import FieldRule
from commerce.readers.values import number_of, text_of, value_of
from commerce.reading import LARGEST_QUANTITY, LONGEST_ID, clean_text, read_price
from commerce.records import UNSET, ListPrices, Records
from commerce.records.offers import Unset

_DATE_LENGTH = len("2027-01-01")
_Moment = datetime | Unset | None


@dataclass(frozen=True, slots=True)
class _Terms:
    currency: str | Unset
    valid_from: _Moment
    valid_until: _Moment


class _Refused(Exception):
    """What is wrong with one field of a row."""

    def __init__(self, field: str, reason: str, value: object) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason
        self.value = text_of(value)[:200]


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
    load = ListLoad(mapping, rule, "price-lists", rejects)
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
                raise _Refused("list", "another currency or validity than in the list's first row", name)
        except _Refused as refused:
            load.refused.add(Reject(file, row.line, refused.field, refused.reason, refused.value))
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
    """Reads rows by the mapping; the same few terms stand in a million rows, and are read once."""

    def __init__(self, rule: PriceListRows, decimal: str) -> None:
        self._rule = rule
        self._decimal = decimal
        self._zone = ZoneInfo(rule.timezone)
        self._terms: dict[tuple[str, str, str], _Terms] = {}

    def row(self, file: str, row: Row) -> tuple[str, ListedRow]:
        """Return the list's name and the row. Raises _Refused."""
        rule = self._rule
        name = _identity("list", rule.list, row)
        if name == OWN:
            raise _Refused("list", f"a price list cannot be called {OWN}", name)
        article = _identity("article", rule.article, row)
        return name, ListedRow(article, self._quantity(row), self._net(row), file, row.line)

    def terms(self, row: Row) -> _Terms:
        """Return what a row says of its list; UNSET is what the mapping has no column for. Raises _Refused."""
        rule = self._rule
        currency, begin, end = _text(rule.currency, row), _text(rule.valid_from, row), _text(rule.valid_until, row)
        texts = (currency, begin, end)
        if texts not in self._terms:
            if len(self._terms) > 10_000:
                self._terms.clear()
            if currency and not is_currency(currency):
                raise _Refused("currency", "is no currency of ISO 4217: write a code such as EUR", currency)
            valid_from = UNSET if rule.valid_from is None else self._moment("valid_from", begin)
            valid_until = UNSET if rule.valid_until is None else self._moment("valid_until", end, is_end=True)
            if isinstance(valid_from, datetime) and isinstance(valid_until, datetime) and valid_from >= valid_until:
                raise _Refused("valid_until", "must be later than valid_from", end)
            self._terms[texts] = _Terms(currency or UNSET, valid_from, valid_until)
        return self._terms[texts]

    def _net(self, row: Row) -> str | None:
        rule = self._rule.net
        value = value_of(rule, row.values)
        if value is None or not (text := text_of(value)):
            return None
        number = number_of(value, self._decimal)
        try:
            if number is None:
                raise ValueError("is not an amount of money")
            return f"{read_price(number / rule.divide if rule.divide > 1 else number):f}"
        except ValueError as error:
            raise _Refused("net", str(error), text) from error

    def _quantity(self, row: Row) -> int:
        rule = self._rule.min_quantity
        text = _text(rule, row)
        if not text:
            return 1
        number = number_of(text, self._decimal)
        if number is None or number != number.to_integral_value() or not 1 <= number <= LARGEST_QUANTITY:
            raise _Refused("min_quantity", "a whole number from 1 is needed", text)
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
            raise _Refused(field, "a date or time such as 2027-01-01T00:00:00+01:00 is needed", text) from error


def _identity(field: str, rule: FieldRule, row: Row) -> str:
    text = clean_text(_text(rule, row))
    if not text or len(text) > LONGEST_ID:
        raise _Refused(field, f"a text of 1 to {LONGEST_ID} characters is needed", text)
    return text


def _text(rule: FieldRule | None, row: Row) -> str:
    return "" if rule is None else text_of(value_of(rule, row.values))
