"""Filters in both their forms."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.errors import InvalidFilter
from language.filters import (
    And,
    Compare,
    Exists,
    Filter,
    In,
    Not,
    Or,
    fields_of,
    filter_from_json,
    parse_filter,
    to_json,
    to_text,
)  # fmt: skip

A, B, C = (Compare(name, "=", 1.0) for name in "abc")

READINGS: list[tuple[str, Filter]] = [
    ("a = 1", A),
    ("a=1", A),
    ("(((a = 1)))", A),
    ("a = 1 AND b = 1 OR c = 1", Or((And((A, B)), C))),
    ("a = 1 OR b = 1 AND c = 1", Or((A, And((B, C))))),
    ("(a = 1 OR b = 1) AND c = 1", And((Or((A, B)), C))),
    ("NOT a = 1 AND b = 1", And((Not(A), B))),
    ("not (a = 1 and b = 1)", Not(And((A, B)))),
    ("NOT NOT a = 1", Not(Not(A))),
    ('brand = "Dell"', Compare("brand", "=", "Dell")),
    (r'brand = "15\" \\ x"', Compare("brand", "=", '15" \\ x')),
    ('brand IN ("HP", 2, true)', In("brand", ("HP", 2.0, True))),
    ("attributes.x EXISTS", Exists("attributes.x")),
    ("`weird name-1` >= -2.5e1", Compare("weird name-1", ">=", -25.0)),
    ("price<.5", Compare("price", "<", 0.5)),
    ("attributes.größe != false", Compare("attributes.größe", "!=", False)),
    ("android = 1", Compare("android", "=", 1.0)),
    ("notes EXISTS", Exists("notes")),
    ("a.in = 1", Compare("a.in", "=", 1.0)),
    ('x\n=\t"a\nb"', Compare("x", "=", "a\nb")),
]


@pytest.mark.parametrize(("text", "tree"), READINGS)
def test_a_filter_reads_as_its_tree(text: str, tree: Filter) -> None:
    assert parse_filter(text) == tree


@pytest.mark.parametrize(
    "text",
    ["", " ", "a", "a =", "= 1", "a = 1 AND", "(a = 1", "a = 1)", "a IN ()", "a == 1", "a = b", "a = 'x'", 'a = "x',
     "a = 1 b = 2", "a = 1e999", "1a = 1", "a EXISTS 1", "``= 1", "a = nan", "a = 1 &&  b = 1", "NOT", "a = 1.2.3"],
)  # fmt: skip
def test_a_broken_filter_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(InvalidFilter, match=r"expected|ends too early|cannot be read|too large"):
        parse_filter(text)


def test_the_message_names_the_position() -> None:
    with pytest.raises(InvalidFilter, match="position 11"):
        parse_filter("price = 1 price")


def test_length_and_depth_are_limited_in_both_forms() -> None:
    assert parse_filter("(" * 50 + "a = 1" + ")" * 50) == A
    for text in (
        "(" * 51 + "a = 1" + ")" * 51,
        "NOT " * 51 + "a = 1",
        "(" * 9_000,
        "NOT(" * 60 + "a=1" + ")" * 60,
    ):
        with pytest.raises(InvalidFilter, match="deeper"):
            parse_filter(text)
    with pytest.raises(InvalidFilter, match="characters"):
        parse_filter(f'a = "{"x" * 10_000}"')
    deep: object = {"field": "a", "op": "=", "value": 1}
    for _ in range(5_000):
        deep = {"not": deep}
    with pytest.raises(InvalidFilter, match="deeper"):
        filter_from_json(deep)


def test_a_long_filter_within_the_limits_is_read() -> None:
    text = " OR ".join(f'brand = "{at}"' for at in range(500))
    assert len(list(fields_of(parse_filter(text)))) == 500


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        (None, "/filter"),
        ([], "/filter"),
        ({}, "/filter/field"),
        ({"and": []}, "/filter/and"),
        ({"and": [{"field": "a", "op": "=", "value": None}]}, "/filter/and/0/value"),
        ({"or": "x"}, "/filter/or"),
        ({"not": 1}, "/filter/not"),
        ({"field": "a", "op": "~", "value": 1}, "/filter/op"),
        ({"field": "a", "op": "IN", "value": "abc"}, "/filter/value"),
        ({"field": "a", "op": "IN", "value": [[1]]}, "/filter/value/0"),
        ({"field": "a", "op": "EXISTS", "value": 1}, "/filter/value"),
        ({"field": "a", "op": "=", "value": 1, "x": 1}, "/filter"),
        ({"field": "a", "op": "=", "value": float("nan")}, "/filter/value"),
        ({"field": "a", "op": "=", "value": 10**400}, "/filter/value"),
    ],
)
def test_a_broken_json_filter_names_its_place(value: object, pointer: str) -> None:
    with pytest.raises(InvalidFilter) as caught:
        filter_from_json(value)
    assert caught.value.pointer == pointer


NAMES = st.text(st.characters(exclude_characters="`", exclude_categories=["Cs"]), min_size=1, max_size=8)
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)
LEAVES = st.one_of(
    st.builds(Compare, NAMES, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), VALUES),
    st.builds(In, NAMES, st.lists(VALUES, min_size=1, max_size=4).map(tuple)),
    st.builds(Exists, NAMES),
)


def _grow(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, inner))


FILTERS = st.recursive(LEAVES, _grow, max_leaves=12)


@given(FILTERS)
def test_every_filter_survives_its_text_and_its_json(tree: Filter) -> None:
    assert parse_filter(to_text(tree)) == tree
    assert filter_from_json(to_json(tree)) == tree


@given(st.one_of(st.text(max_size=200), st.text('()"`\\=<>!, ANDORNOTINEXISTS.1aé', max_size=120)))
def test_no_text_breaks_the_parser(text: str) -> None:
    with suppress(InvalidFilter):
        parse_filter(text)
