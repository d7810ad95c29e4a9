"""Price lists and assortments as they stand in their columns: JSON texts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

import orjson

from commerce.pricing import PriceRow, PriceRule, Selected
from language.filters.tree import Filter
from language.filters.twin import filter_from_json, to_json

_ROWS_A_PART = 2_000


def rows_to_texts(rows: Iterable[PriceRow]) -> list[str]:
    """Return rows in their order by article and quantity, a text for each part of them."""
    ordered = sorted(rows, key=lambda row: (row.article_id, row.min_quantity))
    plain = [[row.article_id, row.min_quantity, None if row.net is None else f"{row.net:f}"] for row in ordered]
    return [orjson.dumps(plain[start : start + _ROWS_A_PART]).decode() for start in range(0, len(plain), _ROWS_A_PART)]


def rows_from_texts(texts: Iterable[str]) -> Iterator[PriceRow]:
    """Yield the rows of the parts' texts."""
    for text in texts:
        for article, quantity, net in orjson.loads(text):
            yield PriceRow(article, None if net is None else Decimal(net), quantity)


def rules_to_text(rules: Sequence[PriceRule]) -> str | None:
    """Return rules; None for none. Raises InvalidFilter for a filter that nests too deep to be read again."""
    if not rules:
        return None
    plain = [
        {
            "base": rule.base,
            "filter": None if rule.filter is None else _filter_to_json(rule.filter),
            "percent": f"{rule.percent:f}",
            "amount": f"{rule.amount:f}",
        }
        for rule in rules
    ]
    return orjson.dumps(plain).decode()


def rules_from_text(text: str | None) -> tuple[PriceRule, ...]:
    """Return the rules of their column."""
    return tuple(
        PriceRule(
            each["base"],
            None if each["filter"] is None else filter_from_json(each["filter"]),
            Decimal(each["percent"]),
            Decimal(each["amount"]),
        )
        for each in orjson.loads(text or "[]")
    )


def selected_to_text(selected: Selected) -> str:
    """Return a selection of products. Raises InvalidFilter as ``rules_to_text`` does."""
    condition = None if selected.filter is None else _filter_to_json(selected.filter)
    return orjson.dumps({"ids": sorted(selected.ids), "filter": condition}).decode()


def selected_from_text(text: str) -> Selected:
    """Return the selection of its column."""
    value = orjson.loads(text)
    condition = None if value["filter"] is None else filter_from_json(value["filter"])
    return Selected(frozenset(value["ids"]), condition)


def moment_to_text(moment: datetime | None) -> str | None:
    """Return a moment with its offset."""
    return None if moment is None else moment.isoformat()


def moment_from_text(text: str | None) -> datetime | None:
    """Return the moment of its column."""
    return None if text is None else datetime.fromisoformat(text)


def _filter_to_json(condition: Filter) -> object:
    # Parentheses of a filter's text may hold more levels than its tree can be read with again.
    value = to_json(condition)
    filter_from_json(value)
    return value
