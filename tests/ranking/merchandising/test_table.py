"""The rules that hold for a search are those that brute force finds, however many there are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.buyer import Buyer
from commerce.merchandising import DEVICES, QUERY_TESTS, Rule, When, normalise_query
from engines.plan import Selection
from language.filters import parse_filter
from ranking.merchandising.patterns import InvalidPattern, check_pattern
from ranking.merchandising.situation import conjuncts, implies, situation
from ranking.merchandising.table import RuleTable, holds

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TEXTS = st.text(alphabet="ab ÄäßS1", min_size=1, max_size=6).filter(str.strip)
DAYS = st.none() | st.integers(-2, 2).map(lambda days: NOW + timedelta(days=days))
WHENS = st.builds(
    When,
    query=st.dictionaries(st.sampled_from(QUERY_TESTS), TEXTS, max_size=2),
    category=st.sampled_from([None, "a", "b"]),
    accounts=st.sets(st.sampled_from(["1", "2"])).map(frozenset),
    groups=st.sets(st.sampled_from(["1", "x", "y"])).map(frozenset),
    locale=st.sampled_from([None, "de", "de-AT", "en"]),
    begin=DAYS,
    end=DAYS,
    devices=st.sets(st.sampled_from(DEVICES), max_size=2).map(frozenset),
    experiment=st.sampled_from([None, ("e", "a"), ("e", "b")]),
)


@given(
    whens=st.lists(WHENS, max_size=30),
    query=st.text(alphabet="ab ÄäßS1", max_size=12),
    category=st.sampled_from([None, "a", "b"]),
    account=st.sampled_from([None, "1", "3"]),
    groups=st.sets(st.sampled_from(["x", "y"])).map(tuple),
    locale=st.sampled_from(["de", "de-AT", "en-GB"]),
    device=st.sampled_from([None, *DEVICES]),
    priorities=st.lists(st.integers(0, 2), min_size=30, max_size=30),
)
def test_the_table_finds_the_rules_that_brute_force_finds(
    whens: list[When],
    query: str,
    category: str | None,
    account: str | None,
    groups: tuple[str, ...],
    locale: str,
    device: None,
    priorities: list[int],
) -> None:
    rules = [Rule(f"r{at}", when, priority=priorities[at], enabled=at % 5 != 4) for at, when in enumerate(whens)]
    selections = (Selection("category", (category,)),) if category else ()
    asked = situation(
        query, locale, NOW, Buyer(account=account, groups=groups), selections=selections, device=device, arms={"e": "a"}
    )

    def brute(when: When) -> bool:
        text = normalise_query(query)
        return (
            all(holds(test, said, text) for test, said in when.query.items())
            and when.category in {None, category}
            and (not (when.accounts or when.groups) or account in when.accounts or bool(when.groups & set(groups)))
            and (when.locale is None or locale == when.locale or locale.startswith(f"{when.locale}-"))
            and (when.begin is None or when.begin <= NOW)
            and (when.end is None or when.end > NOW)
            and (not when.devices or device in when.devices)
            and when.experiment in {None, ("e", "a")}
        )

    wanted = sorted((-rule.priority, rule.id) for rule in rules if rule.enabled and brute(rule.when))
    assert [(-rule.priority, rule.id) for rule in RuleTable(rules).holding(asked)] == wanted


def test_an_equal_query_ignores_case_and_outer_spaces_and_no_more() -> None:
    table = RuleTable([Rule("r", When({"equals": " Gaming  Laptop"}))])

    def found(query: str) -> int:
        return len(table.holding(situation(query, "en", NOW, Buyer())))

    assert [found(each) for each in ("gaming laptop", " GAMING LAPTOP ", "gaming\tlaptop")] == [1, 1, 1]
    assert [found(each) for each in ("gaminglaptop", "gaming laptops", "")] == [0, 0, 0]


def test_thousands_of_patterns_are_all_looked_at() -> None:
    rules = [Rule(f"r{at:04}", When({"pattern": rf"^model {at}\b"})) for at in range(2_000)]
    table = RuleTable(rules)
    for at in (0, 499, 500, 1_999):
        found = table.holding(situation(f"Model {at} black", "en", NOW, Buyer()))
        assert [rule.id for rule in found] == [f"r{at:04}"]


@pytest.mark.parametrize("pattern", ["(?=a)", r"(a)\1", "(", "((a{1000}){1000}", "x" * 201, "", "(?<n>a)(?P=n)"])
def test_a_pattern_that_could_take_more_than_linear_time_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        check_pattern(pattern)


def test_a_pattern_that_others_take_forever_for_is_answered_at_once() -> None:
    table = RuleTable([Rule("r", When({"pattern": "^(a+)+$"}))])
    assert table.holding(situation("a" * 999 + "b", "en", NOW, Buyer())) == []
    assert len(table.holding(situation("a" * 1_000, "en", NOW, Buyer()))) == 1


@pytest.mark.parametrize(
    ("mine", "wanted", "follows"),
    [
        ("price < 5", "price <= 5", True),
        ("price <= 5", "price < 5", False),
        ("price = 4", "price < 5", True),
        ("price IN (4, 5)", "price < 5", False),
        ("price > 5", "price < 9", False),
        ('brand = "HP"', 'brand IN ("HP", "Acer")', True),
        ('brand IN ("HP", "Dell")', 'brand IN ("HP", "Acer")', False),
        ('brand = "HP"', 'category = "HP"', False),
        ('brand > "A"', 'brand > "B"', False),
        ("brand EXISTS", "brand EXISTS", True),
        ("NOT price < 5", "NOT price < 5", True),
        ("NOT price < 5", "price < 5", False),
    ],
)
def test_a_condition_follows_from_one_that_is_at_least_as_narrow(mine: str, wanted: str, follows: bool) -> None:
    assert implies(parse_filter(mine), parse_filter(wanted)) is follows
    [same] = conjuncts(parse_filter(mine))
    assert implies(same, same)


def test_large_patterns_are_found_beside_many_others() -> None:
    rules = [Rule(f"r{at:03}", When({"pattern": f"x.*a.{{{at + 1}}}b"})) for at in range(200)]
    table = RuleTable(rules)
    for at in (5, 199):
        found = table.holding(situation(f"x{'c' * 50}a{'c' * (at + 1)}b", "en", NOW, Buyer()))
        assert [rule.id for rule in found] == [f"r{at:03}"]


def test_a_rule_that_changes_leaves_its_old_place() -> None:
    rule = Rule("r", When({"equals": "a"}))
    table = RuleTable([rule, replace(rule, when=When({"equals": "b"}))])
    assert table.holding(situation("a", "en", NOW, Buyer())) == []
