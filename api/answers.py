"""The shapes of answers, for the OpenAPI document only: answers are written by ``api.rendering``."""

import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

_EXAMPLE_PRODUCT = {
    "id": "2101957",
    "title": 'HP Pavilion dv7-1211ea Notebook Silver 43.2 cm (17")',
    "description": "Intel Core 2 Duo Processor P7450, 4GB DDR2, 250GB SATA HDD",
    "brand": "HP",
    "gtin": ["0884420588030"],
    "mpn": "dv7-1211ea",
    "category": ["Notebook"],
    "image_urls": [],
    "attributes": {"display_diagonal": 17.0, "processor_family": "Intel Core 2 Duo", "bluetooth": True},
    "released": "2008-12-19T00:00:00Z",
    "extracted": {
        "hard_disk_capacity": {
            "value": 250.0,
            "unit": "GB",
            "confidence": 0.98,
            "evidence": "250GB",
            "field": "description",
            "start": 44,
            "end": 49,
        }
    },
}


class ProblemError(BaseModel):
    """One offending field."""

    pointer: str
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(examples=["invalid_filter"])
    errors: list[ProblemError]


class Tier(BaseModel):
    """A price from a quantity on; null is on request."""

    min_quantity: int
    net: str | None


class AppliedPromotion(BaseModel):
    """The promotions that lower a price, ``id`` and ``text`` being those of the first: what it was without them, and
    until when it holds, null for no end."""

    id: str = Field(examples=["spring"])
    text: str = Field(examples=["Spring sale"])
    was: str = Field(examples=["129.90"])
    valid_until: str | None
    ids: list[str]


class Price(BaseModel):
    """The buyer's price; ``list`` is always the catalogue's own."""

    net: str = Field(examples=["109.95"])
    gross: str | None
    tax_rate: str | None
    currency: str = Field(examples=["EUR"])
    list_: str | None = Field(alias="list")
    tiers: list[Tier]
    price_list: str | None
    promotion: AppliedPromotion | None


class Delivery(BaseModel):
    """What comes in on a day; an unknown quantity is null."""

    date: datetime.date = Field(examples=["2026-12-01"])
    quantity: int | None


class Availability(BaseModel):
    """What the buyer can have: of the buyer's location where the shop says something for it, else of all locations
    together. Without stock data ``in_stock`` is true and the rest null. ``available_by`` is the day from which the
    buyer can have it: today, the next delivery's day, or today and the lead time."""

    in_stock: bool
    quantity: int | None
    location: str | None = Field(examples=["Berlin"])
    lead_time_days: int | None
    next_delivery: Delivery | None
    available_by: datetime.date | None = Field(examples=["2026-12-01"])


class Stage(BaseModel):
    """One stage's share in a score."""

    name: str
    contribution: float
    detail: str


class Explanation(BaseModel):
    """Why a hit is there."""

    stages: list[Stage]
    text: str


class SearchHit(BaseModel):
    """One product found."""

    id: str
    position: int
    score: float
    product: dict[str, Any] = Field(examples=[_EXAMPLE_PRODUCT])
    price: Price | None
    availability: Availability
    highlight: dict[str, str]
    matched_by: list[str]
    matched_variants: list[str]
    badges: list[dict[str, str]]
    explanation: Explanation | None


class QueryConstraint(BaseModel):
    """A quantity or limit that the query says; ``text`` is the part of the query that says it."""

    field: str
    op: str
    value: float
    unit: str | None
    text: str


class QueryCompound(BaseModel):
    """A word of the query that is made of others, as the catalogue's words teach or as people decided."""

    text: str
    parts: list[str]
    source: Literal["learned", "dictionary"]


class Interpretation(BaseModel):
    """How the query was understood."""

    language: str
    corrected_query: str | None
    part_number: str | None
    category: str | None
    constraints: list[QueryConstraint]
    relaxed: list[str]
    ignored: list[str] = Field(description="Stop words that the query said")
    compounds: list[QueryCompound] = Field(description="Words of the query that are made of others")
    semantic_hits: int


