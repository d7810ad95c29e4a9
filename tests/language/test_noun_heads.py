"""The nouns that say what a thing is, in titles and names of categories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.analysis import analyzer
from language.noun_heads import before_purpose, noun_heads


@pytest.mark.parametrize(
    ("title", "heads"),
    [
        ("Leather laptop sleeve", ["sleeve"]),
        ("AC adapter for most laptops", ["adapter"]),
        ("For laptops: AC adapter", ["laptops", "adapter"]),
        ("LaserJet 1200n Printer", ["LaserJet", "Printer"]),
        ("inkjet printer Colour 1200 dpi", ["printer", "Colour", "dpi"]),
        ("Power adapter/inverter", ["adapter", "inverter"]),
        ("Camera/camcorder battery", ["battery"]),
        ("Laptop Sleeve- Black", ["Sleeve", "Black"]),
        ("cable with plug", ["cable"]),
        ("", []),
        ("15.6 4711", []),
    ],
)
def test_a_phrase_is_named_by_its_last_word_before_what_it_is_for(title: str, heads: list[str]) -> None:
    words = analyzer("en")
    assert noun_heads(title, words) == tuple(words.term(head.lower()) for head in heads)


@pytest.mark.parametrize(
    ("title", "heads"),
    [
        ("Schrank mit Stahlfächern", ["schrank"]),
        ("Rollen für Rollcontainer", ["rollen"]),
        ("abschließbarer Spind", ["spind"]),
    ],
)
def test_german_nouns_begin_with_a_capital_within_their_phrase(title: str, heads: list[str]) -> None:
    words = analyzer("de")
    assert noun_heads(title, words) == tuple(words.term(head) for head in heads)


def test_values_describe_and_never_name() -> None:
    words = analyzer("en")
    assert noun_heads("Notebook Midnight 14 inch", words, {"midnight"}) == (words.term("notebook"), words.term("inch"))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [("toner for hp", "toner"), ("tasche für laptop", "tasche"), ("for hp", "for hp"), ("laptop", "laptop"), ("", "")],
)
def test_a_query_names_the_thing_before_its_purpose(query: str, wanted: str) -> None:
    assert before_purpose(query.split()) == wanted.split()


TEXTS = st.text(st.characters(categories=("Lu", "Ll", "Nd", "P", "Z")), max_size=80)


@given(TEXTS, st.sampled_from(["en", "de"]))
def test_heads_are_index_terms_of_the_text(text: str, language: str) -> None:
    words = analyzer(language)
    assert set(noun_heads(text, words)) <= set(words.terms(text))
