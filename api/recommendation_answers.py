"""The shapes of recommendations, for the OpenAPI document."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.answers import AppliedRule, Availability, Banner, InExperiment, Price
from recommender.serving import Source, Strategy


class ReasonAnswer(BaseModel):
    """Why an item stands there: in a code, in a sentence, and in numbers."""

    code: Literal[
        "bought_together", "accessory", "fits", "similar", "substitute", "bought_before", "because_bought", "for_you",
        "trending", "popular", "new", "viewed", "session", "viewed_together", "range", "pinned",
    ]  # fmt: skip
    text: str = Field(examples=["Bought with WHITE HANGING HEART T-LIGHT HOLDER in 34 % of 212 orders"])
    evidence: dict[str, Any] = Field(examples=[{"orders_with_both": 72, "orders": 212, "share": 0.34}])


class RecommendedItem(BaseModel):
    """One product recommended."""

    id: str
    position: int
    score: float
    product: dict[str, Any]
    price: Price | None
    availability: Availability
    source: Source
    reason: ReasonAnswer


class RecommendationResponse(BaseModel):
    """One unit. ``model_version`` is null where no model serves; ``unknown`` are ids that the buyer does not see."""

    recommendation_id: str
    strategy: Strategy
    placement: str | None
    model_version: str | None
    locale: str
    items: list[RecommendedItem]
    unknown: list[str]
    personalized: bool = Field(description="Whether a profile had a say in the order; reasons say of what")
    rules_applied: list[AppliedRule]
    banners: list[Banner]
    experiment: InExperiment | None


class RecommendationBatchResponse(BaseModel):
    """The units of one page, in the order asked for."""

    responses: list[RecommendationResponse]


class NeedAnswer(BaseModel):
    """What a strategy needs: below ``least`` its units are a fallback, with ``enough`` it is as good as it gets."""

    what: str = Field(examples=["shared_orders"])
    least: int
    enough: int
    had: int


class StrategyAnswer(BaseModel):
    """How ready a strategy is, from 0 to 1."""

    strategy: Strategy
    readiness: float
    fallback: bool
    needs: list[NeedAnswer]


class StrategiesResponse(BaseModel):
    """All strategies."""

    model_version: str | None
    strategies: list[StrategyAnswer]
