"""Synonyms that a merchandiser keeps: words that mean the same, that also find something else, that mean nothing, or
that are made of others."""

from dataclasses import dataclass
from typing import Literal

SynonymKind = Literal["equivalent", "one_way", "stop", "compound"]


@dataclass(frozen=True, slots=True)
class Synonym:
    """``sources`` also find ``targets``; if ``equivalent``, each of both finds all others. A text may be a phrase.
    ``stop`` words, which have no targets, are left out of queries that say more. A ``compound`` is made of its targets
    in their order; without targets it is never taken apart.

    ``locale`` None holds in every language.
    """

    id: str
    kind: SynonymKind
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    locale: str | None = None
