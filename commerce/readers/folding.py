"""Folds what several rows say about one article: prices with their tiers, stock, texts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from commerce.availability import LocationStock
from commerce.availability_reading import ordered
from commerce.product import Offer, Tier
from commerce.readers.part_rules import ArticlePart
from commerce.readers.rows import Reject
from commerce.readers.said import Entry
from commerce.readers.stock_rows import location_stock
from commerce.readers.values import reduced


class Folder:
    """Folds rows by the rules of their parts; ``rejects`` are the rows that contradict an earlier one."""

    def __init__(self, parts: Mapping[str, ArticlePart]) -> None:
        self.rejects: list[Reject] = []
        self._parts = parts

    def offer(self, entries: Iterable[Entry]) -> Offer:
        """Return the offer that the rows of one article make."""
        entries = list(entries)
        prices: dict[int, list[Entry]] = {}
        for entry in entries:
            if entry.said.net:
                prices.setdefault(entry.said.min_quantity, []).append(entry)
        nets = {
            quantity: self._one("net", each, lambda entry: entry.said.net) for quantity, each in sorted(prices.items())
        }
        single = nets.pop(1, None)
        tiers = tuple(Tier(quantity, Decimal(net)) for quantity, net in nets.items() if net)
        supply = self.supply(entries)
        stock = next((each.quantity for each in supply if each.location is None), None)
        return Offer(Decimal(single) if single else None, stock, tiers, _by_location(supply))

    def supply(self, entries: Iterable[Entry]) -> list[LocationStock]:
        """Return what the rows of one article say of each location's stock, of all together (None) with the plain
        stock; the last row of a location tells its lead time and next delivery."""
        places: dict[str, list[Entry]] = {}
        for entry in entries:
            places.setdefault(entry.said.location, []).append(entry)
        found = []
        for rows in places.values():
            stock = self._one("stock", [e for e in rows if e.said.stock], lambda entry: entry.said.stock)
            told = [e for e in rows if e.said.lead_time_days or e.said.next_delivery]
            found.append(location_stock((told or rows)[-1].said, max(int(Decimal(stock)), 0) if stock else None))
        return found

    def popularity(self, entries: Sequence[Entry]) -> float:
        """Return how often buyers chose the product; 0 if no row says it."""
        found = self._one("popularity", [e for e in entries if e.said.popularity], lambda e: e.said.popularity)
        return float(found or 0)

    def _one(self, name: str, entries: Sequence[Entry], value: Callable[[Entry], str]) -> str:
        if not entries:
            return ""
        rule = getattr(self._parts[entries[0].part], name)
        if "reduce" in rule.model_fields_set:
            return reduced(rule.reduce, [value(entry) for entry in entries])
        first = entries[0]
        for entry in entries[1:]:
            if value(entry) != value(first):
                reason = f"another value stands in {first.file} line {first.line}; reduce in the mapping can fold them"
                self.rejects.append(Reject(entry.file, entry.line, name, reason, value(entry)[:200]))
        return value(first)


def _by_location(supply: Iterable[LocationStock]) -> tuple[LocationStock, ...]:
    return ordered(replace(each, quantity=None) if each.location is None else each for each in supply)


def union(lists: Iterable[Sequence[str]]) -> list[str]:
    """Return the texts of all lists in their order, each once."""
    return list(dict.fromkeys(text for each in lists for text in each))


def first_text(texts: Iterable[str]) -> tuple[str, int]:
    """Return the first text that is not empty, and how many later ones differ from it."""
    found: Iterator[str] = (text for text in texts if text)
    first = next(found, "")
    return first, sum(text != first for text in found)
