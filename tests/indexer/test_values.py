"""What filters and the attribute sheet see of a product's attributes."""

import pytest

from commerce.product import AttributeValue, Quantity
from indexer.attribute_dictionary import canonical_unit, dictionary_of
from indexer.units import LearnedUnits
from indexer.values import ValueReader
from language.attributes import AttributeDictionaryBuilder
from language.dictionary import AttributeEntry, UnitRule

MEMORY = AttributeEntry(
    "memory",
    "number",
    labels={"en": "Memory", "de": "Speicher"},
    group="memory",
    unit="GB",
    rules=(
        UnitRule("GB", 0.98, "text", "Notebook", support=9, seen=10, evidence="“8 GB” in product 7", low=1, high=64),
        UnitRule("MB", 0.9, "text", "Notebook", low=256, high=8192),
        UnitRule("MB", 0.8, "text", "Printer"),
        UnitRule("GB", 0.7, "text", not_types=("Camera",), low=1, high=16),
    ),
)
LENGTH = AttributeEntry("length", "number", unit="m")
CORES = AttributeEntry("cores", "number")
COLOUR = AttributeEntry("colour", "text")
TOUCH = AttributeEntry("touch", "boolean")
READER = ValueReader({entry.name: entry for entry in (MEMORY, LENGTH, CORES, COLOUR, TOUCH)})


@pytest.mark.parametrize(
    ("name", "value", "type_name", "seen"),
    [
        ("memory", 8.0, "Notebook", (8.0,)),
        ("memory", 4096.0, "Notebook", (4.0,)),
        ("memory", 128.0, "Notebook", ()),  # neither range
        ("memory", 128.0, "Printer", (0.125,)),
        ("memory", 8.0, "Phone", (8.0,)),  # the rule of every type
        ("memory", 8.0, "Camera", ()),  # but this one
        ("memory", 8.0, None, (8.0,)),
        ("memory", 128.0, None, ()),
        ("memory", Quantity(512, "MB"), "Camera", (0.5,)),  # the source says it
        ("memory", Quantity(512, "Megabyte"), None, (0.5,)),
        ("memory", Quantity(5, "Paletten"), None, ()),
        ("memory", (4.0, 8.0), "Notebook", (4.0, 8.0)),
        ("memory", "plenty", None, ()),  # not of the attribute's kind
        ("length", 3.0, None, ()),  # a bare number beside given units
        ("length", Quantity(30, "cm"), None, (0.3,)),
        ("length", Quantity(30, "CMT"), None, (0.3,)),  # a code, as BMEcat has them
        ("length", (Quantity(1, "m"), Quantity(50, "cm")), None, (1.0, 0.5)),
        ("cores", 4.0, None, (4.0,)),  # no unit at all: the bare number
        ("cores", Quantity(4, "Stück"), None, (4,)),
        ("cores", Quantity(4, "C62"), None, (4,)),
        ("cores", (Quantity(30, "cm"), Quantity(1, "m"), 2.0), None, (2.0,)),  # scales of their own
        ("colour", "red", None, ("red",)),
        ("colour", ("red", "blue"), None, ("red", "blue")),
        ("colour", 7.0, None, ()),
        ("touch", True, None, (True,)),
        ("touch", 1.0, None, ()),
        ("unheard_of", 1.0, None, ()),
    ],
)
def test_filters_see_numbers_in_the_attributes_unit_and_no_number_of_unknown_unit(
    name: str, value: AttributeValue, type_name: str | None, seen: tuple[object, ...]
) -> None:
    assert READER.values({name: value}, type_name) == ({name: seen} if seen else {})


def test_a_row_of_the_sheet_shows_the_shops_number_its_unit_and_how_that_is_known() -> None:
    [row] = READER.rows({"memory": 2048.0}, "Notebook", "de")
    assert (row.label, row.group) == ("Speicher", "Arbeitsspeicher")
    assert (row.value, row.unit, row.normalised, row.normalised_unit) == (2048.0, "MB", 2.0, "GB")
    assert (row.source, row.confidence) == ("given", 0.9)
    [row] = READER.rows({"memory": 8.0}, "Notebook")
    assert row.evidence == "the unit is stated by 9 of 10 products that give numbers of it: “8 GB” in product 7"


def test_a_number_of_unknown_unit_shows_in_the_sheet_without_a_unit() -> None:
    [row] = READER.rows({"memory": 128.0}, "Notebook")
    assert (row.value, row.unit, row.normalised, row.normalised_unit, row.evidence) == (128.0, None, None, None, None)


