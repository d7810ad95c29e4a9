"""The shapes of answers about price lists and assortments, for the OpenAPI document only, with examples of bodies."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

_PRICES = [
    {"product_id": "2101957", "net": "412.00", "min_quantity": 1},
    {"product_id": "2101957", "net": "399.00", "min_quantity": 10},
    {"product_id": "3920564", "net": None},
]
_RULES = [{"base": "LIST", "filter": 'brand = "HP"', "percent": "-5.0", "amount": "0"}]
EXAMPLE_LIST: dict[str, Any] = {
    "currency": "EUR",
    "valid_from": "2027-01-01T00:00:00+01:00",
    "valid_until": None,
    "prices": _PRICES,
    "rules": _RULES,
}
EXAMPLE_ASSORTMENT: dict[str, Any] = {
    "include": {"ids": ["2101957"], "filter": 'brand IN ("HP", "Lenovo")'},
    "exclude": {"ids": [], "filter": "attributes.refurbished = true"},
}
PRICE_LIST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": EXAMPLE_LIST},
            "text/csv": {
                "schema": {"type": "string"},
                "example": "product_id,net,min_quantity\n2101957,412.00,1\n2101957,399.00,10\n",
            },
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"product_id": "2101957", "net": "412.00"}\n',
            },
        },
    }
}
ASSORTMENT_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}, "example": EXAMPLE_ASSORTMENT}},
    }
}


class ChangedPrice(BaseModel):
    """One price that differs; null is a price on request, or none where the row came or went."""

    change: str = Field(examples=["changed"])
    product_id: str
    min_quantity: int
    before: str | None
    net: str | None


class PriceListDiff(BaseModel):
    """How a list differs from the one before, in prices; ``terms`` are currency, validity and rules.

    ``rows`` are the first thousand, of a dry run only.
    """

    added: int
    changed: int
    removed: int
    terms: bool
    rows: list[ChangedPrice] | None = None


class PriceListWrite(BaseModel):
    """What a write of a list did: ``changed`` prices of ``prices`` that it has now, ``unknown`` articles among them."""

    id: str = Field(examples=["contract-4711"])
    version: int
    prices: int
    changed: int
    unknown: int
    dry_run: bool
    diff: PriceListDiff


class ListedPrice(BaseModel):
    """One price from a quantity on; null is on request."""

    product_id: str
    net: str | None
    min_quantity: int


class ListedRule(BaseModel):
    """A rule that makes prices of other prices."""

    base: str
    filter: Any
    percent: str
    amount: str


class PriceListTerms(BaseModel):
    """Which list it is, and when and in which currency it holds."""

    id: str
    version: int
    currency: str
    valid_from: str | None
    valid_until: str | None


class PriceListResponse(PriceListTerms):
    """A price list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "contract-4711", "version": 3, **EXAMPLE_LIST}]})

    prices: list[ListedPrice]
    rules: list[ListedRule]


class PriceListSummary(PriceListTerms):
    """A price list with the numbers of its prices and rules."""

    prices: int
    rules: int


class PriceListsResponse(BaseModel):
    """Price lists by id; ``next`` is what to send as ``after`` for those that follow."""

    price_lists: list[PriceListSummary]
    next: str | None


class AssortmentWrite(BaseModel):
    """What a write of an assortment did; ``unknown`` are ids of no product."""

    id: str = Field(examples=["dealers"])
    version: int
    changed: bool
    unknown: int
    dry_run: bool


class SelectedProducts(BaseModel):
    """Products by their ids, and those that meet a filter."""

    ids: list[str]
    filter: Any


class AssortmentResponse(BaseModel):
    """An assortment; ``include`` null is all products."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "dealers", "version": 1, **EXAMPLE_ASSORTMENT}]})

    id: str
    version: int
    include: SelectedProducts | None
    exclude: SelectedProducts


class SelectedCount(BaseModel):
    """The number of products that are named by their ids, and a filter."""

    ids: int
    filter: Any


class AssortmentSummary(BaseModel):
    """An assortment in numbers."""

    id: str
    version: int
    include: SelectedCount | None
    exclude: SelectedCount


class AssortmentsResponse(BaseModel):
    """Assortments by id; ``next`` is what to send as ``after`` for those that follow."""

    assortments: list[AssortmentSummary]
    next: str | None
