"""How much each place is looked at is found again where it is known, and said nothing of where nothing can be told."""

from datetime import UTC, datetime

import numpy as np
import pytest

from commerce.event import Event, SearchRecord
from evaluation.positions import Examination, PlaceCounter, attractions, counted

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PLACES = 8
TRUE = np.array([1.0 / (1.0 + at) ** 0.8 for at in range(PLACES)])


def simulated(searches: int, *, moves: bool, seed: int = 3) -> tuple[PlaceCounter, dict[tuple[str, str], float]]:
    """Let buyers look at eight hits of thirty queries by a position-based model with known shares."""
    rng = np.random.default_rng(seed)
    liked = {f"q{at}": rng.uniform(0.05, 0.6, PLACES) for at in range(30)}
    asked, events = [], []
    for number in range(searches):
        text = f"q{number % 30}"
        # The better come first, as in every sensible shop, but not always in the same order.
        noise = rng.normal(0.0, 0.25, PLACES) if moves else np.zeros(PLACES)
        order = np.argsort(-(liked[text] + noise))
        asked.append(SearchRecord(str(number), NOON, text, PLACES, tuple(f"p{each}" for each in order)))
        for place, each in enumerate(order):
            if rng.random() < TRUE[place] * liked[text][each]:
                name = f"{number} {place}"
                events.append(
                    Event(name, "click", NOON, query_id=str(number), object_id=f"p{each}", position=place + 1)
                )
    attraction = {(text, f"p{at}"): float(share) for text, shares in liked.items() for at, share in enumerate(shares)}
    return counted(asked, events), attraction


def test_the_shares_that_clicks_were_made_with_are_found_again() -> None:
    counter, liked = simulated(20_000, moves=True)
    found = counter.examination()
    assert found is not None
    assert np.abs(np.array(found.shares) - TRUE).max() < 0.06
    rows = attractions(counter, found)
    assert rows
    told = np.array([liked[row.text, row.product_id] for row in rows])
    corrected = np.array([row.attraction for row in rows])
    plain = np.array([row.click_rate for row in rows])
    assert np.abs(corrected - told).mean() < 0.4 * np.abs(plain - told).mean()


def test_nothing_is_said_where_nothing_ever_moved_or_little_was_clicked() -> None:
    assert simulated(5_000, moves=False)[0].examination() is None
    assert simulated(60, moves=True)[0].examination() is None
    assert PlaceCounter().examination() is None


def test_only_the_first_click_on_a_hit_that_was_shown_counts() -> None:
    counter = PlaceCounter()
    counter.show(SearchRecord("q", NOON, "Lamp ", 2, ("a", "b")))
    counter.show(SearchRecord("r", NOON, "lamp", 9, ("c",), page=2))
    counter.show(SearchRecord("s", NOON, "lamp", 9, ("d",), sort="price:asc"))

    def click(product: str | None, query: str | None, action: str = "click") -> int | None:
        return counter.click(Event("e", action, NOON, query_id=query, object_id=product))

    assert [click("b", "q"), click("b", "q"), click("z", "q"), click("c", "r"), click("d", "s")] == [2, *[None] * 4]
    assert [click("a", "q", "impression"), click(None, "q"), click("a", None), click("a", "q")] == [None, None, None, 1]


@pytest.mark.parametrize(("position", "weight"), [(1, 1.0), (2, 2.0), (3, 20.0), (9, 20.0), (0, 1.0)])
def test_a_click_counts_by_how_seldom_its_place_is_looked_at_up_to_twenty(position: int, weight: float) -> None:
    assert Examination((1.0, 0.5, 0.001), 500).weight(position) == weight
