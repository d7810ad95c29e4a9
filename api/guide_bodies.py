"""The body of a turn with the guide."""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr
from pydantic.config import JsonDict

from api.bodies import FilterBody, RangeBody, StrictBody
from api.conversations import LONGEST, State, StoredAnswer
from engines.plan import Interval
from language.filters.tree import Scalar
from ranking.guide.conversation import Answer, AnswerValue, AnyOf, NoneOf

_MOST_ANSWERS = 100
_MOST_VALUES = 100
_EXAMPLE: JsonDict = {
    "query": "notebook",
    "filter": "price < 800",
    "answers": [
        {"question_id": "attributes.display_diagonal", "value": {"gte": 15, "lt": 17}},
        {"question_id": "attributes.touchscreen", "value": None},
    ],
}


def _finite(value: int) -> int:
    float(value)  # of an integer that no float reaches this is an OverflowError, and an answer that is none
    return value


_Text = Annotated[StrictStr, Field(max_length=1_000)]
_Integer = Annotated[StrictInt, Field(ge=-(2**63), lt=2**63), AfterValidator(_finite)]
_Single = StrictBool | _Integer | StrictFloat | _Text


class NoneOfBody(StrictBody):
    """Any value but these."""

    none_of: Annotated[list[_Text], Field(min_length=1, max_length=_MOST_VALUES, fail_fast=True)]


class AnswerBody(StrictBody):
    """An answer to a question: one of its options' values, several of them, words, `"any"` (it does not matter), or
    null (not known). What `must` be so filters, what the buyer would `prefer` ranks."""

    question_id: str = Field(min_length=1, max_length=600)
    value: (
        _Single
        | RangeBody
        | NoneOfBody
        | Annotated[list[_Single | RangeBody], Field(min_length=1, max_length=_MOST_VALUES, fail_fast=True)]
        | None
    )
    strength: Literal["must", "prefer"] = "must"

    def answer(self) -> Answer:
        """Return the typed answer."""
        return Answer(self.question_id, _value(self.value), self.strength)


class GuideBody(StrictBody):
    """One turn. A conversation goes on with the `conversation_id` of any earlier answer: what is left out then stays as
    it was, new answers come to those before, and an earlier id takes back what was answered since."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, json_schema_extra={"examples": [_EXAMPLE]})

    query: str | None = Field(default=None, max_length=1_000)
    filter: FilterBody = None
    answers: Annotated[list[AnswerBody], Field(max_length=_MOST_ANSWERS, fail_fast=True)] = Field(default=[])
    conversation_id: str | None = Field(default=None, max_length=LONGEST)
    locale: str | None = Field(default=None, max_length=35)
    client_id: str | None = Field(default=None, max_length=200)
    session_id: str | None = Field(default=None, max_length=200)

    def after(self, state: State) -> State:
        """Return the state of the conversation after this turn. The newest answer to a question is the one kept."""
        added = [StoredAnswer(**each.model_dump(exclude_none=False)) for each in self.answers]
        answers = {each.question_id: each for each in state.answers}
        for each in added:
            answers.pop(each.question_id, None)
            answers[each.question_id] = each
        return State(
            thread=state.thread,
            catalog=state.catalog,
            query=state.query if self.query is None else self.query,
            filter=state.filter if self.filter is None else self.filter,
            answers=list(answers.values())[-_MOST_ANSWERS:],
        )


def answers_of(state: State) -> tuple[Answer, ...]:
    """Return the typed answers of a state."""
    return tuple(AnswerBody.model_validate(each.model_dump()).answer() for each in state.answers)


def _value(given: object) -> AnswerValue:
    match given:
        case NoneOfBody(none_of=values):
            return NoneOf(tuple(values))
        case list():
            return AnyOf(tuple(_single(each) for each in given))
        case None:
            return None
        case _:
            return _single(given)


def _single(given: object) -> Scalar | Interval:
    match given:
        case RangeBody():
            return given.interval()
        case bool() | str() | float():
            return given
        case int():
            return float(given)
        case _:
            raise TypeError(f"{type(given)} is no value of an answer")
