"""What a buyer's profile makes of recommendations that are nobody's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engines.results import StoredProduct
from ranking.personal import Personal, fact_reader
from recommender.serving import Candidate, Strategy

_FOR_ALL: frozenset[Strategy] = frozenset({"trending", "most_popular", "new_arrivals"})
_FOR_ONE: frozenset[Strategy] = frozenset({"for_you", "next_basket"})
"""The model knows these buyers by what they bought; a profile orders what fills the unit up."""


@dataclass(frozen=True, slots=True)
class Liking:
    """What is liked of some products: ``factors`` multiply their worth, ``said`` is what speaks for or against them."""

    factors: Mapping[str, float] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)


NO_LIKING = Liking()


def has_a_say(personal: Personal | None, strategy: Strategy) -> bool:
    """Say whether a profile orders units of a strategy: those about a product are about that product."""
    return personal is not None and personal.strength > 0 and strategy in _FOR_ALL | _FOR_ONE


def liking(
    personal: Personal, strategy: Strategy, found: Sequence[tuple[Candidate, StoredProduct]], locale: str
) -> Liking:
    """Return what a profile says of candidates; twice the worth is one standard deviation in a search.

    That somebody dealt with the very product before says nothing here: a unit is for what comes next.
    """
    personal = Personal(replace(personal.profile, products={}), personal.strength)
    meant = [stored for candidate, stored in found if strategy in _FOR_ALL or candidate.source == "fallback"]
    reader = fact_reader(locale)
    scores = personal.scores(meant, reader).tolist()
    factors = {stored.id: 2.0**score for stored, score in zip(meant, scores, strict=True) if score}
    stages = {stored.id: personal.stage(stored, reader) for stored in meant if stored.id in factors}
    return Liking(factors, {identity: stage.detail for identity, stage in stages.items() if stage is not None})
