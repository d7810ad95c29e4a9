"""Clicks of an experiment's arms, weighed by how seldom their places are looked at."""

from datetime import UTC, datetime

import numpy as np
import pytest

from commerce.event import Event, SearchRecord
from commerce.experiments import Arm, Experiment
from evaluation.experiments.results import results

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
EXAMINED = (1.0, 0.5, 0.25)


def test_arms_that_show_the_same_in_another_order_attract_alike_once_places_are_taken_out() -> None:
    rng = np.random.default_rng(8)
    experiment = Experiment("x", (Arm("good first"), Arm("good last")))
    liked = {"good": 0.6, "fair": 0.4, "poor": 0.2}
    searches, events = [], []
    for at in range(9_000):
        client = f"c{at}"
        arm = experiment.arm_of(client, None)
        assert arm is not None
        # Half of the buyers see another order than their arm's, as with profiles: only so can places be told apart.
        order = list(liked) if (arm.id == "good first") == (rng.random() < 0.75) else list(reversed(liked))
        searches.append(SearchRecord(str(at), NOON, "lamp", 3, tuple(order), client=client))
        for place, product in enumerate(order):
            if rng.random() < EXAMINED[place] * liked[product]:
                name = f"{at} {place}"
                events.append(Event(name, "click", NOON, client=client, query_id=str(at), object_id=product))
    first, last = results(experiment, searches, events).arms
    clicked = last.samples["clicked"].mean / first.samples["clicked"].mean
    attracted = last.samples["attracted"].mean / first.samples["attracted"].mean
    assert clicked < 0.95
    assert attracted == pytest.approx(1.0, abs=0.04)
    assert last.differences["attracted"].lower < 0 < last.differences["attracted"].upper
    assert last.verdict == "undecided"


def test_nothing_is_said_of_attraction_where_places_cannot_be_told_apart() -> None:
    experiment = Experiment("x", (Arm("a"), Arm("b")))
    assert (
        "attracted"
        not in results(experiment, [SearchRecord("q", NOON, "lamp", 1, ("p",), client="c")], []).arms[0].samples
    )
