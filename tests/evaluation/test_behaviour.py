"""The review of customers' behaviour: from searches, events and orders to figures, proposals and files."""

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from commerce.event import Event, SearchRecord
from commerce.order import Order, OrderLine
from commerce.product import Catalog
from evaluation.behaviour import BehaviourReview, Shopping, review, write_review
from evaluation.behaviour.visits import MOST_DEEDS

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SHOP = Catalog("shop", "EUR")


def search(identity: str, text: str, total: int = 5, session: str | None = "s", minute: int = 0) -> SearchRecord:
    at = NOON + timedelta(minutes=minute)
    return SearchRecord(identity, at, text, total, ("p1", "p2")[:total], client=session and "c", session=session)


def did(
    action: str, query: str | None, product: str = "p1", session: str = "s", minute: int = 1, **more: object
) -> Event:
    at = NOON + timedelta(minutes=minute)
    event = Event(
        f"{session}{action}{query}{product}{minute}", action, at, "c", session, query_id=query, object_id=product
    )
    return replace(event, **more)  # type: ignore[arg-type]


def order(identity: str, buyer: str | None, quantity: int, net: str = "10", days: int = 1) -> Order:
    return Order(
        identity, NOON - timedelta(days=days), (OrderLine("p1", Decimal(quantity), Decimal(net), "EUR"),), buyer
    )


def reviewed(
    searches: Sequence[SearchRecord] = (), events: Sequence[Event] = (), orders: Sequence[Order] = (), **more: object
) -> BehaviourReview:
    return review(
        Shopping(NOON - timedelta(days=28), NOON + timedelta(days=1), searches, events, lambda: orders, **more)
    )  # type: ignore[arg-type]


def test_queries_are_counted_with_what_came_of_them() -> None:
    found = reviewed(
        [search("1", "Red  Lamp"), search("2", "red lamp", minute=2), replace(search("3", "red lamp"), page=2),
         search("4", ""), search("5", "red lamp", session=None)],
        [did("click", "1", position=3), did("click", "1", "p2", position=1), did("add_to_cart", None),
         did("purchase", None, minute=5, quantity=Decimal(2), net=Decimal("4.50")), did("purchase", None, "else")],
    )  # fmt: skip
    (row,) = found.queries.rows
    assert (row.text, row.searches, row.without_result, row.clicks) == ("red lamp", 3, 0, 2)
    assert row.click_rate == 1 / 3
    assert row.mean_position == 2
    assert (row.added, row.bought, row.revenue) == (1, 1, Decimal(9))
    assert found.searches == 5


def test_queries_that_nothing_came_of_get_proposals_from_what_people_did_next() -> None:
    searches: list[SearchRecord] = []
    events: list[Event] = []
    for at in range(3):
        session = f"s{at}"
        searches += [search(f"a{at}", "beamer", 0, session), search(f"b{at}", "projector", 5, session, 1)]
        events.append(did("click", f"b{at}", session=session, minute=2))
        searches.append(search(f"c{at}", "projectorr", 0, f"t{at}"))
        searches.append(search(f"d{at}", "unicorn", 0, f"u{at}"))
        searches.append(search(f"e{at}", "cable", 5, f"v{at}"))
        events.append(did("purchase", None, "p9", f"v{at}", 9))
        searches.append(search(f"f{at}", "thing", 5, f"w{at}"))
    found = {each.text: each for each in reviewed(searches, events).queries.proposals}
    said = {text: (each.problem, each.proposal, each.target, each.evidence) for text, each in found.items()}
    assert said == {
        "beamer": ("no_result", "synonym", "projector", 3),
        "projectorr": ("no_result", "synonym", "projector", 0),
        "unicorn": ("no_result", "missing_product", None, 3),
        "cable": ("no_click", "redirect", "p9", 3),
        "thing": ("no_click", "check_order", None, 3),
    }


def test_visits_are_followed_to_the_purchase_and_robots_left_out() -> None:
    events = [did("click", "1"), did("add_to_cart", None), did("purchase", None), did("click", "2", session="t")]
    robot = [did("click", None, str(at), "robot", at % 50) for at in range(MOST_DEEDS + 1)]
    found = reviewed(
        [search("1", "lamp"), search("2", "lamp", session="t"), search("3", "x", session="u")], events + robot
    )
    assert found.funnel == {
        "visits": 3, "with_search": 3, "with_click": 2, "with_cart": 1, "with_purchase": 1,
    }  # fmt: skip
    assert found.robots == 1


def test_units_are_told_apart_by_strategy() -> None:
    shown = {"recommendation_id": "r1", "attributes": {"strategy": "similar"}}
    found = reviewed(
        (),
        [did("impression", None, **shown), did("impression", None, "p2", **shown),
         did("click", None, minute=2, **shown),
         did("purchase", None, minute=3, quantity=Decimal(3), net=Decimal(2)),
         did("impression", None, "p3", recommendation_id="r2")],
    )  # fmt: skip
    similar, unnamed = found.units
    assert (similar.strategy, similar.units, similar.shown, similar.clicks, similar.clicked) == ("similar", 1, 2, 1, 1)
    assert (similar.bought, similar.revenue) == (1, Decimal(6))
    assert (unnamed.strategy, unnamed.shown, unnamed.clicks) == ("not named", 1, 0)


