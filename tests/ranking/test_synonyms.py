"""Synonyms on the words of a query."""

import pytest

from commerce.synonyms import Synonym
from engines.plan import Word
from language.analysis import analyzer
from ranking.synonyms import Synonyms, SynonymTable

EN = analyzer("en")
ALL = (
    Synonym("a", "equivalent", ("beamer",), ("projector", "video projector"), "en"),
    Synonym("b", "one_way", ("laptop",), ("notebooks",)),
    Synonym("c", "one_way", ("mobile phone",), ("smartphone",), "en-GB"),
    Synonym("d", "equivalent", ("Handy",), ("Telefon",), "de"),
)


def widened(query: str, locale: str = "en") -> list[set[str]]:
    words = tuple(Word(each, ((EN.term(each), 1.0),)) for each in EN.words(query))
    found = Synonyms(ALL, EN, locale).widen(words)
    return [{form for form, weight in word.forms if weight < 1} for word in found]


@pytest.mark.parametrize(
    ("query", "also"),
    [
        ("beamers", [{"projector"}]),
        ("projector", [{"beamer"}]),
        ("laptop bag", [{"notebook"}, set()]),
        ("notebook", [set()]),
        ("mobile phone case", [{"smartphon"}, {"smartphon"}, set()]),
        ("phone", [set()]),
        ("handy", [set()]),
        ("", []),
    ],
)
def test_words_and_phrases_also_find_what_they_mean(query: str, also: list[set[str]]) -> None:
    assert widened(query) == also


def test_a_synonym_of_another_language_says_nothing() -> None:
    assert widened("handy", "de") == [{"telefon"}]


def test_a_table_without_synonyms_leaves_words_alone() -> None:
    words = (Word("beamer", (("beamer", 1.0),)),)
    assert SynonymTable().widen(words, EN, "en") is words


STOPS = (
    Synonym("e", "stop", ("for", "show me"), (), "en"),
    Synonym("f", "stop", ("bitte",), (), "de"),
    *ALL,
)


@pytest.mark.parametrize(
    ("query", "left", "ignored"),
    [
        ("case for laptop", "case laptop", ("for",)),
        ("  Show ME  red lamps FOR ", "red lamps ", ("Show", "ME", "FOR")),
        ("show lamps", "show lamps", ()),
        ("lamp bitte", "lamp bitte", ()),
        ("laptop for", "laptop ", ("for",)),
        ("case for lap", "case lap", ("for",)),
        ("for", "for", ()),
        ("show me for", "show me for", ()),
        ("", "", ()),
    ],
)
def test_stop_words_leave_queries_that_say_more(query: str, left: str, ignored: tuple[str, ...]) -> None:
    assert SynonymTable(STOPS).without_stop_words(query, EN, "en") == (left, ignored)
