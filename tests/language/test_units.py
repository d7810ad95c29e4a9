"""Units: what spellings mean, exact conversion, readable canonical units."""

import math
import subprocess
import sys
from pathlib import Path

import pint
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from language.unit_codes import codes, unit_of_code
from language.unit_table import units
from language.units import convert, dimension, readable_unit, same_dimension, symbol_of

SYMBOLS = sorted(units())
numbers = st.floats(min_value=-1e9, max_value=1e9).filter(lambda number: number == 0 or abs(number) > 1e-9)


@pytest.mark.parametrize(
    ("spelling", "symbol"),
    [
        ("GB", "GB"), ("gb", "GB"), ("Gigabyte", "GB"), ("Gbit", "Gbit"), ("Gb", "Gbit"), ('"', "in"),
        ("''", "in"), ("″", "in"),
        ("inch", "in"), ("Zoll", "in"), ("ZOLL", "in"), ("mm²", "mm²"), ("mm2", "mm²"), ("sq mm", "mm²"),
        ("°C", "°C"),
        ("V", "V"), ("Volt", "V"), ("W", "W"), ("Ah", "Ah"), ("mAh", "mAh"), ("kg", "kg"), ("KG", "kg"), ("g", "g"),
        ("l", "l"), ("Liter", "l"), ("ml", "ml"), ("m", "m"), ("cm", "cm"), ("min⁻¹", "rpm"), ("U/min", "rpm"),
        ("rpm", "rpm"),
        ("dB", "dB"), ("dB(A)", "dB"), ("dpi", "dpi"), ("ppm", "ppm"), ("Hz", "Hz"), ("lm", "lm"), ("cd/m²", "cd/m²"),
        ("nits", "cd/m²"), ("ms", "ms"), ("h", "h"), ("Std.", "h"), ("%", "%"), ("px", "px"), ("MP", "MP"),
        ("pc(s)", "pcs"),
        ("Stück", "pcs"), ("µm", "µm"), ("um", "µm"), ("Ohm", "Ω"), ("Blatt", "sheets"), ("year(s)", "year"),
    ],
)  # fmt: skip
def test_a_spelling_in_english_or_german_has_one_symbol(spelling: str, symbol: str) -> None:
    assert symbol_of(spelling) == symbol


@pytest.mark.parametrize("spelling", ["", "Paletten", "M", "mw", "x", "in.c"])
def test_what_is_no_unit_or_may_be_two_has_no_symbol(spelling: str) -> None:
    assert symbol_of(spelling) is None


def test_the_symbol_of_every_trade_code_is_known_here() -> None:
    symbols = {found.symbol for code in codes() if (found := unit_of_code(code)) and found.symbol}
    assert symbols
    assert {symbol for symbol in symbols if symbol_of(symbol) != symbol} == set()


def test_no_spelling_stands_for_two_units() -> None:
    owners: dict[str, set[str]] = {}
    for symbol, unit in units().items():
        for spelling in unit.spellings:
            owners.setdefault(spelling, set()).add(symbol)
    assert {spelling: symbols for spelling, symbols in owners.items() if len(symbols) > 1} == {}


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (17, "Zoll", "cm", 43.18), (48.26, "cm", "mm", 482.6), (4096, "MB", "GB", 4), (2, "TB", "GB", 2000),
        (1, "TiB", "GB", 1024),
        (1000, "Mbit/s", "Gbit/s", 1), (0.4826, "m", "in", 19), (70, "°F", "°C", 21.1111111111111),
        (0, "°C", "K", 273.15),
        (1, "lb", "g", 453.59237), (2.5, "l", "ml", 2500), (90, "min", "h", 1.5), (1.5, "kVA", "VA", 1500),
        (1, "kWh", "J", 3.6e6),
    ],
)  # fmt: skip
def test_conversion_keeps_the_decimals_that_people_would_write(
    value: float, unit: str, to: str, expected: float
) -> None:
    assert convert(value, unit, to) == expected


@pytest.mark.parametrize(
    ("unit", "to"), [("GB", "Gbit"), ("W", "VA"), ("kg", "m"), ("Nm", "J"), ("pages", "sheets"), ("Paletten", "pcs")]
)
def test_what_measures_something_else_is_not_converted(unit: str, to: str) -> None:
    assert convert(1.0, unit, to) is None


def test_factors_agree_with_the_registry_that_pint_ships() -> None:
    reference = pint.UnitRegistry()
    names = {
        "in": "inch", "ft": "foot", "lb": "pound", "oz": "ounce", "gal": "US_liquid_gallon",
        "fl oz": "US_fluid_ounce", "mile": "mile",
        "psi": "psi", "bar": "bar", "km/h": "kph", "mph": "mph", "BTU": "Btu_it", "kWh": "kWh",
        "year": "julian_year", "yd": "yard",
        "°F": "degF", "°C": "degC", "l": "liter", "mAh": "mA*hour", "CFM": "foot**3/minute", "t": "tonne",
    }  # fmt: skip
    pairs = [
        ("in", "mm"),
        ("ft", "m"),
        ("yd", "m"),
        ("mile", "km"),
        ("lb", "g"),
        ("oz", "g"),
        ("gal", "l"),
        ("fl oz", "ml"),
    ]
    pairs += [("psi", "bar"), ("mph", "km/h"), ("BTU", "kWh"), ("year", "d"), ("°F", "°C"), ("mAh", "Ah"), ("t", "kg")]
    pairs += [("CFM", "m³/h"), ("W", "kW"), ("bar", "Pa")]
    for unit, to in pairs:
        target = {"m³/h": "meter**3/hour", "Ah": "A*hour", "d": "day"}.get(to, names.get(to, to))
        expected = reference.Quantity(3.7, names.get(unit, unit)).to(target).magnitude
        assert convert(3.7, unit, to) == pytest.approx(expected, rel=1e-9), (unit, to)


@given(numbers, st.sampled_from(SYMBOLS), st.data())
def test_conversion_can_be_undone(value: float, unit: str, data: st.DataObject) -> None:
    to = data.draw(st.sampled_from(same_dimension(unit)))
    there = convert(value, unit, to)
    assert there is not None
    # Temperatures lose what is small beside the distance of the zero points.
    loss = 1e-9 if "temperature" in (dimension(unit) or "") else 0.0
    assume(there == 0 or abs(there) > 1e-280)
    assert math.isclose(convert(there, to, unit) or 0.0, value, rel_tol=1e-12, abs_tol=loss)


@given(st.text(max_size=12))
def test_any_text_may_be_asked_for_as_a_unit(spelling: str) -> None:
    symbol = symbol_of(spelling)
    assert symbol is None or symbol in SYMBOLS


def test_an_attribute_is_kept_in_the_unit_that_makes_its_numbers_readable() -> None:
    assert readable_unit({"MB": [512, 4096], "GB": [4, 8, 16, 64, 128, 20_000]}) == "GB"
    assert readable_unit({"m": [0.005, 0.01], "mm": [5, 8, 12]}) == "mm"
    assert readable_unit({"Zoll": [15.6]}) == "in"
    assert readable_unit({"GB": [4], "kg": [2]}) is None
    assert readable_unit({}) is None


def test_reading_spellings_loads_no_registry() -> None:
    script = "import sys; from language.measures import quantities; quantities('4x 2GB'); print('pint' in sys.modules)"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
