"""Codes of units as B2B catalogues write them."""

import pytest

from language.unit_codes import codes, given_unit, unit_of_code
from language.units import symbol_of

KNOWN = {"VLT": "V", "MMT": "mm", "KGM": "kg", "CEL": "°C", "MTK": "m²", "PCE": "pcs", "C62": "pcs", "HUR": "h"}


@pytest.mark.parametrize(("code", "symbol"), KNOWN.items())
def test_codes_stand_for_symbols(code: str, symbol: str) -> None:
    unit = unit_of_code(code)
    assert unit is not None
    assert unit.symbol == symbol


def test_every_symbol_is_the_one_that_units_are_shown_with() -> None:
    symbols = {unit.symbol for code in codes() if (unit := unit_of_code(code)) and unit.symbol}
    assert {symbol for symbol in symbols if symbol_of(symbol) != symbol} == set()


def test_packages_have_names_by_language_and_no_symbol() -> None:
    unit = unit_of_code("BOX")
    assert unit is not None
    assert (unit.symbol, unit.name("de"), unit.name("de-AT"), unit.name("en")) == ("", "Schachtel", "Schachtel", "box")


def test_a_code_is_read_in_any_case_and_an_unknown_one_is_none() -> None:
    assert unit_of_code(" vlt ") == unit_of_code("VLT")
    assert unit_of_code("mm") is None
    assert unit_of_code("") is None


@pytest.mark.parametrize(
    ("given", "shown"),
    [("MMT", "mm"), ("Millimeter", "mm"), ("mm", "mm"), ("C62", "pcs"), ("mmt", "mmt"), ("BOX", "BOX"), ("", "")],
)
def test_units_are_given_by_symbol_word_or_code_in_capitals(given: str, shown: str) -> None:
    assert given_unit(given) == shown
