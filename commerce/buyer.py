"""Who asks: the buyer that every answer is made for."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Buyer:
    """The asking buyer, known from the verified token alone.

    ``price_lists`` come highest precedence first. ``assortments`` None means the whole catalogue, an empty
    tuple means nothing. ``catalogs`` None means every catalogue. ``consent`` holds what was agreed to; absent is no.
    ``groups`` are what merchandising rules know the buyer by.
    """

    user: str | None = None
    account: str | None = None
    price_lists: tuple[str, ...] = ()
    assortments: tuple[str, ...] | None = None
    location: str | None = None
    locale: str | None = None
    consent: Mapping[str, bool] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()
    catalogs: frozenset[str] | None = None
    fallback: bool = True
    groups: tuple[str, ...] = ()

    def may_see(self, catalog: str) -> bool:
        """Say whether this buyer's token covers the catalogue."""
        return self.catalogs is None or catalog in self.catalogs


ANONYMOUS = Buyer(scopes=frozenset({"search", "events"}))
