"""One BMEcat file of a load: its frame first, then its products one by one, with everything accounted for."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from commerce.product import CatalogItem
from commerce.readers.bmecat.errors import InvalidBmecat
from commerce.readers.bmecat.ledger import Ledger, Page
from commerce.readers.bmecat.nodes import Node
from commerce.readers.bmecat.products import ProductReader, UnusableProduct
from commerce.readers.bmecat.source import read_units
from commerce.readers.bmecat.structure import Structure
from commerce.readers.rows import Progress, Reject

REJECTED = "the product was rejected"
_LONGEST_VALUE = 200


@dataclass(slots=True)
class Account:
    """What one load counts: elements, values mended or left out, and where to tell of a value that cannot be used."""

    ledger: Ledger
    warnings: Counter[str]
    tell: Callable[[Reject], None]


@dataclass(frozen=True, slots=True)
class Found:
    """One product of a file: its mode ("new", "update", "delete"), its id, and its item unless it is to be deleted.

    ``has_prices`` says whether the file gave prices at all, usable or not; ``page`` is its part of the account.
    """

    file: str
    page: Page
    mode: str
    id: str
    item: CatalogItem | None
    has_prices: bool = False

    def refused(self, field: str, reason: str) -> Reject:
        """Return the reject that names the product."""
        return Reject(self.file, self.page.unit.line, field, reason, self.id)


class BmecatFile:
    """A file whose frame has been read; it is then known to be well-formed to its end."""

    def __init__(self, path: Path, account: Account, progress: Progress | None = None) -> None:
        self.path = path
        self.structure = Structure()
        self._account = account
        for unit in read_units(path, "frame", _half(progress, 0)):
            self.structure.read(unit, account.ledger, self._fault)
        if not self.structure.transaction:
            raise InvalidBmecat(f"{path.name}: has neither products nor prices: its T_NEW_CATALOG is missing")

    @property
    def transaction(self) -> str:
        """T_NEW_CATALOG, T_UPDATE_PRODUCTS or T_UPDATE_PRICES."""
        return self.structure.transaction

    def currency(self) -> str:
        """Return the header's currency, or else the one that most prices name; empty if none does."""
        if self.structure.header.currency:
            return self.structure.header.currency
        named: Counter[str] = Counter()
        for unit in read_units(self.path, "products"):
            named.update(node.text for node in unit.node.walk() if node.tag == "PRICE_CURRENCY" and node.text)
        return named.most_common(1)[0][0] if named else ""

    def products(
        self, locale: str, currency: str, today: date, progress: Progress | None = None
    ) -> Iterator[Found | Reject]:
        """Yield the products for a catalogue of a locale and a currency, or a Reject for each that cannot be taken.

        Whoever takes a product or refuses it counts its page.
        """
        account = self._account
        reader = ProductReader(self.structure, locale, currency, today, account.warnings, account.ledger, self._fault)
        for unit in read_units(self.path, "products", _half(progress, 1)):
            try:
                mode, identity, item = self._read(unit.node, reader)
            except UnusableProduct as unusable:
                account.ledger.count(account.ledger.close(unit.node, unit.above), rejected=REJECTED)
                yield Reject(self.path.name, unusable.node.line, unusable.field, unusable.reason, _value(unusable.node))
                continue
            has_prices = unit.node.first("PRODUCT_PRICE_DETAILS") is not None
            yield Found(self.path.name, account.ledger.close(unit.node, unit.above), mode, identity, item, has_prices)

    def _read(self, node: Node, reader: ProductReader) -> tuple[str, str, CatalogItem | None]:
        identity = reader.identity(node)
        if self.transaction == "T_UPDATE_PRICES":
            return "update", identity, reader.prices_only(node, identity)
        mode = node.attributes.get("mode", "new").strip() or "new"
        if mode not in ("new", "update", "delete"):
            raise UnusableProduct(node, "mode", f"{mode[:20]!r} is no mode: use new, update or delete")
        return mode, identity, None if mode == "delete" else reader.item(node)

    def _fault(self, node: Node, field: str, reason: str) -> None:
        self._account.tell(Reject(self.path.name, node.line, field, reason, _value(node)))


def _value(node: Node) -> str:
    return node.words()[:_LONGEST_VALUE]


def _half(progress: Progress | None, passes_before: int) -> Progress | None:
    """Return a progress for one of the two passes over a file."""
    if progress is None:
        return None
    return lambda done, size: progress(done + passes_before * size, 2 * size)
