"""Clicks to ratings, on buyers whose taste and patience are known by construction."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from commerce.event import Event, SearchRecord
from ranking.click_judgments import BEST, click_judgments
from ranking.click_model import LOWEST, click_model

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LOOKED_AT = np.array([1.0, 0.7, 0.45, 0.3, 0.2, 0.12, 0.08, 0.05])
TASTE = np.array([0.1, 0.15, 0.1, 0.2, 0.1, 0.3, 0.5, 0.6])
"""How attractive the products are that are mostly shown in this order: the best stand last."""


def visits(count: int, seed: int = 2) -> tuple[list[SearchRecord], list[Event]]:
    """Return searches for one query, in three of four the usual order and in the fourth any, with the clicks."""
    random = np.random.default_rng(seed)
    searches, events = [], []
    for number in range(count):
        order = np.arange(8) if number % 4 else random.permutation(8)
        at = NOON + timedelta(minutes=number)
        searches.append(
            SearchRecord(f"s{number}", at, "Desk  Lamp", 8, tuple(f"p{each}" for each in order), client=f"c{number}")
        )
        clicked = random.random(8) < LOOKED_AT * TASTE[order]
        events += [
            Event(f"e{number}-{place}", "click", at, f"c{number}", query_id=f"s{number}", object_id=f"p{order[place]}")
            for place in np.flatnonzero(clicked).tolist()
        ]
    return searches, events


def test_how_far_buyers_look_is_told_from_how_good_products_are() -> None:
    random = np.random.default_rng(4)
    pairs, places, shown, clicked = [], [], [], []
    taste = random.uniform(0.05, 0.8, 60)
    for pair in range(60):
        for place in random.choice(8, 4, replace=False).tolist():
            pairs.append(pair)
            places.append(place)
            shown.append(400.0)
            clicked.append(float(random.binomial(400, LOOKED_AT[place] * taste[pair])))
    model = click_model(np.array(pairs), np.array(places), np.array(shown), np.array(clicked))
    assert model.places.shape == (LOWEST,)
    np.testing.assert_allclose(model.places[:8], LOOKED_AT, atol=0.06)
    assert np.corrcoef(model.attractive, taste)[0, 1] > 0.97


def test_the_best_product_has_the_best_rating_though_it_stood_last() -> None:
    searches, events = visits(3_000)
    counted = np.bincount([int(str(event.object_id)[1:]) for event in events], minlength=8)
    assert counted.argmax() != 7
    ratings = click_judgments(searches, events)["desk lamp"]
    assert sorted(ratings, key=lambda product: -ratings[product])[:3] == ["p7", "p6", "p5"]
    assert ratings["p7"] == BEST


def test_a_purchase_counts_more_than_a_click_and_needs_no_word_of_its_search() -> None:
    searches = [SearchRecord(f"s{at}", NOON, "lamp", 2, ("a", "b"), client=f"c{at}") for at in range(10)]
    events = []
    for at in range(10):
        wanted = "ab"[at % 2]
        events.append(
            Event(f"e{at}", "click", NOON + timedelta(minutes=1), f"c{at}", query_id=f"s{at}", object_id=wanted)
        )
        if wanted == "b":
            events.append(Event(f"b{at}", "purchase", NOON + timedelta(minutes=9), f"c{at}", object_id=wanted))
    ratings = click_judgments(searches, events)["lamp"]
    assert ratings["b"] == BEST > 2 * ratings["a"] > 0


@pytest.mark.parametrize(
    "search",
    [
        SearchRecord("s", NOON, "lamp", 2, ("a", "b"), page=2),
        SearchRecord("s", NOON, "lamp", 2, ("a", "b"), sort="price:asc"),
        SearchRecord("s", NOON, "lamp", 2, ("a", "b"), filters=("price",)),
        SearchRecord("s", NOON, " ", 2, ("a", "b")),
    ],
)
def test_answers_that_relevance_did_not_order_teach_nothing(search: SearchRecord) -> None:
    searches = [SearchRecord(f"s{at}", search.at, search.text, 2, search.hits, search.page, sort=search.sort,
                             filters=search.filters) for at in range(9)]  # fmt: skip
    events = [Event(f"e{at}", "click", NOON, f"c{at}", query_id=f"s{at}", object_id="a") for at in range(9)]
    assert click_judgments(searches, events) == {}


def test_what_was_hardly_looked_at_has_no_rating_and_seldom_queries_have_none() -> None:
    many = tuple(f"p{at}" for at in range(60))
    searches = [SearchRecord(f"s{at}", NOON, "lamp", 60, many) for at in range(5)]
    events = [Event(f"e{at}", "click", NOON, f"c{at}", query_id=f"s{at}", object_id="p0") for at in range(3)]
    ratings = click_judgments(searches, events)["lamp"]
    assert ratings["p0"] == BEST
    assert ratings["p1"] == 0.0
    assert "p59" not in ratings
    assert click_judgments(searches[:4], events) == {}
    assert click_judgments([], []) == {}
