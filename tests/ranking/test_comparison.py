"""The comparison table: units, differences, best values, order, and what is said of each product."""

from collections.abc import Sequence
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.comparison.sentences import Speaker
from ranking.comparison.table import Better, Cell, Head, Row, Value, row, table

MEMORY = Head("attributes.memory", "Memory", unit="GB", better="higher", better_source="known")
PRICE = Head("price", "Price", unit="EUR", better="lower", better_source="known")
COLOUR = Head("attributes.colour", "Colour")
RADIO = Head("attributes.radio", "Bluetooth")


def number(value: float, unit: str | None = "GB", normalised: float | None = None) -> Cell:
    return Cell(value, unit, value if normalised is None else normalised)


def money(text: str) -> Cell:
    return Cell(text, "EUR", float(text))


def text(value: str) -> Cell:
    return Cell(value, normalised=value)


def flag(*, value: bool) -> Cell:
    return Cell(value, normalised=value)


def test_values_stay_as_given_where_all_have_one_unit() -> None:
    found = row(MEMORY, [number(512.0, "MB", 0.5), number(256.0, "MB", 0.25)], 1.0)
    assert (found.values, found.unit, found.normalised) == ((512.0, 256.0), "MB", (0.5, 0.25))


def test_values_in_several_units_are_shown_in_the_common_one() -> None:
    found = row(MEMORY, [number(1.0, "TB", 1000.0), None, number(512.0)], 1.0)
    assert (found.values, found.unit, found.best) == ((1000.0, None, 512.0), "GB", (0,))


def test_a_value_of_unknown_unit_leaves_the_row_as_given_and_without_a_unit() -> None:
    found = row(MEMORY, [number(16.0), Cell(8.0)], 1.0)
    assert (found.values, found.unit, found.normalised) == ((16.0, 8.0), None, (16.0, None))


@pytest.mark.parametrize(
    ("cells", "differs"),
    [
        ([text("Black"), text(" BLACK")], False),
        ([text("Black"), text("White")], True),
        ([text("Black"), None], False),
        ([None, text("Black"), text("White")], True),
        ([number(0.1 + 0.2), number(0.3)], False),
        ([Cell(("a", "b"), normalised=("a", "b")), Cell(("b", "a"), normalised=("b", "a"))], False),
        ([flag(value=True), flag(value=False)], True),
        ([number(1.0, "TB", 1000.0), number(1000.0)], False),
        ([flag(value=True), number(1.0)], True),
    ],
)
def test_only_known_values_that_differ_make_a_difference(cells: Sequence[Cell | None], *, differs: bool) -> None:
    assert row(COLOUR, cells, 1.0).differs is differs


def test_the_best_value_may_be_shared_and_is_named_only_where_a_direction_is_known() -> None:
    cells = [number(16.0), number(8.0), number(16.0)]
    assert row(MEMORY, cells, 1.0).best == (0, 2)
    assert row(Head("attributes.width", "Width", unit="mm"), cells, 1.0).best == ()
    assert row(MEMORY, [number(16.0), None], 1.0).best == ()
    assert row(MEMORY, [number(16.0), number(16.0)], 1.0).best == ()


def test_rows_that_differ_stand_first_and_the_important_ones_before_the_rest() -> None:
    cells = [
        {"attributes.memory": number(8.0), "price": money("9.00"), "attributes.colour": text("Red")},
        {"attributes.memory": number(16.0), "price": money("8.00"), "attributes.colour": text("Red")},
    ]
    rows = table([COLOUR, MEMORY, PRICE], cells, {"attributes.colour": 0.9, "attributes.memory": 0.2, "price": 0.5})
    assert [each.head.field for each in rows] == ["price", "attributes.memory", "attributes.colour"]


def rows_of_three() -> list[Row]:
    return [
        row(PRICE, [money("412.00"), money("499.00"), money("450.00")], 0.9),
        row(MEMORY, [number(8.0), number(16.0), number(8.0)], 0.5),
        row(RADIO, [flag(value=False), flag(value=True), flag(value=False)], 0.3),
    ]


def test_each_product_is_said_to_be_best_for_what_it_leads_in() -> None:
    english = [Speaker("en").sentence(rows_of_three(), at) for at in range(3)]
    assert english == [
        "Best of these for Price (412.00 EUR, the lowest).",
        "Best of these for Memory (16 GB, the highest); the only one of these with Bluetooth.",
        "It costs 9 % more than the cheapest of these.",
    ]
    german = [Speaker("de-AT").sentence(rows_of_three(), at) for at in range(3)]
    assert german == [
        "Von diesen am besten bei Preis (412,00 EUR, der niedrigste Wert).".replace("Preis", "Price"),
        "Von diesen am besten bei Memory (16 GB, der höchste Wert); als einziges mit Bluetooth.",
        "Es kostet 9 % mehr als das günstigste.",
    ]


def test_where_nothing_speaks_for_a_product_the_sentence_says_so() -> None:
    same = [row(PRICE, [money("1.00"), money("1.00")], 0.9)]
    assert Speaker("en").sentence(same, 0) == "Nothing that is known speaks for this one among these."


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert Speaker("en").value(12_345.5, "g") == "12,345.5 g"
    assert Speaker("de").value(12_345.5, "g") == "12.345,5 g"
    assert Speaker("de").value(2024.0, None) == "2024"
    assert Speaker("de").value((True, "USB"), None) == "ja, USB"


values: st.SearchStrategy[Value] = st.one_of(
    st.booleans(), st.text(max_size=8), st.floats(allow_nan=False, allow_infinity=False, width=32)
)
cells = st.one_of(
    st.none(),
    st.builds(lambda value, unit: Cell(value, unit, value), values, st.sampled_from([None, "GB"])),
    st.builds(lambda value: Cell(value, "MB", None), values),
)
directions: st.SearchStrategy[Better | None] = st.sampled_from([None, "higher", "lower"])


@given(st.lists(cells, min_size=2, max_size=10), directions)
def test_every_row_has_a_cell_a_product_and_its_best_are_among_those_with_numbers(
    given_cells: list[Cell | None], better: Better | None
) -> None:
    found = row(Head("attributes.x", "X", unit="GB", better=better), given_cells, 0.5)
    assert len(found.values) == len(found.normalised) == len(given_cells)
    assert [value is None for value in found.values] == [cell is None for cell in given_cells]
    numbers = [cell.normalised if cell else None for cell in given_cells]
    for at in found.best:
        own = numbers[at]
        assert isinstance(own, float)
        others = [each for each in numbers if isinstance(each, float)]
        assert isclose(own, max(others) if better == "higher" else min(others), rel_tol=1e-6)
        assert found.differs
    if better is None:
        assert found.best == ()
    assert all(Speaker(locale).sentence([found], at).endswith(".") for at in range(2) for locale in ("en", "de"))


@given(st.lists(cells, min_size=2, max_size=6), st.randoms())
def test_whether_a_row_differs_does_not_depend_on_the_order_of_the_products(
    given_cells: list[Cell | None], random: st.DataObject
) -> None:
    shuffled = list(given_cells)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert row(COLOUR, given_cells, 0.1).differs == row(COLOUR, shuffled, 0.1).differs
