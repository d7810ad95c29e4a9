"""The erasure of a person: complete, proven, and not undone by what comes in later."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from commerce.erasure import Person
from commerce.event import Event, SearchRecord
from commerce.order import Order, OrderLine
from commerce.product import Catalog
from commerce.records import Records

BEFORE = datetime(2026, 5, 4, 12, tzinfo=UTC)
ANN = Person("user", "ann")


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database)
    store.put_catalog(Catalog("shop", "EUR"))
    yield store
    store.close()


def event(identity: str, user: str | None = None, client: str | None = "c", account: str | None = None) -> Event:
    return Event(identity, "view", BEFORE, client=client, session="s", user=user, account=account, object_id="p")


def search(identity: str, user: str | None = None, client: str | None = "c") -> SearchRecord:
    return SearchRecord(identity, BEFORE, "lamp", 1, ("p",), client=client, session="s", user=user)


def order(identity: str, user: str | None, account: str | None, at: datetime = BEFORE) -> Order:
    return Order(identity, at, (OrderLine("p", Decimal(1), Decimal(2), "EUR"),), account, user)


def test_everything_of_a_user_goes_and_everything_of_others_stays(records: Records) -> None:
    records.append_events(
        "shop", [event("1"), event("2", "ann"), event("3", "ann", "d"), event("4", "bob", "d"), event("5", None, "d"),
                 event("6", None, "e")]
    )  # fmt: skip
    records.append_searches("shop", [search("1"), search("2", "ann"), search("3", "bob", "d"), search("4", None, "d")])
    records.append_events("other", [event("1", "ann")])
    records.put_orders("shop", [order("1", "ann", "acme"), order("2", "bob", "acme"), order("3", "ann", "ann"),
                                order("4", None, "ann")])  # fmt: skip
    done = records.erase("shop", ANN)
    # The client that Ann alone was signed on in is hers; the one that Bob uses too is not.
    assert (done.events, done.searches, done.searches_unnamed, done.orders_unnamed) == (3, 1, 1, 3)
    assert done.is_complete
    assert done.remaining == {"events": 0, "searches": 0, "orders": 0}
    assert [each.id for each in records.events("shop")] == ["4", "5", "6"]
    assert [(each.query_id, each.client) for each in records.searches("shop")] == [("1", None), ("3", "d"), ("4", "d")]
    assert [(each.id, each.user, each.account) for each in records.orders("shop")] == [
        ("1", None, "acme"), ("2", "bob", "acme"), ("3", None, None), ("4", None, None),
    ]  # fmt: skip
    assert len(list(records.events("other"))) == 1


def test_the_proof_names_nobody_and_is_kept(records: Records) -> None:
    records.append_events("shop", [event("1", "ann")])
    done = records.erase("shop", ANN)
    assert records.erasures("shop") == [done]
    assert records.erasures("shop", after=done.id) == records.erasures("other") == []
    assert records.last_erasure() == done.id
    assert "ann" not in done.subject
    assert done.subject == ANN.digest != Person("client", "ann").digest


def test_what_comes_in_again_of_before_is_kept_without_the_name(records: Records) -> None:
    records.append_events("shop", [event("1", "ann")])
    records.put_orders("shop", [order("1", "ann", "acme"), order("2", "ann", "ann")])
    done = records.erase("shop", ANN)
    after = done.at + timedelta(seconds=1)
    assert records.append_events("shop", [event("1", "ann"), replace(event("2", "ann"), at=after)]) == 1
    records.append_searches("shop", [search("1", "ann"), replace(search("2", "ann"), at=after)])
    records.put_orders("shop", [order("1", "ann", "acme"), order("2", "ann", "ann"), order("3", None, "ann"),
                                order("4", "ann", "acme", at=after)])  # fmt: skip
    assert [each.id for each in records.events("shop")] == ["2"]
    assert [each.query_id for each in records.searches("shop")] == ["2"]
    assert [(each.id, each.user, each.account) for each in records.orders("shop")] == [
        ("1", None, "acme"), ("2", None, None), ("3", None, None), ("4", "ann", "acme"),
    ]  # fmt: skip


def test_a_client_and_an_account_without_users_are_erased_too(records: Records) -> None:
    records.append_events(
        "shop", [event("1"), event("2", "ann"), event("3", None, "d", "acme"), event("4", "ann", "d", "acme")]
    )
    records.append_searches("shop", [search("1"), search("2", "ann")])
    records.put_orders("shop", [order("1", None, "acme"), order("2", "ann", "acme")])
    assert records.erase("shop", Person("client", "c")).events == 1
    assert records.erase("shop", Person("account", "acme")).events == 1
    assert [each.id for each in records.events("shop")] == ["2", "4"]
    assert [each.query_id for each in records.searches("shop")] == ["2"]
    assert [(each.user, each.account) for each in records.orders("shop")] == [(None, None), ("ann", "acme")]
    nobody = records.erase("shop", Person("user", "\0"))
    assert (nobody.events, nobody.orders_unnamed) == (0, 0)
