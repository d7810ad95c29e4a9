"""What an account buys by: the lists and assortments that the shop's back end writes into its tokens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a catalogue, as the back office last told it; previews look through its eyes.

    ``price_lists`` come highest precedence first. ``assortments`` None means the whole catalogue, an empty tuple means
    nothing; ``fallback`` says whether the catalogue's own price counts where the lists are silent. Merchandising rules
    know buyers by ``groups``.
    """

    id: str
    price_lists: tuple[str, ...] = ()
    assortments: tuple[str, ...] | None = None
    location: str | None = None
    fallback: bool = True
    groups: tuple[str, ...] = ()
