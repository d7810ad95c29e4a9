"""How the guide speaks: questions, options and reasons in English and German."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import orjson

from language.dictionary import AttributeEntry
from ranking.facets import label, unit


class Words(NamedTuple):
    """The phrases of one language; ``{}`` stands for what is spoken of."""

    choice: str
    range_: str
    yes_no: str
    yes: str
    no: str
    other: str
    under: str
    between: str
    at_least: str
    any_number: str
    or_: str
    and_: str
    fits: str
    cheaper: str
    above: str
    below: str
    given_up: str
    unknown: str
    no_matter: str


_LANGUAGES = ("en", "de")


def words_of(locale: str) -> Words:
    """Return the phrases of a locale's language, English where it is another one."""
    return _texts(_spoken(locale))[0]


def no_other(locale: str) -> str:
    """Return how the option beside all that are named is called."""
    return words_of(locale).other


def question_text(field: str, kind: str, locale: str, dictionary: Mapping[str, AttributeEntry]) -> str:
    """Return a question about a field in words, from its name in the attribute dictionary."""
    said, questions = _texts(_spoken(locale))
    if field in questions:
        return questions[field]
    name = label(field, locale, dictionary)
    if kind == "choice":
        return said.choice.format(name if _spoken(locale) == "de" else _inside(name))
    if kind == "yes_no":
        return said.yes_no.format(name)
    measured = unit(field, dictionary)
    return said.range_.format(f"{name} ({measured})" if measured else name)


def _inside(name: str) -> str:
    """Return a name as it stands within a sentence; abbreviations and names keep their capitals.

    >>> _inside("Cable length"), _inside("HDD capacity"), _inside("Wi-Fi standards")
    ('cable length', 'HDD capacity', 'Wi-Fi standards')
    """
    first = name.split(" ", 1)[0]
    return name[:1].lower() + name[1:] if first[1:].islower() else name


def _spoken(locale: str) -> str:
    language = locale.split("-")[0].lower()
    return language if language in _LANGUAGES else _LANGUAGES[0]


@lru_cache(maxsize=len(_LANGUAGES))
def _texts(language: str) -> tuple[Words, Mapping[str, str]]:
    """Read the phrases and the questions of one language."""
    found = orjson.loads((Path(__file__).parent / "texts" / f"{language}.json").read_bytes())
    return Words(**found["words"]), found["questions"]
