"""The shape of a price explanation, for the OpenAPI document only."""

from typing import Literal

from pydantic import BaseModel, Field

from commerce.price_resolution import PromotionVerdict, Verdict


class ExplainedRow(BaseModel):
    """The row of a list that says the price; null is on request."""

    product_id: str
    min_quantity: int
    net: str | None


class ExplainedRule(BaseModel):
    """The rule of a list that makes the price, counted from 1, with its sum written out."""

    number: int
    base: str
    base_net: str
    filter: str | None
    percent: str
    amount: str
    arithmetic: str | None = Field(examples=["499.00 - 499.00 x 5.0 / 100 = 474.05 EUR"])


class ConsideredList(BaseModel):
    """One list in order of precedence and what became of it; of an unknown one all else is null.

    ``net`` is what it says of the article, also where it is ``outranked``.
    """

    id: str
    precedence: int
    verdict: Verdict
    currency: str | None
    valid_from: str | None
    valid_until: str | None
    version: int | None
    net: str | None
    row: ExplainedRow | None
    rule: ExplainedRule | None


class ConsideredOffer(BaseModel):
    """One promotion on the article, in the order in which they are applied, and what became of it.

    ``net`` is what it alone would make of the price.
    """

    id: str = Field(examples=["spring"])
    verdict: PromotionVerdict
    net: str | None
    valid_from: str | None
    valid_until: str | None
    priority: int
    stackable: bool
    version: int


class OwnPrice(BaseModel):
    """The catalogue's own price at the quantity, and whether it is the buyer's."""

    net: str | None
    min_quantity: int
    applies: bool


class ExplainedPrice(BaseModel):
    """The price that the buyer has."""

    net: str
    list_: str | None = Field(alias="list")
    currency: str
    price_list: str | None


class ExplainedAssortment(BaseModel):
    """Whether one assortment of the buyer shows the product."""

    id: str
    verdict: Literal["shows", "hides", "unknown"]


class Sentences(BaseModel):
    """The explanation in one sentence, by locale."""

    en: str = Field(examples=["474.05 EUR by list contract-4711, rule 1 on the catalogue's price."])
    de: str


class PriceExplanation(BaseModel):
    """Why a buyer sees a price."""

    product_id: str
    article_id: str
    quantity: int
    at: str
    fallback: bool
    price: ExplainedPrice | None
    own: OwnPrice
    cost: str | None = Field(description="What the article costs the shop")
    lists: list[ConsideredList]
    before_promotions: str | None
    promotions: list[ConsideredOffer]
    sentence: Sentences
    visible: bool
    assortments: list[ExplainedAssortment] | None