def test_given_quantities_keep_their_unit_in_the_sheet_and_are_normalised() -> None:
    rows = READER.rows({"memory": Quantity(512, "Megabyte"), "length": (Quantity(1, "m"), Quantity(50, "cm"))}, None)
    assert [(row.value, row.unit, row.normalised, row.normalised_unit) for row in rows] == [
        (512, "MB", 0.5, "GB"),
        ((1, 0.5), "m", (1, 0.5), "m"),  # two units in one row: shown in the one they have in common
    ]
    [row] = READER.rows({"length": (Quantity(30, "cm"), Quantity(50, "cm"))}, None)
    assert (row.value, row.unit, row.normalised, row.normalised_unit) == ((30, 50), "cm", (0.3, 0.5), "m")


def test_texts_and_attributes_that_the_dictionary_does_not_know_show_as_they_are() -> None:
    rows = READER.rows({"colour": ("red", "blue"), "wi_fi": True, "odd": 3.0}, None)
    assert [(row.label, row.value, row.unit, row.normalised) for row in rows] == [
        ("Colour", ("red", "blue"), None, ("red", "blue")),
        ("Wi-Fi", True, None, True),
        ("Odd", 3.0, None, 3.0),
    ]


def test_the_unit_to_keep_is_the_readable_one_of_what_most_numbers_measure() -> None:
    gigabytes = UnitRule("GB", 0.9, "text", "A", support=50, low=1, high=64)
    megabytes = UnitRule("MB", 0.9, "text", "B", support=10, low=256, high=16384)
    litres = UnitRule("l", 0.9, "text", "C", support=20, low=5, high=90)
    assert canonical_unit((gigabytes, megabytes, litres), {}) == "GB"
    assert canonical_unit((), {"Zentimeter": [30, 40], "cm": [50], "m": [1.2]}) == "cm"
    assert canonical_unit((), {"Paletten": [1, 2]}) == "Paletten"
    assert canonical_unit((), {}) is None


def test_a_unit_that_is_known_of_few_numbers_shows_in_their_sheets_and_filters_keep_the_bare_numbers() -> None:
    builder = AttributeDictionaryBuilder()
    builder.add({"depth": 30.0})
    rules = {"depth": (UnitRule("mm", 0.9, "text", "Backpack"),)}
    for known, unit in ((0.4, None), (0.6, "mm")):
        entries = dictionary_of(builder.build(), LearnedUnits(rules, {}, {"depth": known}))
        assert entries["depth"].unit == unit
    few = ValueReader(dictionary_of(builder.build(), LearnedUnits(rules, {}, {"depth": 0.1})))
    assert few.values({"depth": 30.0}, "Toner") == {"depth": (30.0,)}
    [row] = few.rows({"depth": 30.0}, "Backpack")
    assert (row.value, row.unit, row.normalised, row.normalised_unit) == (30.0, "mm", 30.0, None)
    [row] = few.rows({"depth": 30.0}, "Toner")
    assert (row.unit, row.evidence) == (None, None)


def test_a_dictionary_entry_says_what_was_learned() -> None:
    builder = AttributeDictionaryBuilder()
    builder.add({"breite_mm": 30.0, "breite_zoll": 1.0, "gewicht_kg": 2.0, "akkulaufzeit_h": 5.0, "farbe": "rot"})
    rules = {
        name: (UnitRule(unit, 0.95, "name"),)
        for name, unit in {"breite_mm": "mm", "breite_zoll": "in", "gewicht_kg": "kg", "akkulaufzeit_h": "h"}.items()
    }
    entries = dictionary_of(builder.build(), LearnedUnits(rules, {}), "de")
    assert {name: entry.labels["de"] for name, entry in entries.items()} == {
        "breite_mm": "Breite mm",  # there are two of them
        "breite_zoll": "Breite zoll",
        "gewicht_kg": "Gewicht",
        "akkulaufzeit_h": "Akkulaufzeit",
        "farbe": "Farbe",
    }
    assert (entries["gewicht_kg"].unit, entries["gewicht_kg"].group, entries["gewicht_kg"].better) == (
        "kg",
        "dimensions",
        None,
    )
    assert entries["akkulaufzeit_h"].better == "higher"
    assert (entries["farbe"].kind, entries["farbe"].unit, entries["farbe"].products) == ("text", None, 1)


def test_codes_of_units_are_shown_as_symbols_and_kept_with_other_spellings_of_the_unit() -> None:
    assert canonical_unit((), {"MMT": [5.0, 30.0], "Millimeter": [7.0]}) == "mm"
    [row] = READER.rows({"length": Quantity(30, "CMT")}, None)
    assert (row.value, row.unit, row.normalised, row.normalised_unit) == (30, "cm", 0.3, "m")
