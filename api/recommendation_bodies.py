"""Bodies of requests for recommendations."""

from typing import Annotated

from pydantic import ConfigDict, Field, StrictBool
from pydantic.config import JsonDict

from api.bodies import FilterBody, StrictBody, filter_of
from commerce.merchandising import Device
from language.filters import Filter
from recommender.serving import Strategy

_Id = Annotated[str, Field(max_length=512)]
_Ids = Annotated[list[_Id], Field(max_length=200, fail_fast=True)]
_EXAMPLE: JsonDict = {
    "placement": "product_page",
    "strategy": "bought_together",
    "context": {"product_ids": ["85123A"], "cart": [], "viewed": [], "query": None},
    "count": 10,
}


class ContextBody(StrictBody):
    """Where the buyer is: the products of the page, those in the cart, those viewed (the oldest first)."""

    product_ids: _Ids = Field(default_factory=list)
    cart: _Ids = Field(default_factory=list)
    viewed: _Ids = Field(default_factory=list)
    query: str | None = Field(default=None, max_length=1_000)


_Weight = Annotated[float, Field(ge=0, le=1)]
_Cap = Annotated[int | None, Field(ge=1, le=100, strict=True)]


class WeightsBody(StrictBody):
    """What counts in a unit: what fits best, what brings most money, what differs from the rest, what few have, what
    earns most over its cost, as that was when the model was trained."""

    relevance: _Weight = 1.0
    revenue: _Weight = 0.0
    diversity: _Weight = 0.0
    novelty: _Weight = 0.0
    margin: _Weight = 0.0


class CapsBody(StrictBody):
    """The most products of one brand and of one category; null is any number."""

    brand: _Cap = None
    category: _Cap = None


class RecommendationBody(StrictBody):
    """One unit; all but ``strategy`` is optional."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, json_schema_extra={"examples": [_EXAMPLE]})

    placement: str | None = Field(default=None, max_length=200)
    strategy: Strategy
    context: ContextBody = Field(default_factory=ContextBody)
    count: int = Field(default=10, ge=1, le=100, strict=True)
    filter: FilterBody = None
    exclude: Annotated[list[_Id], Field(max_length=2_000, fail_fast=True)] = Field(default_factory=list)
    weights: WeightsBody = Field(default_factory=WeightsBody)
    caps: CapsBody = Field(default_factory=CapsBody)
    locale: str | None = Field(default=None, max_length=35)
    client_id: str | None = Field(
        default=None, max_length=200, description="As in events: whose visit and whose experiment this is"
    )
    personalize: StrictBool = Field(default=True, description="Whether the buyer's profile has a say")
    device: Device | None = Field(default=None, description="For rules that ask for one")

    def condition(self) -> Filter | None:
        """Return the filter. Raises InvalidFilter."""
        return filter_of(self.filter)


class RecommendationBatchBody(StrictBody):
    """Up to twenty units of one page; no product stands in two of them."""

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, json_schema_extra={"examples": [{"requests": [_EXAMPLE]}]}
    )

    requests: Annotated[list[RecommendationBody], Field(min_length=1, max_length=20, fail_fast=True)]
