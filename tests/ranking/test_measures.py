"""Quantities and price limits in queries."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.analysis import analyzer
from language.dictionary import AttributeEntry
from language.filters.tree import And, Compare, Filter, Or
from language.measure_terms import measure_term, measure_terms
from language.vocabulary import Vocabulary
from ranking.measures import MeasureReader
from ranking.understanding import understand

DICTIONARY = {
    "internal_memory": AttributeEntry("internal_memory", "number", {"en": "Internal memory"}, unit="GB", products=90),
    "ssd_capacity": AttributeEntry("ssd_capacity", "number", {"en": "SSD capacity"}, unit="GB", products=20),
    "display_diagonal": AttributeEntry("display_diagonal", "number", {"en": "Display"}, unit="in", products=30),
    "width": AttributeEntry("width", "number", {"en": "Width", "de": "Breite"}, unit="mm", products=50),
    "weight": AttributeEntry("weight", "number", {"en": "Weight"}, unit="g", products=60),
    "ports": AttributeEntry("ports", "number", {"en": "Ports"}, products=99),
}
WORDS = Vocabulary([("laptop", 50), ("ssd", 20), ("1850mm", 3), ("weight", 5), ("m8x40", 2)])

OPERATORS = {">=": operator.ge, "<=": operator.le, "<": operator.lt, ">": operator.gt}


def said(query: str, locale: str = "en") -> list[tuple[str, str, float, str | None]]:
    found = MeasureReader(DICTIONARY, analyzer(locale), locale).read(query).constraints
    return [(each.field.removeprefix("attributes."), each.op, each.value, each.unit) for each in found]


@pytest.mark.parametrize(
    ("query", "constraints"),
    [
        ("16gb laptop", [("internal_memory", "=", 16.0, "GB")]),
        ("ssd at least 256 gb", [("ssd_capacity", ">=", 256.0, "GB")]),
        ('15.6" laptop', [("display_diagonal", "=", 15.6, "in")]),
        ("weight between 10 and 20 kg", [("weight", ">=", 10_000.0, "g"), ("weight", "<=", 20_000.0, "g")]),
        ("weight 10-20 kg", [("weight", ">=", 10_000.0, "g"), ("weight", "<=", 20_000.0, "g")]),
        ("under 500 €", [("price", "<", 500.0, "EUR")]),
        ("laptop up to $1,500", [("price", "<=", 1500.0, "USD")]),
        ("between 20 and 30 eur", [("price", ">=", 20.0, "EUR"), ("price", "<=", 30.0, "EUR")]),
        ("20 kg laptop", []),
        ("M8x40", []),
        ("usb 3.0 hub 4", []),
    ],
)
def test_quantities_become_constraints_on_the_attribute_that_they_are_told_to_be_of(
    query: str, constraints: list[tuple[str, str, float, str | None]]
) -> None:
    assert said(query) == constraints


@pytest.mark.parametrize(
    ("query", "constraints"),
    [
        ("Spind Breite 30 cm", [("width", "=", 300.0, "mm")]),
        ("unter 1.500 €", [("price", "<", 1500.0, "EUR")]),
        ("zwischen 2,50 und 3 Euro", [("price", ">=", 2.5, "EUR"), ("price", "<=", 3.0, "EUR")]),
    ],
)
def test_german_notation_is_read(query: str, constraints: list[tuple[str, str, float, str | None]]) -> None:
    assert said(query, "de") == constraints


def test_a_price_limit_filters_and_is_no_word() -> None:
    understood = understand(
        "laptop under 500 €", analyzer("en"), WORDS, MeasureReader(DICTIONARY, analyzer("en"), "en")
    )
    assert understood.words == ("laptop",)
    assert understood.filter is not None


def test_a_limit_alone_browses_what_it_leaves() -> None:
    understood = understand("under 500 €", analyzer("en"), WORDS, MeasureReader(DICTIONARY, analyzer("en"), "en"))
    assert understood.text is None
    assert understood.filter is not None


def test_a_quantity_that_neither_titles_nor_attributes_know_stays_words() -> None:
    understood = understand("laptop 99 lm", analyzer("en"), WORDS, MeasureReader(DICTIONARY, analyzer("en"), "en"))
    assert understood.words == ("laptop", "99", "lm")


@pytest.mark.parametrize("text", ["1,85 m", "185 cm", "1850mm", "1.850 mm"])
def test_one_length_is_one_term_however_it_is_written(text: str) -> None:
    assert measure_terms(text, "de") == ["1850mm"]


@given(st.floats(0.001, 1e6), st.sampled_from(["mm²", "GB", '"', "V", "°C", "kg"]))
def test_terms_are_single_words(value: float, unit: str) -> None:
    term = measure_term(value, unit)
    assert analyzer("en").words(term) == [term]


@given(st.text(max_size=60))
def test_any_text_is_read(query: str) -> None:
    MeasureReader(DICTIONARY, analyzer("en"), "en").read(query)


@pytest.mark.parametrize(
    ("query", "diagonal", "holds"),
    [
        ("laptop 15 inch", 15.6, True),
        ("laptop 15 inch", 15.0, True),
        ("laptop 15 inch", 16.0, False),
        ("laptop 15 inch", 14.9, False),
        ("laptop 15.6 inch", 15.0, False),
        ("laptop 15.6 inch", 15.6, True),
    ],
)
def test_whole_inches_are_a_class_of_size(query: str, diagonal: float, holds: bool) -> None:
    read = MeasureReader(DICTIONARY, analyzer("en"), "en").read(query)
    [condition] = [word.condition for _, words in read.words for word in words if word.condition is not None]
    assert isinstance(condition, (And, Or))
    of_display = [each for each in _comparisons(condition) if each.field == "attributes.display_diagonal"]
    assert holds == all(OPERATORS[each.op](diagonal, each.value) for each in of_display)


def _comparisons(node: Filter) -> list[Compare]:
    match node:
        case Compare():
            return [node]
        case And(parts=parts) | Or(parts=parts):
            return [each for part in parts for each in _comparisons(part)]
        case _:
            return []
