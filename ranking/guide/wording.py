"""How the guide speaks: questions, options and reasons in English and German."""

from collections.abc import Mapping
from typing import NamedTuple

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
    prefers: str
    cheaper: str
    above: str
    below: str
    given_up: str
    unknown: str
    no_matter: str


_ENGLISH = Words(
    choice="Which {}?",
    range_="{}: which range?",
    yes_no="{}: yes or no?",
    yes="Yes",
    no="No",
    other="Another one",
    under="under {}",
    between="{} – under {}",
    at_least="{} or more",
    any_number="any",
    or_=" or ",
    and_=" and ",
    fits="fits {}",
    prefers="has what you would rather have: {}",
    cheaper="cheaper than at least {} % of those left",
    above="more {} than at least {} % of those left",
    below="less {} than at least {} % of those left",
    given_up="Nothing fits all of it, so this was given up: {}.",
    unknown="not known",
    no_matter="does not matter",
)
_GERMAN = Words(
    choice="{}: welche Angabe passt?",
    range_="{}: welcher Bereich?",
    yes_no="{}: ja oder nein?",
    yes="Ja",
    no="Nein",
    other="Etwas anderes",
    under="unter {}",
    between="{} bis unter {}",
    at_least="ab {}",
    any_number="beliebig",
    or_=" oder ",
    and_=" und ",
    fits="passt zu {}",
    prefers="hat, was Sie lieber hätten: {}",
    cheaper="günstiger als mindestens {} % der übrigen",
    above="{} höher als bei mindestens {} % der übrigen",
    below="{} niedriger als bei mindestens {} % der übrigen",
    given_up="Nichts erfüllt alles zugleich, darum gilt dies nicht mehr: {}.",
    unknown="nicht bekannt",
    no_matter="egal",
)
_QUESTIONS = {
    "en": {
        "category": "What are you looking for?",
        "brand": "Which brand would you like?",
        "price": "How much would you like to spend?",
    },
    "de": {
        "category": "Wonach suchen Sie?",
        "brand": "Welche Marke soll es sein?",
        "price": "Wie viel möchten Sie ausgeben?",
    },
}


def words_of(locale: str) -> Words:
    """Return the phrases of a locale's language, English where it is another one."""
    return _GERMAN if _language(locale) == "de" else _ENGLISH


def no_other(locale: str) -> str:
    """Return how the option beside all that are named is called."""
    return words_of(locale).other


def question_text(field: str, kind: str, locale: str, dictionary: Mapping[str, AttributeEntry]) -> str:
    """Return a question about a field in words, from its name in the attribute dictionary."""
    known = _QUESTIONS["de" if _language(locale) == "de" else "en"].get(field)
    if known:
        return known
    said = words_of(locale)
    name = label(field, locale, dictionary)
    if kind == "choice":
        return said.choice.format(name if _language(locale) == "de" else _inside(name))
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


def _language(locale: str) -> str:
    return locale.split("-")[0].lower()
