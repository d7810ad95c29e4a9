"""One BMEcat file of a load: its frame first, then its products one by one, with everything accounted for."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from commerce.product import CatalogItem
from commerce.readers.bmecat.errors import InvalidBmecat
from commerce.readers.bmecat.ledger import Ledger
from commerce.readers.bmecat.nodes import Node
from commerce.readers.bmecat.products import ProductReader, UnusableProduct
from commerce.readers.bmecat.source import read_units
from commerce.readers.bmecat.structure import Structure
from commerce.readers.rows import Progress, Reject

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

    ``has_prices`` says whether the file gave prices at all, usable or not.
    """

    mode: str
    id: str
    line: int
    item: CatalogItem | None
    has_prices: bool = False


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
        """Yield the products for a catalogue of a locale and a currency, or a Reject for each that cannot be taken."""
        account = self._account
        reader = ProductReader(self.structure, locale, currency, today, account.warnings, account.ledger, self._fault)
        for unit in read_units(self.path, "products", _half(progress, 1)):
            node = unit.node
            try:
                found = self._found(node, reader)
            except UnusableProduct as unusable:
                account.ledger.settle(node, unit.above, rejected="the product was rejected")
                yield Reject(self.path.name, unusable.node.line, unusable.field, unusable.reason, _value(unusable.node))
                continue
            account.ledger.settle(node, unit.above)
            yield found

    def _found(self, node: Node, reader: ProductReader) -> Found:
        identity = reader.identity(node)
        if self.transaction == "T_UPDATE_PRICES":
            item = reader.prices_only(node, identity)
            return Found("update", identity, node.line, item, has_prices=True)
        mode = node.attributes.get("mode", "new").strip() or "new"
        if mode not in ("new", "update", "delete"):
            raise UnusableProduct(node, "mode", f"{mode[:20]!r} is no mode: use new, update or delete")
        if mode == "delete":
            return Found(mode, identity, node.line, None)
        return Found(mode, identity, node.line, reader.item(node), node.first("PRODUCT_PRICE_DETAILS") is not None)

    def _fault(self, node: Node, field: str, reason: str) -> None:
        self._account.tell(Reject(self.path.name, node.line, field, reason, _value(node)))


def _value(node: Node) -> str:
    return node.words()[:_LONGEST_VALUE]


def _half(progress: Progress | None, passes_before: int) -> Progress | None:
    """Return a progress for one of the two passes over a file."""
    if progress is None:
        return None
    return lambda done, size: progress(done + passes_before * size, 2 * size)
