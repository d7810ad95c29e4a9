"""What can be wrong with a price list, and what it is compared with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from commerce.product import CatalogItem


class FindingKind(StrEnum):
    """Kinds of finding, the gravest first; ``MEANINGS`` says what they are."""

    BELOW_COST = "below_cost"
    ABOVE_OWN = "above_own"
    OUTLIER = "outlier"
    TIER_RISES = "tier_rises"
    TIER_USELESS = "tier_useless"
    NO_SINGLE_PRICE = "no_single_price"
    VARIANT_GAP = "variant_gap"
    COVERAGE_GAP = "coverage_gap"
    SUCCESSOR_GAP = "successor_gap"
    OVERLAP = "overlap"
    UNKNOWN_ARTICLE = "unknown_article"
    UNKNOWN_BASE = "unknown_base"
    EXPIRED = "expired"
    OTHER_CURRENCY = "other_currency"
    EMPTY = "empty"


MEANINGS: Mapping[FindingKind, str] = {
    FindingKind.BELOW_COST: "the article costs the shop more; list LIST is the catalogue's own price",
    FindingKind.ABOVE_OWN: "the buyer pays more than the catalogue's own price",
    FindingKind.OUTLIER: "the price is far from what the list's other prices are of the catalogue's own",
    FindingKind.TIER_RISES: "a greater quantity costs more each",
    FindingKind.TIER_USELESS: "a tier has the price of the quantity before it",
    FindingKind.NO_SINGLE_PRICE: "priced from a greater quantity on only: a single one has another list's price",
    FindingKind.VARIANT_GAP: "other variants of the product are priced, this one is not",
    FindingKind.COVERAGE_GAP: "the list prices nearly the whole catalogue, but not this",
    FindingKind.SUCCESSOR_GAP: "the contract's version before priced this, the next one does not",
    FindingKind.OVERLAP: "two versions of one contract are in force at once",
    FindingKind.UNKNOWN_ARTICLE: "the catalogue has no such product or variant",
    FindingKind.UNKNOWN_BASE: "a rule stands on a list that does not exist or is in another currency",
    FindingKind.EXPIRED: "the list is no longer in force",
    FindingKind.OTHER_CURRENCY: "the list never applies: it is in another currency than the catalogue",
    FindingKind.EMPTY: "the list has neither prices nor rules",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: in a list, with an article where it is one article's.

    ``compared`` is what ``net`` was compared with, ``detail`` says the rest.
    """

    kind: FindingKind
    price_list: str
    article: str | None = None
    min_quantity: int | None = None
    net: Decimal | None = None
    compared: Decimal | None = None
    detail: str = ""


@dataclass(slots=True)
class Articles:
    """What can be bought, with its own price: some 300 bytes an article.

    ``own`` are prices by id, ``costs`` what is known of what articles cost; a product with variants has the highest of
    theirs. ``units`` are the ids that are sold, ``variants`` those of each product that has some.
    """

    own: dict[str, Decimal | None] = field(default_factory=dict)
    costs: dict[str, Decimal] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    variants: dict[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Iterable[CatalogItem]) -> "Articles":
        """Return what some products offer."""
        found = cls()
        for item in items:
            product = item.product.id
            offers = list(item.offers())
            for unit, offer in offers:
                found.units[unit] = product
                found.own[unit] = offer.net
                if offer.cost is not None:
                    found.costs[unit] = offer.cost
                    found.costs[product] = max(offer.cost, found.costs.get(product, offer.cost))
            if item.product.variants:
                found.variants[product] = [unit for unit, _ in offers]
                found.own[product] = max((offer.net for _, offer in offers if offer.net is not None), default=None)
        return found
