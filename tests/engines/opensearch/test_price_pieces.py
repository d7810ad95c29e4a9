"""A condition on a price that rules make says what it says, as a range of the number that is stored."""

import operator
from collections.abc import Callable
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from commerce.pricing import PriceRule
from engines.opensearch.conditions import NOTHING
from engines.opensearch.price_book import PriceBook as Book
from engines.opensearch.price_book import StoredList, book_from_json, list_to_json
from engines.opensearch.price_pieces import Piece
from engines.opensearch.price_rules import step_of
from language.filters.tree import Compare

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le,
}  # fmt: skip
_CENTS = StoredList("a", 1, 1_000, 1_000 + 502, 10_000, 3, "EUR")
RULES = st.builds(
    PriceRule,
    percent=st.decimals(-300, 300, places=3),
    amount=st.decimals(-10, 10, places=3),
)


@given(rules=st.lists(RULES, max_size=3), op=st.sampled_from(sorted(_COMPARE)), bound=st.decimals(-1, 20, places=2))
def test_bounds_are_turned_back_through_rules_exactly(rules: list[PriceRule], op: str, bound: Decimal) -> None:
    piece = Piece(_CENTS, tuple(step_of(rule, "EUR") for rule in rules))
    condition = piece.within({op: float(bound)})
    span = range(0) if condition is NOTHING else range(*condition["range"][_CENTS.field].values())
    for cents in range(501):
        net = Decimal(cents) / 100
        for rule in rules:
            net = rule.applied(net, "EUR")
        assert (_CENTS.point(cents * 10_000) in span) == _COMPARE[op](float(net), float(bound))


@given(rule=RULES, base=st.decimals(0, 10_000_000, places=6), currency=st.sampled_from(["EUR", "JPY", "KWD"]))
def test_whole_numbers_round_as_decimals_do(rule: PriceRule, base: Decimal, currency: str) -> None:
    assert Decimal(step_of(rule, currency).made(int(base.scaleb(6)))).scaleb(-6) == rule.applied(base, currency)


def test_a_price_on_request_is_within_no_bounds() -> None:
    [bounds] = Piece(_CENTS).within({})["range"].values()
    assert bounds == {"gte": _CENTS.point(0), "lt": _CENTS.end}
    assert _CENTS.point(-1) < _CENTS.point(0)


def test_a_book_is_read_as_it_was_written() -> None:
    rules = (PriceRule("b", Compare("brand", "=", "HP"), Decimal("-2.5"), Decimal("0.10")), PriceRule())
    later = StoredList("a", 9, 5_000, 5_010, 1, 0, "EUR", rules, replaced=_CENTS.retired())
    book = Book({"a": list_to_json(later)}, 10, 5_010, (_CENTS.retired(),))
    again = book_from_json(book.to_json())
    assert again.get("a") == later
    assert again == book
    assert again.get("b") is None
