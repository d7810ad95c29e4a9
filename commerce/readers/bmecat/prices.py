"""Prices of a BMEcat product to an offer: net, per order unit, as of a day.

The kind of price that is most the buyer's own is taken: net_customer, then net_list, then gros_list less its tax. Other
kinds (recommended retail prices, express surcharges, the supplier's own) are not what a buyer pays, and are left out.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from commerce.currencies import is_currency
from commerce.product import Offer, Tier
from commerce.readers.bmecat.header import Fault, Header
from commerce.readers.bmecat.ledger import Ledger
from commerce.readers.bmecat.nodes import Node
from commerce.readers.bmecat.numbers import decimal_of
from commerce.reading import read_price

_NET = ("net_customer", "net_list")
_GROSS = "gros_list"
_PREFERENCE = (*_NET, _GROSS)
_LARGEST_QUANTITY = 10**9


@dataclass(frozen=True, slots=True)
class _Price:
    node: Node
    kind: str
    quantity: int
    net: Decimal


class PriceReader:
    """Reads the prices of one load: in ``currency``, valid on ``today``."""

    def __init__(self, header: Header, currency: str, today: date, ledger: Ledger, fault: Fault) -> None:
        self._header = header
        self._currency = currency
        self._today = today
        self._ledger = ledger
        self._fault = fault

    def offer(self, product: Node) -> Offer:
        """Return the offer of a product; without a usable price its price is on request.

        The price of the smallest quantity is the offer's; those of larger ones are its tiers.
        """
        order = product.first("PRODUCT_ORDER_DETAILS")
        units = self._price_quantity(order)
        prices: list[_Price] = []
        for details in product.all("PRODUCT_PRICE_DETAILS"):
            if reason := self._out_of_date(details):
                self._ledger.leave(details, reason)
                continue
            prices += [price for node in details.all("PRODUCT_PRICE") if (price := self._price(node, order, units))]
        return self._chosen(prices)

    def _chosen(self, prices: Sequence[_Price]) -> Offer:
        best = min((_PREFERENCE.index(price.kind) for price in prices), default=0)
        by_quantity: dict[int, _Price] = {}
        for price in prices:
            if price.kind != _PREFERENCE[best]:
                self._ledger.leave(price.node, f"a price of kind {_PREFERENCE[best]} goes before it")
            elif price.quantity in by_quantity:
                same = by_quantity[price.quantity].net == price.net
                reason = "the same price stands twice" if same else "another price holds for the same quantity"
                self._ledger.leave(price.node, reason)
            else:
                by_quantity[price.quantity] = price
                self._keep(price.node)
        if not by_quantity:
            return Offer()
        lowest, *more = sorted(by_quantity)
        tiers = tuple(Tier(quantity, by_quantity[quantity].net) for quantity in more)
        return Offer(net=by_quantity[lowest].net, tiers=tiers)

    def _keep(self, node: Node) -> None:
        self._ledger.keep(*(each for each in node.all("PRICE_AMOUNT", "PRICE_CURRENCY", "LOWER_BOUND") if each.text))
        self._ledger.merge(*(each for each in node.all("PRICE_FACTOR") if each.text))
        if node.attributes.get("price_type") == _GROSS:
            self._ledger.merge(*_taxes(node))
        for territory in node.all("TERRITORY"):
            self._ledger.merge(territory)

    def _price(self, node: Node, order: Node | None, units: Decimal) -> _Price | None:
        kind = node.attributes.get("price_type", "").strip()
        if reason := self._not_for_this_shop(node, kind, order):
            self._ledger.leave(node, reason)
            return None
        amount = self._number(node, "PRICE_AMOUNT", None)
        factor = self._number(node, "PRICE_FACTOR", self._header.price_factor)
        bound = self._number(node, "LOWER_BOUND", Decimal(1))
        if amount is None or factor is None or bound is None:
            return None
        if kind == _GROSS:
            tax = self._tax(node)
            if tax is None:
                self._ledger.leave(node, "a gross price without a usable tax rate")
                return None
            amount /= 1 + tax
        try:
            net = read_price(_shortest(amount * factor / units))
        except (ValueError, ArithmeticError) as error:
            self._refuse(node, "price", str(error) if isinstance(error, ValueError) else "is beyond every price")
            return None
        if not 0 < bound <= _LARGEST_QUANTITY:
            self._refuse(node, "price", f"LOWER_BOUND {bound} is no quantity")
            return None
        return _Price(node, kind, math.ceil(bound), net)

    def _not_for_this_shop(self, node: Node, kind: str, order: Node | None) -> str | None:
        currency = node.value("PRICE_CURRENCY") or self._header.currency or self._currency
        if not is_currency(currency):
            self._fault(node, "price", f"{currency[:20]!r} is no currency of ISO 4217: write a code such as EUR")
            return "of an unknown currency"
        if currency != self._currency:
            return f"in another currency than the catalogue's ({currency})"
        if kind not in _PREFERENCE:
            return "a recommended retail price" if kind == "nrp" else f"a price of kind {kind or 'not given'}"
        own = {each.text for each in node.all("TERRITORY") if each.text}
        if own and self._header.territories and not own & self._header.territories:
            return "for territories other than the catalogue's"
        if node.first("PRICE_FORMULA") is not None:
            return "a formula in place of an amount"
        base = node.first("PRICE_BASE")
        if base is not None and base.value("PRICE_UNIT") != (order.value("ORDER_UNIT") if order else ""):
            return "per another unit than the order unit"
        return None

    def _number(self, node: Node, tag: str, default: Decimal | None) -> Decimal | None:
        child = node.first(tag)
        if child is None or not child.text:
            if default is None:
                self._refuse(node, "price", f"has no {tag}")
            return default
        number = decimal_of(child.text)
        if number is None:
            self._refuse(node, "price", f"{tag} {child.text[:40]!r} is no number with a decimal point")
        return number

    def _refuse(self, node: Node, field: str, reason: str) -> None:
        self._fault(node, field, reason)
        self._ledger.leave(node, "cannot be used: see the rejects")

    def _price_quantity(self, order: Node | None) -> Decimal:
        """Return for how many order units an amount is."""
        node = order.first("PRICE_QUANTITY") if order is not None else None
        if node is None or not node.text:
            return Decimal(1)
        quantity = decimal_of(node.text)
        if quantity is None or quantity <= 0:
            self._refuse(node, "price", f"PRICE_QUANTITY {node.text[:40]!r} is no quantity")
            return Decimal(1)
        self._ledger.merge(node)
        return quantity

    def _tax(self, node: Node) -> Decimal | None:
        rates = [decimal_of(each.text) for each in _taxes(node)]
        usable = [rate for rate in rates if rate is not None and 0 <= rate < 1]
        return sum(usable, Decimal()) if usable and len(usable) == len(rates) else None

    def _out_of_date(self, details: Node) -> str | None:
        if details.value("DAILY_PRICE").lower() == "true":
            return "a price of the day: on request"
        start, end = self._day(details, "valid_start_date"), self._day(details, "valid_end_date")
        if end is not None and end < self._today:
            return "the price has expired"
        if start is not None and start > self._today:
            return "the price does not hold yet"
        return None

    def _day(self, details: Node, kind: str) -> date | None:
        nodes: Iterable[Node] = [
            *(each for each in details.all("DATETIME") if each.attributes.get("type") == kind),
            *details.all(kind.upper()),
        ]
        for node in nodes:
            written = node.first("DATE") or node
            text = written.words()
            try:
                day = date.fromisoformat(text[:10])
            except ValueError:
                self._fault(node, "price", f"{kind} {text[:40]!r} is no date such as 2024-05-31")
                self._ledger.leave(node, "cannot be used: see the rejects")
                continue
            self._ledger.merge(written)
            return day
        return None


def _taxes(node: Node) -> list[Node]:
    return [*node.all("TAX"), *(tax for details in node.all("TAX_DETAILS") for tax in details.all("TAX"))]


def _shortest(net: Decimal) -> Decimal:
    """Return an amount of two to six decimals, as many as it needs."""
    rounded = round(net, 6).normalize()
    exponent = rounded.as_tuple().exponent
    return round(rounded, 2) if isinstance(exponent, int) and exponent > -2 else rounded
