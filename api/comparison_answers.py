"""The shapes of comparisons, for the OpenAPI document."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.answers import ProductLine


class OfferAnswer(BaseModel):
    """What the buyer's quantity costs: for one unit and for all. Null is on request."""

    quantity: int
    unit_price: str | None = Field(examples=["399.00"])
    total: str | None = Field(examples=["1995.00"])
    currency: str


class ComparedProduct(ProductLine):
    """One of the products, with the offer for the buyer's quantity."""

    offer: OfferAnswer


class CellAnswer(BaseModel):
    """What one product says: as given, with its unit, and how it is known."""

    value: Any
    unit: str | None
    source: Literal["given", "extracted"]
    confidence: float
    evidence: str | None


class ComparisonRow(BaseModel):
    """One field. ``values`` are in ``unit``, ``normalised`` in ``normalised_unit`` as filters compare them; null is
    missing. ``differs`` says that two values which are known differ. ``better`` is the direction that buyers want,
    where one is known from the dictionary or learned from purchases (``better_source``), ``best`` the products that
    have the best value, by index. ``importance`` is 0 to 1."""

    field: str = Field(examples=["attributes.internal_memory"])
    label: str
    group: str | None
    unit: str | None
    values: list[Any]
    normalised: list[Any]
    normalised_unit: str | None
    differs: bool
    better: Literal["higher", "lower"] | None
    better_source: Literal["known", "purchases"] | None
    best: list[int]
    importance: float
    cells: list[CellAnswer | None]


class ProductSentence(BaseModel):
    """What one product is best for among these."""

    id: str
    sentence: str = Field(examples=["Best of these for Price (412.00 EUR, the lowest)."])


class AlternativeAnswer(ProductLine):
    """A product that is at least as good as all of them in what matters; ``beats`` are the fields in which it is
    better than each."""

    id: str
    beats: list[str]
    sentence: str


class ComparisonResponse(BaseModel):
    """Products side by side; the rows that differ come first, and of these what matters most."""

    locale: str
    products: list[ComparedProduct]
    rows: list[ComparisonRow]
    summary: list[ProductSentence]
    alternatives: list[AlternativeAnswer]
