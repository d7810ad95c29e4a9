"""Answers to conditions on products: exact values, ranges, and words that have to be understood."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engines.plan import FacetRequest, Interval, SearchPlan
from engines.port import FieldInfo, SearchIndex
from language.analysis import Analyzer
from language.errors import InvalidFilter
from language.filters.tree import And, Compare, Filter, In
from language.measures import quantities
from language.numbers import NUMBER, read_number
from language.units import convert
from ranking.facets import label, unit
from ranking.fields import literal, resolve_filter
from ranking.guide.book import Script, Written, in_language
from ranking.guide.conversation import NO_MATTER, Answer, AnswerValue, AnyOf, InvalidAnswer, NoneOf
from ranking.guide.options import filter_of, range_label
from ranking.guide.wording import words_of
from ranking.measures import MeasureReader
from ranking.understanding import clean

_NEAR = 0.05
"""A number said in words means about this number: nobody asks for 15.6 inches."""
_MOST_VALUES = 1_000
_YES = frozenset({"yes", "y", "true", "ja", "j"})
_NO = frozenset({"no", "n", "false", "nein"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an answer means: its condition, None where it has none, and how it is said; ``lost`` that its words were not
    understood, ``is_about_field`` that the question's name is that of a field."""

    condition: Filter | None
    text: str
    lost: bool = False
    is_about_field: bool = True


@dataclass(frozen=True, slots=True)
class AnswerReader:
    """Reads answers about one catalogue's fields in one language; ``plan`` is the scope that they are given in."""

    index: SearchIndex
    plan: SearchPlan
    fields: Mapping[str, FieldInfo]
    words: Analyzer
    locale: str
    script: Script

    def read(self, answer: Answer, pointer: str) -> Meaning:
        """Read an answer to the question about the field of its name.

        Raises InvalidAnswer, at ``pointer``, for a field that is not there and a value that it cannot have.
        """
        field = answer.question
        written = self.script.questions.get(field)
        if written is not None and written.options:
            return self._written(written, answer, pointer)
        info = self.fields.get(field)
        if info is None:
            raise InvalidAnswer(f"there is no question {field[:200]!r}", pointer=f"{pointer}/question_id")
        name = label(field, self.locale, self.index.dictionary())
        said = words_of(self.locale)
        if answer.value is None:
            return Meaning(None, f"{name}: {said.unknown}")
        if answer.value == NO_MATTER:
            return Meaning(None, f"{name}: {said.no_matter}")
        if isinstance(answer.value, str) and (understood := self._in_words(field, answer.value, info)) is not None:
            return Meaning(understood.condition, f"{name}: {understood.text}", understood.lost)
        value = self._checked(answer.value, info, f"{pointer}/value")
        return Meaning(filter_of(field, value), f"{name}: {self._said(field, value)}")

    def _written(self, written: Written, answer: Answer, pointer: str) -> Meaning:
        """Read an answer to a question whose options a person wrote."""
        name = in_language(written.texts, self.locale) or written.id
        said = words_of(self.locale)
        if answer.value is None or answer.value == NO_MATTER:
            said_so = f"{name} {said.unknown if answer.value is None else said.no_matter}"
            return Meaning(None, said_so, is_about_field=False)
        chosen = next((each for each in written.options if each.value == answer.value), None)
        if chosen is None:
            raise InvalidAnswer(f"{written.id!r} has no such option", pointer=f"{pointer}/value")
        condition = resolve_filter(chosen.filter, self.fields)
        return Meaning(condition, f"{name} {in_language(chosen.labels, self.locale) or chosen.value}")

    def _checked(self, value: AnswerValue, info: FieldInfo, pointer: str) -> AnswerValue:
        """Return a value in the kind of its field."""
        match value:
            case AnyOf(values=values):
                return AnyOf(tuple(self._single(each, info, pointer) for each in values))
            case NoneOf():
                if info.kind not in {"text", "hierarchy"}:
                    raise InvalidAnswer(f"{info.name!r} has no names to leave out", pointer=pointer)
                return value
            case Interval() | str() | bool() | float() | int():
                return self._single(value, info, pointer)
            case _:
                return None

    def _single(
        self, value: str | float | bool | Interval, info: FieldInfo, pointer: str
    ) -> str | float | bool | Interval:
        if isinstance(value, Interval):
            if info.kind != "number":
                raise InvalidAnswer(f"{info.name!r} has no numbers: send one of its values", pointer=pointer)
            return value
        try:
            return literal(value, info, pointer)
        except InvalidFilter as error:
            raise InvalidAnswer(error.message, pointer=pointer) from error

    def _in_words(self, field: str, text: str, info: FieldInfo) -> Meaning | None:
        """Understand words; None where they are the very value."""
        if info.kind == "boolean":
            lowered = text.strip().lower()
            if lowered in _YES | _NO:
                return Meaning(Compare(field, "=", lowered in _YES), self._said(field, lowered in _YES))
            return Meaning(None, text, lost=True)
        return self._number(field, text) if info.kind == "number" else self._names(field, text)

    def _number(self, field: str, text: str) -> Meaning:
        reader = MeasureReader(self.index.dictionary(), self.words, self.locale)
        name = label(field, self.locale, self.index.dictionary())
        told = [each for each in reader.read(clean(f"{name} {text}")).constraints if each.field == field]
        if told:
            parts = tuple(
                _about(field, each.value) if each.op == "=" else Compare(field, each.op, each.value) for each in told
            )
            return Meaning(And(parts), text)
        own = unit(field, self.index.dictionary())
        for measure in quantities(text, self.locale):
            if own and (value := convert(measure.values[0], measure.unit, own)) is not None:
                return Meaning(_about(field, value), text)
        if (found := re.search(NUMBER, text)) and (value := read_number(found[0], self.locale)) is not None:
            return Meaning(_about(field, value), text)
        return Meaning(None, text, lost=True)

    def _names(self, field: str, text: str) -> Meaning | None:
        """Find the values that words mean: the value itself, else all that have every word, else those whose words
        all stand in the answer."""
        request = FacetRequest(field, _MOST_VALUES)
        [facet] = self.index.search(
            SearchPlan(
                buyer=self.plan.buyer,
                filter=self.plan.filter,
                text=self.plan.text,
                at=self.plan.at,
                facets=(request,),
                limit=0,
            )
        ).facets
        values = [str(each.value) for each in facet.values]
        if text in values:
            return None
        terms = set(self.words.terms(clean(text)))
        by_value = {value: set(self.words.terms(value)) for value in values}
        found = [value for value, own in by_value.items() if terms and terms == own]
        found = found or [value for value, own in by_value.items() if terms and terms <= own]
        found = found or [value for value, own in by_value.items() if own and own <= terms]
        return Meaning(In(field, tuple(found)), text) if found else Meaning(None, text, lost=True)

    def _said(self, field: str, value: AnswerValue) -> str:
        said = words_of(self.locale)
        match value:
            case bool():
                return said.yes if value else said.no
            case Interval():
                return range_label(value, None, self.locale, unit(field, self.index.dictionary()))
            case NoneOf():
                return said.other
            case AnyOf(values=values):
                return said.or_.join(self._said(field, each) for each in values)
            case float() | int():
                shown = unit(field, self.index.dictionary())
                return f"{value:g} {shown}" if shown else f"{value:g}"
            case _:
                return str(value)


def _about(field: str, value: float) -> Filter:
    spread = abs(value) * _NEAR
    return And((Compare(field, ">=", value - spread), Compare(field, "<=", value + spread)))
