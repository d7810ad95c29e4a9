"""Promotions as JSON objects, for the records and for engines that keep them: written and read back as the same."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from commerce.pricing import Selected
from commerce.promotions import Promotion
from language.filters.twin import filter_from_json, to_json


def promotion_to_json(promotion: Promotion) -> dict[str, object]:
    """Return all of a promotion but its id and version. Raises InvalidFilter for a filter that nests too deep."""
    condition = None if promotion.selected.filter is None else to_json(promotion.selected.filter)
    if condition is not None:
        # Parentheses of a filter's text may hold more levels than its tree can be read with again.
        filter_from_json(condition)
    return {
        "ids": sorted(promotion.selected.ids),
        "filter": condition,
        "percent": f"{promotion.percent:f}",
        "amount": f"{promotion.amount:f}",
        "net": _text(promotion.net),
        "text": dict(sorted(promotion.text.items())),
        "code": promotion.code,
        "enabled": promotion.enabled,
        "valid_from": promotion.valid_from and promotion.valid_from.isoformat(),
        "valid_until": promotion.valid_until and promotion.valid_until.isoformat(),
        "priority": promotion.priority,
        "stackable": promotion.stackable,
        "applies_to_price_lists": promotion.applies_to_price_lists,
        "minimum_net": _text(promotion.minimum_net),
        "min_quantity": promotion.min_quantity,
    }


def promotion_from_json(identity: str, value: Mapping[str, Any], version: int = 0) -> Promotion:
    """Return the promotion that ``promotion_to_json`` wrote."""
    condition = None if value["filter"] is None else filter_from_json(value["filter"])
    return Promotion(
        id=identity,
        selected=Selected(frozenset(value["ids"]), condition),
        percent=Decimal(value["percent"]),
        amount=Decimal(value["amount"]),
        net=_decimal(value["net"]),
        text=value["text"],
        code=value["code"],
        enabled=value["enabled"],
        valid_from=_moment(value["valid_from"]),
        valid_until=_moment(value["valid_until"]),
        priority=value["priority"],
        stackable=value["stackable"],
        applies_to_price_lists=value["applies_to_price_lists"],
        minimum_net=_decimal(value["minimum_net"]),
        min_quantity=value["min_quantity"],
        version=version,
    )


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
