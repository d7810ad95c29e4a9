"""A conversation with the guide: what was asked for, what was answered, and what an answer gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engines.plan import Interval
from language.errors import VitrineError
from language.filters.tree import Filter, Scalar
from ranking.measures import Constraint
from ranking.request import RankedHit

QuestionKind = Literal["choice", "range", "yes_no"]
Strength = Literal["must", "prefer"]
NO_MATTER = "any"


class InvalidAnswer(VitrineError):
    """An answer to a question that is not one, or with a value that the question cannot have."""

    code = "invalid_request"


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Any value but these: the option beside those that are named."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Any of these."""

    values: tuple[Scalar | Interval, ...]


AnswerValue = Scalar | Interval | NoneOf | AnyOf | None
"""None is "I do not know", ``NO_MATTER`` that it does not matter."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a buyer answered. ``must`` filters, ``prefer`` ranks."""

    question: str
    value: AnswerValue
    strength: Strength = "must"


@dataclass(frozen=True, slots=True)
class GuideRequest:
    """One turn: the query and the filter that it began with, and all answers so far, the newest last.

    ``hidden`` is a condition that leaves out what rules hide; its names are the catalogue's own.
    """

    query: str = ""
    filter: Filter | None = None
    answers: tuple[Answer, ...] = ()
    locale: str | None = None
    at: datetime | None = None
    hidden: Filter | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One way to answer: its value as an answer sends it, how it is called, and how many products then are left."""

    value: Scalar | Interval | NoneOf | AnyOf
    label: str
    count: int
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The next question. ``expected_remaining`` is how many products are left after it, on average over what is left
    and over whether the buyer can answer."""

    id: str
    field: str
    text: str
    kind: QuestionKind
    options: tuple[Option, ...]
    expected_remaining: float
    help: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer as it was understood: the field it is about, in words, whether it had to be given up, and the condition
    that it sets, None for none."""

    answer: Answer
    field: str
    text: str
    given_up: bool = False
    condition: Filter | None = None


@dataclass(frozen=True, slots=True)
class GuideAnswer:
    """One turn's answer. ``category`` is the one that the query names, ``relaxed`` says in words what was given up."""

    remaining: int
    question: Question | None
    candidates: tuple[RankedHit, ...]
    answers: tuple[Understood, ...]
    relaxed: tuple[str, ...]
    category: str | None
    constraints: tuple[Constraint, ...]
    locale: str
