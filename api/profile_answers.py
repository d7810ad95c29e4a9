"""The shapes of profiles and of their erasure, for the OpenAPI document only."""

from pydantic import BaseModel, Field


class Affinity(BaseModel):
    """A taste: -1 to 1, the share of what the buyer dealt with, shrunk while that is little."""

    field: str = Field(examples=["brand", "attributes.colour"])
    value: str = Field(examples=["HP"])
    affinity: float


class PriceLevel(BaseModel):
    """What the buyer usually looks at in a category, net."""

    category: str
    price: str = Field(examples=["412.00"])
    currency: str


class ProfileResponse(BaseModel):
    """What is known of the buyer; empty without consent to personalization."""

    user: str | None
    account: str | None
    consent: dict[str, bool]
    interactions: int
    affinities: list[Affinity]
    price_levels: list[PriceLevel]
    recent: list[str] = Field(description="Ids of products dealt with, the latest first, as far as the buyer sees them")


class ErasureResponse(BaseModel):
    """The proof of an erasure: what was removed, and what a search for the person found afterwards."""

    id: int
    subject: str = Field(description="SHA-256 of who it was")
    erased_at: str
    complete: bool
    removed: dict[str, int]
    remaining: dict[str, int]
    models: list[str] = Field(description="Trained before, on records that held the person; the next training does not")
