"""The shapes of answers about promotions, for the OpenAPI document only, with an example of a body."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

EXAMPLE_PROMOTION: dict[str, Any] = {
    "enabled": True,
    "text": {"en": "Spring sale", "de": "Frühlingsangebot"},
    "code": "sale",
    "valid_from": "2027-03-01T00:00:00+01:00",
    "valid_until": "2027-04-01T00:00:00+02:00",
    "ids": [],
    "filter": 'brand = "HP"',
    "percent": "-10.0",
    "amount": None,
    "net": None,
    "priority": 10,
    "stackable": False,
    "applies_to_price_lists": False,
    "limits": {"minimum_net": "50.00", "min_quantity": 1},
}
PROMOTION_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}, "example": EXAMPLE_PROMOTION}},
    }
}


class PromotionWrite(BaseModel):
    """What a write of a promotion did; ``unknown`` are ids of no product or variant."""

    id: str = Field(examples=["spring"])
    version: int
    changed: bool
    unknown: int
    dry_run: bool


class PromotionLimits(BaseModel):
    """The price that a promotion never goes below, and the quantity that it holds from."""

    minimum_net: str | None
    min_quantity: int


class PromotionTerms(BaseModel):
    """What a promotion takes off, when, and with what else; one of ``percent``, ``amount`` and ``net`` is given."""

    id: str
    version: int
    enabled: bool
    text: dict[str, str]
    code: str
    valid_from: str | None
    valid_until: str | None
    filter: Any
    percent: str | None
    amount: str | None
    net: str | None
    priority: int
    stackable: bool
    applies_to_price_lists: bool
    limits: PromotionLimits


class PromotionResponse(PromotionTerms):
    """A promotion."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "spring", "version": 1, **EXAMPLE_PROMOTION}]})

    ids: list[str]


class PromotionSummary(PromotionTerms):
    """A promotion with the number of its ids."""

    ids: int


class PromotionsResponse(BaseModel):
    """Promotions by id; ``next`` is what to send as ``after`` for those that follow."""

    promotions: list[PromotionSummary]
    next: str | None
