"""Whose hits are taken in an interleaving: credited to the right ranking, and nothing found where nothing is."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from commerce.event import Event, SearchRecord
from commerce.experiments import Arm, Experiment, Metric
from evaluation.experiments.preferences import preferences
from evaluation.experiments.sequential import Sample, interval

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def experiment(metric: Metric = "clicked") -> Experiment:
    return Experiment("x", (Arm("a"), Arm("b")), "interleaving", metric=metric)


def search(
    query: str, client: str | None, teams: tuple[str | None, ...] = ("a", "b", None), of: str = "x"
) -> SearchRecord:
    return SearchRecord(query, NOW, "q", 3, ("p1", "p2", "p3"), client=client, experiment=of, teams=teams)


def deed(query: str | None, client: str | None, product: str, action: str = "click", after: int = 1) -> Event:
    name = f"{query}{client}{product}{action}{after}"
    moment = NOW + timedelta(minutes=after)
    return Event(name, action, moment, client=client, query_id=query, object_id=product)


@pytest.mark.parametrize(
    ("events", "wins", "ties"),
    [
        ([deed("q", "c", "p1")], (1, 0), 0),
        ([deed("q", "c", "p2")], (0, 1), 0),
        ([deed("q", "c", "p2"), deed("q", "c", "p2", after=2)], (0, 1), 0),
        ([deed("q", "c", "p1"), deed("q", "c", "p2")], (0, 0), 1),
        ([deed("q", "c", "p3")], (0, 0), 0),
        ([deed("q", "somebody else", "p1")], (0, 0), 0),
        ([deed("q", None, "p1")], (0, 0), 0),
        ([deed("another", "c", "p1")], (0, 0), 0),
        ([deed("q", "c", "p1", "impression")], (0, 0), 0),
        ([], (0, 0), 0),
    ],
)
def test_a_search_is_won_by_the_ranking_of_what_was_clicked(
    events: list[Event], wins: tuple[int, int], ties: int
) -> None:
    found = preferences(experiment(), [search("q", "c"), search("o", "c", of="other"), search("n", None)], events)
    assert (found.wins, found.ties) == (wins, ties)


def test_a_purchase_counts_for_the_search_that_its_product_was_last_clicked_in() -> None:
    searches = [search("q1", "c"), search("q2", "c", ("b", "a", None))]
    events = [
        deed("q1", "c", "p1"),
        deed("q2", "c", "p1", after=2),
        deed(None, "c", "p1", "purchase", after=3),
        deed(None, "c", "p2", "purchase", after=3),
    ]
    found = preferences(experiment("bought"), searches, events)
    assert found.wins == (0, 1)


def test_a_buyer_counts_once_however_often_they_search() -> None:
    searches = [search(f"q{at}", "often") for at in range(9)] + [search("r", "once")]
    events = [deed(f"q{at}", "often", "p2") for at in range(9)] + [deed("r", "once", "p1")]
    found = preferences(experiment(), searches, events)
    assert (found.buyers, found.balance.total, found.wins) == (2, 0.0, (1, 9))


def test_looking_after_every_batch_finds_nothing_where_nothing_is() -> None:
    rng = np.random.default_rng(5)
    drawn = rng.choice([-1.0, 0.0, 1.0], p=[0.3, 0.4, 0.3], size=(300, 100, 40))
    sums, squares = drawn.sum(2).cumsum(1), (drawn**2).sum(2).cumsum(1)
    wrong = 0
    for total, square in zip(sums.tolist(), squares.tolist(), strict=True):
        looks = (Sample(40 * (at + 1), *each) for at, each in enumerate(zip(total, square, strict=True)))
        wrong += any(interval(each, tau=0.05, alpha=0.05).verdict != "undecided" for each in looks)
    assert wrong / 300 <= 0.05


def test_a_preference_is_found_and_its_interval_holds_it() -> None:
    rng = np.random.default_rng(6)
    drawn = rng.choice([-1.0, 0.0, 1.0], p=[0.25, 0.4, 0.35], size=4_000)
    found = interval(Sample(len(drawn), float(drawn.sum()), float((drawn**2).sum())), tau=0.05, alpha=0.05)
    assert found.verdict == "better"
    assert found.lower <= 0.1 <= found.upper
