"""Numbers with units in texts: notations of both languages, spans, and what is no measure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.measures import Measure, quantities
from language.numbers import format_number, read_number
from language.unit_table import units

LOCALES = st.sampled_from(["en", "de"])
# A temperature in K is only read where it can be a colour's.
SYMBOLS = sorted(set(units()) - {"K"})


def found(text: str, locale: str = "en") -> list[tuple[tuple[float, ...], str, str]]:
    return [(measure.values, measure.unit, measure.form) for measure in quantities(text, locale)]


@pytest.mark.parametrize(
    ("text", "locale", "value", "unit"),
    [
        ("2,5 mm²", "de", 2.5, "mm²"), ("2.5 mm²", "de", 2.5, "mm²"), ("2,5 mm²", "en", 2.5, "mm²"),
        ("1.000 W", "de", 1000, "W"),
        ("1.000 W", "en", 1, "W"), ("1,000 W", "en", 1000, "W"), ("1.234,5 kg", "en", 1234.5, "kg"),
        ("1'000 kg", "en", 1000, "kg"),
        ("1\u202f000 kg", "de", 1000, "kg"), ("0.125 kg", "de", 0.125, "kg"), ("12.345.678 W", "de", 12_345_678, "W"),
        ('15.6"', "en", 15.6, "in"), ("15,6 Zoll", "de", 15.6, "in"), ("15.6''", "en", 15.6, "in"),
        ("19-in. rack", "en", 19, "in"),
        ("17-inch", "en", 17, "in"), ("8in cable", "en", 8, "in"), ('3/4" Rohr', "de", 0.75, "in"),
        ("60-Watt", "en", 60, "W"),
        ("16A", "en", 16, "A"), ("2U", "en", 2, "U"), ("24 AWG", "en", 24, "AWG"), ("12 V DC", "en", 12, "V"),
        ("6500K", "en", 6500, "K"),
        ("50 pcs.", "en", 50, "pcs"), ("5 Std.", "de", 5, "h"), ("1500 min⁻¹", "de", 1500, "rpm"),
        ("300 cd/m²", "en", 300, "cd/m²"),
        ("-20 °C", "en", -20, "°C"), ("300 mm/sec", "en", 300, "mm/s"), ("1000 Mbps", "en", 1000, "Mbit/s"),
        ("50%", "en", 50, "%"),
        ("4.3kg", "en", 4.3, "kg"), ("Ø 116 mm", "de", 116, "mm"),
    ],
)  # fmt: skip
def test_a_number_with_its_unit_is_read(text: str, locale: str, value: float, unit: str) -> None:
    assert found(text, locale) == [((value,), unit, "single")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('43.2 cm (17")', [((43.2,), "cm", "single"), ((17,), "in", "single")]),
        ("1920 x 1080 pixels", [((1920, 1080), "px", "size")]),
        ("10 x 20 x 30 cm", [((10, 20, 30), "cm", "size")]),
        ("25.4x10 mm", [((25.4, 10), "mm", "size")]),
        ("M8x40", [((8, 40), "mm", "thread")]),
        ("10-20 kg", [((10, 20), "kg", "range")]),
        ("von 10 bis 20 kg", [((10, 20), "kg", "range")]),
        ("-10 - 40 °C", [((-10, 40), "°C", "range")]),
        ("100 - 240 V", [((100, 240), "V", "range")]),
        ("± 0.5 mm", [((0.5,), "mm", "tolerance")]),
        ("+/- 10%", [((10,), "%", "tolerance")]),
        ("10/100/1000 Mbit/s", [((10, 100, 1000), "Mbit/s", "choice")]),
        ("10 m/33 ft", [((10,), "m", "single"), ((33,), "ft", "single")]),
    ],
)
def test_several_numbers_are_read_as_what_they_are_together(
    text: str, expected: list[tuple[tuple[float, ...], str, str]]
) -> None:
    assert found(text) == expected


def test_a_count_before_a_measure_is_no_measure_itself() -> None:
    assert quantities("4x 2GB DDR4") == [Measure((2.0,), "GB", (0, 6), "times", 4)]


@pytest.mark.parametrize(
    "text",
    [
        "4 in 1 hub",
        "available in 5 in black",
        "USB 2.0 A",
        "512K cache",
        "4K TV",
        "version 1.2.3 m",
        "1.234.56 W",
        "4.5 W/m·K",
        "100 sec/page",
        "ABC12 V",
        "iPhone 4s",
        '"Windows 10" licence',
        "3M tape",
        "20-10 kg",
    ],
)
def test_what_is_not_surely_a_measure_is_left_out(text: str) -> None:
    assert [each for each in found(text) if each[1] != "s"] == []


def test_the_sign_behind_a_number_may_close_a_quotation() -> None:
    assert found('HP "Windows 10" 15"') == [((15.0,), "in", "single")]


@given(st.text(max_size=200), LOCALES)
def test_any_text_is_read_and_spans_lie_in_it_in_order(text: str, locale: str) -> None:
    end = 0
    for measure in quantities(text, locale):
        assert 0 <= measure.span[0] < measure.span[1] <= len(text)
        assert measure.span[0] >= end or measure.form == "thread"
        end = measure.span[1]
        assert measure.values


TOUCHING = {
    "A", "U", "K", "t", "N", "J", "B", "d", "in", "B/s", "St", "HE", "gr", "gal", "bit", "cd", "°", "%",
}  # fmt: skip
words = st.sampled_from(
    ["", "x", " ", "-", ",", ".", "/", '"', "(", ")", "USB ", "± ", "bis", "to", "in", "mm", "GB", "V", "°C", "W"]
)
digits = st.integers(0, 2000).map(str)


@given(st.lists(st.one_of(words, digits), max_size=12).map("".join), LOCALES)
def test_texts_full_of_near_measures_are_read(text: str, locale: str) -> None:
    for measure in quantities(text, locale):
        begin, end = measure.span
        assert any(char.isdigit() for char in text[begin:end])


@given(
    st.floats(min_value=0, max_value=1e15),
    st.sampled_from(SYMBOLS),
    LOCALES,
    st.sampled_from(["", "Größe: ", "with ("]),
)
def test_what_is_written_is_read_back_in_both_locales(value: float, unit: str, locale: str, before: str) -> None:
    # Signs and letters that are units by themselves count only where they touch the number: "16A".
    gap = "" if unit in TOUCHING else " "
    text = f"{before}{format_number(value, locale)}{gap}{unit}"
    assert quantities(text, locale) == [Measure((value,), unit, (len(before), len(text)))]


@given(st.floats(min_value=0, allow_nan=False, allow_infinity=False), LOCALES, st.booleans())
def test_a_number_is_read_back_with_all_its_digits(value: float, locale: str, grouped: bool) -> None:
    assert read_number(format_number(value, locale, grouped=grouped), locale) == value


@given(st.text(alphabet="0123456789.,'’ ", max_size=20), LOCALES)
def test_no_sequence_of_digits_and_marks_fails(text: str, locale: str) -> None:
    number = read_number(text, locale)
    assert number is None or number >= 0


def test_long_texts_cost_what_their_length_does() -> None:
    # Backtracking would take minutes here.
    for text in ("1" * 100_000, "1," * 50_000, "1.000" * 20_000, "1x" * 50_000, "1 x " * 25_000, '1"' * 20_000):
        quantities(text)
