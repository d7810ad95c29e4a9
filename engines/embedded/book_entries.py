"""What the directory of a price book says of each price list, assortment and promotion."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from commerce.pricing import Assortment, PriceList, PriceRule, Selected
from commerce.promotion_documents import promotion_from_json, promotion_to_json
from commerce.promotions import Promotion
from language.filters.twin import filter_from_json, to_json


@dataclass(frozen=True, slots=True)
class StoredList:
    """One price list; its rows are ``rows`` entries of the log from ``at`` on, by article and quantity.

    ``number`` is another one whenever the list is written. ``terms`` is the list without its rows.
    """

    number: int
    at: int
    rows: int
    terms: PriceList

    @property
    def id(self) -> str:
        """The list's id."""
        return self.terms.id


@dataclass(frozen=True, slots=True)
class StoredAssortment:
    """One assortment; the hashes of its ids lie in the log at (entry, number) of ``include`` and ``exclude``."""

    id: str
    number: int
    include: tuple[int, int]
    exclude: tuple[int, int]
    selected: Assortment


@dataclass(frozen=True, slots=True)
class StoredPromotion:
    """One promotion; the hashes of its ids lie in the log at ``ids`` (entry, number). ``terms`` is it without them."""

    id: str
    number: int
    ids: tuple[int, int]
    terms: Promotion


def list_to_json(prices: StoredList) -> dict[str, Any]:
    """Return what the directory says of a price list."""
    terms = prices.terms
    return {
        "id": terms.id,
        "number": prices.number,
        "currency": terms.currency,
        "at": prices.at,
        "rows": prices.rows,
        "rules": [
            [each.base, each.filter and to_json(each.filter), str(each.percent), str(each.amount)]
            for each in terms.rules
        ],
        "from": terms.valid_from and terms.valid_from.isoformat(),
        "until": terms.valid_until and terms.valid_until.isoformat(),
    }


def list_from_json(content: Mapping[str, Any]) -> StoredList:
    """Return the price list of the directory."""
    rules = tuple(
        PriceRule(base, None if node is None else filter_from_json(node), Decimal(percent), Decimal(amount))
        for base, node, percent, amount in content["rules"]
    )
    terms = PriceList(
        content["id"],
        content["currency"],
        rules=rules,
        valid_from=None if content["from"] is None else datetime.fromisoformat(content["from"]),
        valid_until=None if content["until"] is None else datetime.fromisoformat(content["until"]),
    )
    return StoredList(content["number"], content["at"], content["rows"], terms)


def promotion_entry_to_json(each: StoredPromotion) -> dict[str, Any]:
    """Return what the directory says of a promotion."""
    return {"id": each.id, "number": each.number, "place": each.ids, "terms": promotion_to_json(each.terms)}


def promotion_entry_from_json(content: Mapping[str, Any]) -> StoredPromotion:
    """Return the promotion of the directory."""
    terms = promotion_from_json(content["id"], content["terms"])
    return StoredPromotion(content["id"], content["number"], tuple(content["place"]), terms)


def assortment_to_json(each: StoredAssortment) -> dict[str, Any]:
    """Return what the directory says of a assortment."""
    include, exclude = each.selected.include, each.selected.exclude
    return {
        "id": each.id,
        "number": each.number,
        "include": each.include,
        "exclude": each.exclude,
        "includes": include is not None,
        "include_filter": include and include.filter and to_json(include.filter),
        "exclude_filter": exclude.filter and to_json(exclude.filter),
    }


def assortment_from_json(content: Mapping[str, Any]) -> StoredAssortment:
    """Return the assortment of the directory."""
    filters = [
        None if content[name] is None else filter_from_json(content[name])
        for name in ("include_filter", "exclude_filter")
    ]
    # The ids themselves are in the log, as hashes.
    include = Selected(filter=filters[0]) if content["includes"] else None
    return StoredAssortment(
        content["id"],
        content["number"],
        tuple(content["include"]),
        tuple(content["exclude"]),
        Assortment(content["id"], include, Selected(filter=filters[1])),
    )
