"""Merchandising rules in a YAML file are read back as the same, and never as anything but plain values."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.rule_answers import EXAMPLE_RULE
from api.rule_bodies import rule_from_body
from api.rule_files import read_rules, write_rules
from api.yaml_files import InvalidFile
from commerce.merchandising import Rule
from engines.port import FieldInfo

FIELDS = {name: FieldInfo(name, "text") for name in ("id", "brand")} | {"in_stock": FieldInfo("in_stock", "boolean")}
TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def test_the_whole_of_a_rule_comes_back() -> None:
    rules = [rule_from_body(EXAMPLE_RULE, identity, FIELDS) for identity in ("autumn", "no", "2026-01-01", "1.0")]
    text = write_rules(rules)
    assert read_rules(text, FIELDS) == sorted(rules, key=lambda rule: rule.id)
    assert "from: '2026-09-01T00:00:00'" in text
    assert "replace_query" not in text


@settings(max_examples=50, deadline=None)
@given(
    banner=JSON,
    contains=TEXT.filter(str.strip),
    equals=TEXT,
    identity=TEXT,
    pinned=TEXT.filter(lambda t: t == t.strip()),
)
def test_any_rule_comes_back(banner: object, contains: str, equals: str, identity: str, pinned: str) -> None:
    body = {"when": {"query": {"contains": contains, "equals": equals}}, "then": {"banner": banner}}
    rule = rule_from_body(body, identity, FIELDS)
    assert read_rules(write_rules([rule]), FIELDS) == [rule]
    hiding = {"when": {"filter": {"field": "brand", "op": "=", "value": pinned}}, "enabled": False, "priority": -3}
    rule = rule_from_body(hiding, identity, FIELDS)
    assert read_rules(write_rules([rule]), FIELDS) == [rule]


def test_a_rule_without_anything_comes_back() -> None:
    assert read_rules(write_rules([Rule("r")]), FIELDS) == [Rule("r")]
    assert read_rules(write_rules([]), FIELDS) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: !!python/object/apply:os.system [ls]", "not YAML"),
        ("a: &x {}\nb: *x", "aliases"),
        ("a: [", "not YAML"),
        ("- a", "by their ids"),
        ("[" * 5_000, "not YAML"),
        ("a: {then: {pin: [{id: x, position: 0}]}}", "rule 'a', at /then/pin/0/position"),
        ("a: {then: {hide: ['colour = 1']}}", "rule 'a', at /then/hide/0"),
        ("a: {when: {from: 2026-01-01}}", "rule 'a', at /when/from"),
    ],
)
def test_a_file_that_says_something_else_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidFile, match=said):
        read_rules(text, FIELDS)
