"""Orders to arrays, and splits in time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.behaviour import GUEST, day_of, read_behaviour
from recommender.splits import next_baskets, sampled
from tests.recommender.conftest import BEGIN, order

START = day_of(BEGIN)


def test_ids_are_numbered_in_their_order_whatever_came_first() -> None:
    orders = [order("1", 0, "zoe", ("y", 1)), order("2", 1, "adam", ("x", 3)), order("3", 2, None, ("x", 1))]
    found = read_behaviour(orders)
    assert (found.users, found.items) == (("account adam", "account zoe"), ("x", "y"))
    assert found.user.tolist() == [1, 0, GUEST]
    assert found.item.tolist() == [1, 0, 0]


def test_lines_of_one_product_in_one_order_are_one_row() -> None:
    assert read_behaviour([order("1", 0, "a", ("x", 1), ("x", 2))]).quantity.tolist() == [3]


def test_what_comes_back_is_taken_off_the_latest_purchase_of_the_same_buyer() -> None:
    orders = [
        order("1", 0, "a", ("x", 5)),
        order("2", 1, "b", ("x", 5)),
        order("3", 2, "a", ("x", 4)),
        order("C", 3, "a", ("x", -6)),
        order("D", 4, None, ("x", -5)),
        order("E", 5, "a", ("never bought", -1)),
    ]
    found = read_behaviour(orders)
    kept = [(found.users[user], quantity) for user, quantity in zip(found.user, found.quantity, strict=True)]
    assert kept == [("account a", 3), ("account b", 5)]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(-9, 9).filter(bool)), max_size=30))
def test_netting_never_leaves_less_than_nothing_nor_more_than_was_bought(lines: list[tuple[str, str, int]]) -> None:
    orders = [order(str(at), at, buyer, (item, number)) for at, (buyer, item, number) in enumerate(lines)]
    found = read_behaviour(orders)
    assert (found.quantity > 0).all()
    assert found.quantity.sum() <= sum(number for _, _, number in lines if number > 0)
    assert (np.diff(found.at) >= 0).all()


def test_the_next_basket_is_the_first_order_after_the_cut_of_buyers_known_before_it() -> None:
    orders = [
        order("1", 0, "a", ("x", 1)),
        order("2", 9, "a", ("y", 1), ("x", 1)),
        order("3", 9, "new", ("x", 1)),
        order("4", 11, "a", ("z", 1)),
        order("5", 12, None, ("z", 1)),
    ]
    behaviour = read_behaviour(orders)
    found = next_baskets(behaviour, START + 5)
    assert [behaviour.users[user] for user in found.users] == ["account a"]
    assert sorted(behaviour.items[item] for item in found.items[0]) == ["x", "y"]
    assert not len(next_baskets(behaviour, START + 5, START + 8).users)
    assert len(behaviour.before(START + 9)) == 1


def test_a_sample_holds_whole_buyers_and_a_share_of_the_guests() -> None:
    orders = [order(str(at), at / 10, None if at % 5 == 0 else f"b{at % 7}", ("x", 1), ("y", 1)) for at in range(400)]
    behaviour = read_behaviour(orders)
    some = sampled(behaviour, 3, seed=1)
    kept = set(some.user[some.user != GUEST].tolist())
    assert len(kept) == 3
    assert (some.user != GUEST).sum() == np.isin(behaviour.user, list(kept)).sum()
    assert 0 < (some.user == GUEST).sum() < (behaviour.user == GUEST).sum()
    assert sampled(behaviour, 7, seed=1) is behaviour
