"""Files of order lines into the records."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from commerce.errors import MappingError
from commerce.order import Order, OrderLine
from commerce.order_documents import read_quantity
from commerce.readers.listed import ListLoad, ListsReport, Outcome, source_of
from commerce.readers.mapping import Mapping as MappingFile
from commerce.readers.order_rules import OrderRows
from commerce.readers.rows import Progress, Row, WrongField
from commerce.readers.rules import FieldRule
from commerce.readers.values import matches, number_of, text_of, value_of
from commerce.reading import LONGEST_ID, clean_text, read_price
from commerce.records import Records

_Head = tuple[datetime, str | None, str | None]
_ONE = Decimal(1)


def load_orders(
    records: Records,
    catalog_id: str,
    files: Sequence[Path],
    mapping: MappingFile,
    *,
    rejects: Path,
    progress: Progress | None = None,
) -> ListsReport:
    """Load order lines that files name, all or none; an order that was loaded before takes the place of itself.

    Lines of one order may stand anywhere in the files; its time and account are those of its first line. All lines are
    held in memory, about 200 bytes each. Raises UnknownCatalog, MappingError without ``orders`` in the mapping,
    TooManyRejects before anything is written.
    """
    rule = mapping.orders
    if rule is None:
        raise MappingError("orders: the mapping does not say which columns orders have")
    currency = records.catalog(catalog_id).currency
    load = ListLoad(source_of(mapping, rule), mapping.limits, rule, "orders", rejects)
    reader = _LineReader(rule, load.source.decimal, currency)
    heads: dict[str, _Head] = {}
    lines: dict[str, list[OrderLine]] = {}
    for file, row in load.rows(files, progress):
        try:
            identity = reader.text(rule.order, "order", row)
            head, line = heads.get(identity) or reader.head(row), reader.line(row)
            heads[identity] = head
            lines.setdefault(identity, []).append(line)
            load.accepted += 1
        except WrongField as wrong:
            load.refused.add(wrong.reject(file, row.line))
    load.check()
    named = {line.product_id for several in lines.values() for line in several}
    done = records.put_orders(catalog_id, _orders(heads, lines))
    unknown = records.unknown_articles(catalog_id, named)
    return load.finish(records, catalog_id, files, Outcome(done.written, done.unchanged, unknown))


def _orders(heads: dict[str, _Head], lines: dict[str, list[OrderLine]]) -> Iterator[Order]:
    for identity, several in lines.items():
        placed_at, account, user = heads[identity]
        yield Order(identity, placed_at, tuple(several), account, user)


class _LineReader:
    """Reads the fields of rows; equal texts are kept once."""

    def __init__(self, rule: OrderRows, decimal: str, currency: str) -> None:
        self._rule = rule
        self._decimal = decimal
        self._currency = currency
        self._zone = ZoneInfo(rule.timezone)
        self._texts: dict[str, str] = {}

    def head(self, row: Row) -> _Head:
        """Return when the order was placed, and by which account and user."""
        return self._moment(row), self._optional(self._rule.account, row), self._optional(self._rule.user, row)

    def line(self, row: Row) -> OrderLine:
        """Return the order's line."""
        rule = self._rule
        quantity = _ONE if rule.quantity is None else self._quantity(rule.quantity, row)
        if rule.cancellation is not None and matches(rule.cancellation, row.values):
            quantity = -abs(quantity)
        net = None
        if rule.net is not None and (text := text_of(value_of(rule.net, row.values))):
            number = number_of(text, self._decimal)
            try:
                net = read_price(text if number is None else number / rule.net.divide)
            except ValueError as error:
                raise WrongField("net", str(error), text) from error
        currency = self._optional(rule.currency, row) or self._currency
        return OrderLine(self.text(rule.product, "product", row), quantity, net, currency)

    def text(self, rule: FieldRule, field: str, row: Row) -> str:
        """Return an id. Raises WrongField for none."""
        text = clean_text(text_of(value_of(rule, row.values)))
        if not 0 < len(text) <= LONGEST_ID:
            raise WrongField(field, f"a text of 1 to {LONGEST_ID} characters is needed", text)
        return self._texts.setdefault(text, text)

    def _optional(self, rule: FieldRule | None, row: Row) -> str | None:
        text = "" if rule is None else clean_text(text_of(value_of(rule, row.values)))[:LONGEST_ID]
        return self._texts.setdefault(text, text) or None

    def _quantity(self, rule: FieldRule, row: Row) -> Decimal:
        text = text_of(value_of(rule, row.values))
        number = number_of(text, self._decimal)
        try:
            return read_quantity(text if number is None else number)
        except ValueError as error:
            raise WrongField("quantity", str(error), text) from error

    def _moment(self, row: Row) -> datetime:
        value = value_of(self._rule.placed_at, row.values)
        text = text_of(value)
        try:
            if isinstance(value, datetime):
                moment = value
            elif self._rule.format is not None:
                moment = datetime.strptime(text, self._rule.format)  # noqa: DTZ007 - the zone follows
            else:
                moment = datetime.fromisoformat(text)
        except ValueError as error:
            reason = "is not a date and time: set orders.format to what the file has"
            raise WrongField("placed_at", reason, text) from error
        return moment if moment.tzinfo else moment.replace(tzinfo=self._zone)
