"""What a merchandiser may change of the order of hits: how much each field and each part of the score counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from language.errors import VitrineError

FIELDS: Mapping[str, float] = {
    "title": 2.0,
    "type": 1.0,
    "brand": 1.0,
    "attributes": 0.7,
    "description": 1.0,
    "measures": 1.0,
}
MOST = 10.0
"""No weight is larger: beyond it one part alone decides."""


class InvalidRelevance(VitrineError):
    """Settings of relevance that mean nothing; the message says which."""

    code = "invalid_request"


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of the order counts: words and meaning, both in standard deviations over the candidates, the
    kind of thing that the query asks for, and what was learned from judgments.

    The last counts half as much: judgments are few, and what they teach of some words misleads for others.
    """

    words: float = 1.0
    meaning: float = 1.0
    kind: float = 1.0
    learned: float = 0.5


@dataclass(frozen=True, slots=True)
class Strengths:
    """``phrase`` is what words that stand together in the title add, as a share of their own score. ``on_offer`` is the
    share by which products on offer score more, among those that match as many words."""

    phrase: float = 0.5
    on_offer: float = 0.05


@dataclass(frozen=True, slots=True)
class Relevance:
    """One configuration. ``fields`` weigh the searched texts of a product; 0 leaves one out.

    Raises InvalidRelevance for a field that is not searched, for a number below 0 or above 10, and where no field is
    left.
    """

    fields: Mapping[str, float] = field(default_factory=lambda: FIELDS)
    weights: Weights = Weights()
    strengths: Strengths = Strengths()

    def __post_init__(self) -> None:
        if unknown := next((name for name in self.fields if name not in FIELDS), None):
            known = ", ".join(FIELDS)
            raise InvalidRelevance(f"there is no searched field {unknown[:100]!r}: name some of {known}")
        for name, value in self.numbers().items():
            if not 0.0 <= value <= MOST:
                raise InvalidRelevance(f"{name} is {value}: give a number from 0 to {MOST:.0f}")
        if not any(self.fields.values()):
            raise InvalidRelevance("no field is searched: give one of them a weight above 0")

    @property
    def searched(self) -> Mapping[str, float]:
        """The fields with a weight, those that are not named with the usual one."""
        whole = {**FIELDS, **self.fields}
        return {name: weight for name, weight in whole.items() if weight > 0}

    def numbers(self) -> dict[str, float]:
        """Return every number by its name, such as ``weights.kind``."""
        weights, strengths = self.weights, self.strengths
        return {
            **{f"fields.{name}": weight for name, weight in self.fields.items()},
            "weights.words": weights.words,
            "weights.meaning": weights.meaning,
            "weights.kind": weights.kind,
            "weights.learned": weights.learned,
            "strengths.phrase": strengths.phrase,
            "strengths.on_offer": strengths.on_offer,
        }


USUAL = Relevance()
