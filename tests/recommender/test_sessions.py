"""Visits: how they are read, and what they teach."""

from datetime import timedelta

import numpy as np
import pytest

from commerce.event import Event
from recommender.behaviour import read_behaviour
from recommender.readiness import data_report, readiness
from recommender.sessions import NO_SESSIONS, followed_in_visit, read_sessions, visits
from tests.recommender.conftest import BEGIN, order

NUMBERS = {"a": 0, "b": 1, "c": 2}


def event(minute: int, product: str | None, session: str | None = "s", action: str = "view", **more: str) -> Event:
    identity = f"{session} {minute} {product} {action}"
    at = BEGIN + timedelta(minutes=minute)
    return Event(identity, action, at, session=session, object_id=product, **more)  # type: ignore[arg-type]


def test_a_visit_is_in_the_order_of_time_without_repeats_and_what_says_nothing() -> None:
    events = [
        event(3, "c"),
        event(1, "a"),
        event(2, "a"),
        event(4, "b", action="impression"),
        event(5, "unknown"),
        event(6, None),
        event(1, "b", None, client="x"),
        event(2, "a", None, client="x"),
        event(1, "c", "alone"),
    ]
    found = read_sessions(events, NUMBERS)
    assert (found.session.tolist(), found.item.tolist()) == ([0, 0, 1, 1], [0, 2, 1, 0])
    assert visits(found, 3).toarray().tolist() == [[1, 0, 1], [1, 1, 0]]


def test_what_comes_after_weighs_by_its_distance_within_a_visit_alone() -> None:
    found = read_sessions(
        [event(1, "a"), event(2, "b"), event(3, "c"), event(1, "c", "t"), event(2, "a", "t")], NUMBERS
    )
    follows = followed_in_visit(found, 3).toarray()
    raw = np.array([[0, 1, 0.5], [0, 0, 1], [1, 0, 0]])
    scale = np.sqrt(np.outer(raw.sum(axis=1) + 1, raw.sum(axis=0) + 1))
    assert follows == pytest.approx(raw / scale)
    assert not followed_in_visit(NO_SESSIONS, 3).nnz


def test_a_strategy_is_a_fallback_below_what_it_needs_and_ready_with_enough() -> None:
    orders = [order(str(at), at, f"b{at % 9}", ("a", 1), ("b", 1)) for at in range(40)]
    report = data_report(read_behaviour(orders), NO_SESSIONS, described=2, fitting=0)
    assert (report.orders, report.shared_orders, report.buyers, report.repeat_buyers) == (40, 40, 9, 9)
    found = readiness(report)
    assert found["viewed_together"].is_fallback
    assert found["viewed_together"].score == 0
    assert not found["bought_together"].is_fallback
    assert found["bought_together"].score == 0.02
    assert found["accessories"] == found["bought_together"]
    assert found["recently_viewed"].score == 1
