"""The erasure of a person from a catalogue's records, and the proof of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

PersonKind = Literal["user", "account", "client"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by one name: a user, an account that is a person's own, or a client that nobody signed on in."""

    kind: PersonKind
    name: str

    @property
    def digest(self) -> str:
        """Return what the person is known by after an erasure: it tells nobody who that was."""
        return sha256(f"{self.kind}\0{self.name}".encode(errors="replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure removed, and what a search for the person found in the records afterwards.

    ``events`` and ``searches`` were deleted, of ``searches_unnamed`` and ``orders_unnamed`` only who it was.
    """

    id: int
    catalog: str
    subject: str
    at: datetime
    events: int
    searches: int
    searches_unnamed: int
    orders_unnamed: int
    remaining: Mapping[str, int]

    @property
    def is_complete(self) -> bool:
        """Say whether nothing of the person was found afterwards."""
        return not any(self.remaining.values())
