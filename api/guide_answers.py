"""The answer to a turn with the guide."""

from typing import Any

from pydantic import BaseModel, Field

from api.answers import QueryConstraint, SearchHit
from api.product_page import Json
from api.rendering import constraint, hit
from api.shop import Shelf
from engines.plan import Interval
from ranking.guide.conversation import AnswerValue, AnyOf, GuideAnswer, NoneOf, Option, Question
from ranking.request import RankedHit


class GuideOption(BaseModel):
    """One way to answer, and how many products it leaves."""

    value: Any = Field(examples=["HP", {"gte": 15.0, "lt": 17.0}, True, {"none_of": ["HP", "Dell"]}])
    label: str = Field(examples=["15 – under 17 in"])
    count: int
    picture: str | None


class GuideQuestion(BaseModel):
    """The next question; `expected_remaining` is how many products are left after it, on average."""

    id: str
    field: str = Field(examples=["attributes.display_diagonal"])
    text: str
    kind: str = Field(examples=["choice", "range", "yes_no"])
    options: list[GuideOption] = Field(max_length=8)
    expected_remaining: float
    help: str | None
    picture: str | None


class UnderstoodAnswer(BaseModel):
    """An answer as it was understood; `given_up` where it no longer holds."""

    question_id: str
    field: str
    value: Any
    strength: str
    text: str = Field(examples=["Brand: HP"])
    given_up: bool


class GuideInterpretation(BaseModel):
    """What the query was understood to say; `category` is the one that it names."""

    category: str | None
    constraints: list[QueryConstraint]


class GuideResponse(BaseModel):
    """What is left, the next question (null where nothing divides it), and the best of it: up to ten products."""

    conversation_id: str
    remaining: int
    question: GuideQuestion | None
    candidates: list[SearchHit]
    answers: list[UnderstoodAnswer]
    relaxed: list[str] = Field(examples=[["Nothing fits all of it, so this was given up: Brand: HP."]])
    interpretation: GuideInterpretation
    locale: str


def guide_answer(answer: GuideAnswer, shelf: Shelf, conversation_id: str) -> Json:
    """Return the answer to one turn."""
    return {
        "conversation_id": conversation_id,
        "remaining": answer.remaining,
        "question": None if answer.question is None else _question(answer.question),
        "candidates": [_candidate(each, shelf, answer.locale) for each in answer.candidates],
        "answers": [
            {
                "question_id": each.answer.question,
                "field": each.field,
                "value": _value(each.answer.value),
                "strength": each.answer.strength,
                "text": each.text,
                "given_up": each.given_up,
            }
            for each in answer.answers
        ],
        "relaxed": answer.relaxed,
        "interpretation": {
            "category": answer.category,
            "constraints": [constraint(each) for each in answer.constraints],
        },
        "locale": answer.locale,
    }


def _candidate(ranked: RankedHit, shelf: Shelf, locale: str) -> Json:
    """Return a hit whose explanation is a sentence for the buyer."""
    stages = ranked.stages or ()
    text = "; ".join(each.detail for each in stages)
    shown = hit(ranked._replace(stages=None), shelf, locale)
    if stages:
        shown["explanation"] = {
            "stages": [{"name": s.name, "contribution": s.contribution, "detail": s.detail} for s in stages],
            "text": text[:1].upper() + text[1:],
        }
    return shown


def _question(question: Question) -> Json:
    return {
        "id": question.id,
        "field": question.field,
        "text": question.text,
        "kind": question.kind,
        "options": [_option(each) for each in question.options],
        "expected_remaining": round(question.expected_remaining, 1),
        "help": question.help,
        "picture": question.picture,
    }


def _option(option: Option) -> Json:
    return {"value": _value(option.value), "label": option.label, "count": option.count, "picture": option.picture}


def _value(value: AnswerValue) -> object:
    match value:
        case Interval(gte=low, lt=high):
            return {"gte": low, "lt": high}
        case NoneOf(values=values):
            return {"none_of": list(values)}
        case AnyOf(values=values):
            return [_value(each) for each in values]
        case _:
            return value