class Facet(BaseModel):
    """The counts of one field."""

    field: str
    label: str
    type: str
    unit: str | None
    values: list[dict[str, Any]]
    stats: dict[str, float] | None
    from_texts: float | None = Field(
        description="The share of the catalogue's products with this field whose value was read from their texts; null "
        "for buyers who see a part of the catalogue",
        examples=[0.12],
    )


class AppliedRule(BaseModel):
    """A merchandising rule that acted, what it did, and what it asked for."""

    id: str
    effects: list[str] = Field(examples=[["pin", "boost"]])
    because: list[str] = Field(examples=[["query equals laptop"]])


class Banner(BaseModel):
    """Data for the storefront to show, from a rule."""

    rule_id: str
    data: Any


class InExperiment(BaseModel):
    """The experiment that the buyer is in, and the arm that the answer is of; null where it has hits of both."""

    id: str = Field(examples=["search-by-words"])
    arm: str | None = Field(examples=["control"])


class SearchResponse(BaseModel):
    """The answer to a search."""

    query_id: str
    total: int
    total_is_exact: bool
    page: int
    page_size: int
    cursor: str | None
    took_ms: float
    locale: str
    personalized: bool
    interpretation: Interpretation
    hits: list[SearchHit]
    facets: list[Facet]
    rules_applied: list[AppliedRule]
    banners: list[Banner]
    redirect: str | None
    experiment: InExperiment | None


class BatchResponse(BaseModel):
    """The answers to several searches, in their order."""

    responses: list[SearchResponse]


class TextCount(BaseModel):
    """A completion and the number of products that it stands for."""

    text: str
    count: int


class PathCount(BaseModel):
    """A category and its products."""

    path: str
    count: int


class ValueCount(BaseModel):
    """A brand and its products."""

    value: str
    count: int


class SuggestResponse(BaseModel):
    """What fits what was typed."""

    queries: list[TextCount]
    products: list[SearchHit]
    categories: list[PathCount]
    brands: list[ValueCount]


class CatalogInfo(BaseModel):
    """One catalogue that serves."""

    id: str = Field(examples=["icecat"])
    products: int
    currency: str
    locale: str


class CatalogsResponse(BaseModel):
    """The catalogues that the buyer may see."""

    catalogs: list[CatalogInfo]


class CategoryNode(BaseModel):
    """One category with the buyer's count and its children."""

    name: str
    path: str
    level: int
    count: int
    children: list["CategoryNode"]


class CategoriesResponse(BaseModel):
    """The category tree."""

    categories: list[CategoryNode]


class ProductLine(BaseModel):
    """One product with its offer."""

    product: dict[str, Any] = Field(examples=[_EXAMPLE_PRODUCT])
    price: Price | None
    availability: Availability


class ProductsResponse(BaseModel):
    """The products asked for, in that order, and the ids that are unknown."""

    products: list[ProductLine]
    missing: list[str]


class TextSpan(BaseModel):
    """Where an extracted value stands in the title or the description, in characters."""

    field: Literal["title", "description"]
    start: int
    end: int


class SheetRow(BaseModel):
    """One line of the attribute sheet."""

    name: str
    label: str
    group: str | None
    value: Any
    unit: str | None
    normalised: Any
    normalised_unit: str | None
    source: Literal["given", "extracted"]
    confidence: float
    evidence: str | None
    span: TextSpan | None


class ProductResponse(ProductLine):
    """A product page."""

    sheet: list[SheetRow]
    variants: list[dict[str, Any]]
    relations: list[dict[str, str]]


class WriteResponse(BaseModel):
    """What a write did, in products."""

    accepted: int
    changed: int
    unchanged: int


class DeleteResponse(BaseModel):
    """How many products were removed."""

    deleted: int


class RevocationResponse(BaseModel):
    """What is revoked: the token of a ``jti``, or those issued to a ``sub`` before a time."""

    jti: str | None
    sub: str | None
    issued_before: str | None = Field(examples=["2026-11-25T05:00:00+00:00"])


class StatusResponse(BaseModel):
    """The state of one catalogue."""

    catalog: str
    version: int
    products: int
    records: int
    applied: int
    last_change: int
    pending: int
    disk_bytes: int
    memory_bytes: int
