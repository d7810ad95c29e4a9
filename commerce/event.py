"""What buyers do: events of a storefront, and the searches that they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

Deed = Literal["seen", "viewed", "added", "removed", "bought", "answered", "other"]
"""What an action means to a shop, whatever a storefront calls it."""

GUIDE_ANSWER = "guide_answer"
"""The action of telling the guide what one would like."""
_DEEDS: Mapping[str, Deed] = {
    GUIDE_ANSWER: "answered",
    **dict.fromkeys(("impression", "item_impression", "product_impression", "shown"), "seen"),
    **dict.fromkeys(
        ("click", "item_click", "product_click", "view", "view_item", "item_view", "product_view", "product_hover"),
        "viewed",
    ),
    **dict.fromkeys(("add_to_cart", "cart_add", "add_item_to_cart", "add_to_basket", "wishlist_add"), "added"),
    **dict.fromkeys(("remove_from_cart", "cart_remove", "remove_from_basket"), "removed"),
    **dict.fromkeys(("purchase", "buy", "order", "item_purchase", "checkout_complete"), "bought"),
}
CLICKS = frozenset({"click", "item_click", "product_click"})
"""Actions on a list that was shown; views may come from anywhere."""


@dataclass(frozen=True, slots=True)
class Event:
    """One User Behavior Insights event.

    ``id`` tells it apart within its catalogue. ``at`` has an offset. ``user`` and ``account`` are those of the token
    that brought it. ``object_id`` is the product that it is about, ``position`` its place in the list shown, from 1.
    ``personal`` says that the buyer agreed to being shown the shop by it. ``attributes`` is what else was said.
    """

    id: str
    action: str
    at: datetime
    client: str | None = None
    session: str | None = None
    user: str | None = None
    account: str | None = None
    query_id: str | None = None
    recommendation_id: str | None = None
    object_id: str | None = None
    position: int | None = None
    quantity: Decimal | None = None
    net: Decimal | None = None
    message: str | None = None
    personal: bool = False
    attributes: Mapping[str, object] = field(default_factory=dict)

    @property
    def deed(self) -> Deed:
        """Return what the action means."""
        return deed_of(self.action)


@dataclass(frozen=True, slots=True)
class SearchRecord:
    """One search as it was answered: a User Behavior Insights query.

    ``hits`` are the ids shown, in order; ``filters`` and ``facets`` name the fields that the buyer narrowed by. Who
    asked is None without consent to analytics. ``experiment`` is the one that the answer was part of; in an
    interleaving ``teams`` has the arm that each hit comes from, None for one that both left to others.
    """

    query_id: str
    at: datetime
    text: str
    total: int
    hits: tuple[str, ...] = ()
    page: int = 1
    locale: str = ""
    sort: str = "relevance"
    filters: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    corrected: str | None = None
    personalized: bool = False
    client: str | None = None
    session: str | None = None
    user: str | None = None
    account: str | None = None
    experiment: str | None = None
    teams: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its number in the order of arrival, which is that of all catalogues together."""

    seq: int
    event: Event


def deed_of(action: str) -> Deed:
    """Return what an action means, ``other`` for one that is not known."""
    return _DEEDS.get(action.lower(), "other")