def test_facets_are_counted_by_search() -> None:
    narrowed = replace(search("1", "lamp"), facets=("brand", "price"))
    assert dict(reviewed([narrowed, replace(narrowed, query_id="2", facets=("brand",))]).queries.facets) == {
        "brand": 2, "price": 1,
    }  # fmt: skip


def test_buyers_fall_into_segments_and_nobody_into_two() -> None:
    orders = [order(f"best{at}", "best", 9, days=at) for at in range(1, 7)]
    orders += [order(f"gone{at}", "gone", 9, days=300 + at) for at in range(6)]
    orders += [order("new", "new", 1, days=2), order("lost", "lost", 1, days=400), order("guest", None, 1)]
    orders += [order(f"mid{at}", "mid", 2, days=60 + at) for at in range(2)] + [order("once", "once", 1, days=70)]
    found = {each.name: each for each in reviewed(orders=orders).segments}
    assert sum(each.buyers for each in found.values()) == 6
    assert found["champions"].orders == 6
    assert found["champions"].revenue == Decimal(540)
    assert found["at_risk"].buyers == found["lost"].buyers == found["new"].buyers == 1
    assert found["lost"].days_since > found["champions"].days_since
    assert reviewed().segments == []


def test_returns_are_by_product_of_the_time() -> None:
    orders = [order("1", "a", 20), order("2", "a", -5, "8"), order("old", "a", -9, days=90)]
    (row,) = reviewed(orders=orders).returns
    assert (row.product_id, row.sold, row.returned, row.rate, row.value) == ("p1", 20, 5, 0.25, Decimal(40))


def test_returns_say_what_ranking_did_and_what_comes_back_too_often() -> None:
    lines = [OrderLine("p1", Decimal(40), Decimal(9)), OrderLine("p1", Decimal(-20), Decimal(9)),
             OrderLine("p2", Decimal(200), Decimal(9)), OrderLine("p2", Decimal(-10), Decimal(9))]  # fmt: skip
    orders = [Order("1", NOON - timedelta(days=1), tuple(lines), "a")]
    shown = [search("1", "lamp"), search("2", "lamp"), replace(search("3", "lamp"), hits=("x", "x2", "p1"))]
    seen = did("impression", None, recommendation_id="r1")
    one, two = reviewed([*shown, replace(search("4", "lamp"), page=2)], [seen], orders).returns
    assert (one.product_id, one.searches, one.mean_place, one.units, one.proposal) == ("p1", 3, 5 / 3, 1, "bury")
    assert (two.product_id, two.searches, two.mean_place, two.units, two.proposal) == ("p2", 2, 2.0, 0, "none")


def test_margin_is_of_purchases_whose_cost_is_known_and_searches_are_a_row() -> None:
    unit: dict[str, Any] = {"recommendation_id": "r1", "attributes": {"strategy": "similar"}}
    events = [
        did("click", "q"),
        did("purchase", None, minute=2, net=Decimal(10), quantity=Decimal(2)),
        did("click", None, "p2", minute=3, **unit),
        did("purchase", None, "p2", minute=4, net=Decimal(5)),
        did("click", None, "p3", minute=5, **unit),
        did("purchase", None, "p3", minute=6, net=Decimal(5)),
    ]
    asked: list[set[str]] = []

    def costs(ids: set[str]) -> dict[str, Decimal]:
        asked.append(ids)
        return {"p1": Decimal(7), "p2": Decimal(6)}

    found = {row.strategy: row for row in reviewed([search("q", "lamp")], events, costs=costs).units}
    assert asked == [{"p1", "p2", "p3"}]
    assert (found["search"].clicks, found["search"].revenue, found["search"].margin) == (1, Decimal(20), Decimal(6))
    assert (found["similar"].bought, found["similar"].costed, found["similar"].margin) == (2, 1, Decimal(-1))


def test_the_review_is_one_page_that_runs_nothing_and_files_for_spreadsheets(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    found = reviewed([search(str(at), evil, 0, f"s{at}") for at in range(3)] + [search("f", "=cmd()")])
    page, *tables = write_review(tmp_path, SHOP, found)
    text = page.read_text()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "default-src 'none'" in text or "default-src &#x27;none&#x27;" in text
    assert not re.search(r"(?:src|href)=\"?https?:", text)
    assert {table.name for table in tables} == {
        f"behaviour-{name}.csv"
        for name in (
            "queries",
            "proposals",
            "facets",
            "funnel",
            "units",
            "segments",
            "returns",
            "positions",
            "attractions",
            "outcomes",
            "drift",
            "models",
        )
    }
    rows = list(csv.DictReader((tmp_path / "behaviour-queries.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert {row["query"] for row in rows} == {evil, "'=cmd()"}
    write_review(tmp_path, SHOP, reviewed())
