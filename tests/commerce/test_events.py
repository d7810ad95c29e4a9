"""Events and searches as durable records, and events from JSON."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.event import Event, SearchRecord, deed_of
from commerce.event_documents import Sender, events_from_json
from commerce.product import Catalog
from commerce.records import Behaviour, Records

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
AGREED = Sender(user="ann", account="acme", analytics=True, personalization=True)
CLICK = {
    "action_name": "click", "event_id": "e1", "timestamp": "2026-05-04T11:00:00+02:00", "client_id": "c1",
    "session_id": "s1", "query_id": "q1", "user_id": "somebody else",
    "event_attributes": {"object": {"object_id": "p1", "object_id_field": "product_id"}, "position": {"ordinal": 3},
                         "recommendation_id": "r1", "quantity": 2, "net": "9.90", "colour": "red"},
}  # fmt: skip


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database)
    store.put_catalog(Catalog("shop", "EUR"))
    yield store
    store.close()


def event(identity: str, **more: object) -> Event:
    return replace(Event(identity, "click", NOON, client="c", personal=True, object_id="p"), **more)  # type: ignore[arg-type]


def search(identity: str, **more: object) -> SearchRecord:
    return replace(SearchRecord(identity, NOON, "lamp", 2, ("p1", "p2")), **more)  # type: ignore[arg-type]


def test_an_event_is_read_and_who_acted_is_the_token_not_the_event() -> None:
    taken, rejected = events_from_json([CLICK], AGREED, NOON)
    assert not rejected
    assert taken == [
        Event("e1", "click", datetime(2026, 5, 4, 9, tzinfo=UTC), "c1", "s1", "ann", "acme", "q1", "r1", "p1", 3,
              Decimal(2), Decimal("9.90"), None, True,
              {"object": {"object_id": "p1", "object_id_field": "product_id"}, "colour": "red"})
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code", "named"),
    [
        ({"action_name": None}, "invalid_event", "action_name"),
        ({"action_name": {}}, "invalid_event", "action_name"),
        ({"timestamp": "yesterday"}, "invalid_event", "timestamp"),
        ({"timestamp": True}, "invalid_event", "timestamp"),
        ({"timestamp": 1e300}, "invalid_event", "timestamp"),
        ({"timestamp": "2026-05-04T12:30:00Z"}, "clock", "ahead"),
        ({"timestamp": "1970-01-01T00:00:00Z"}, "clock", "2000"),
        ({"client_id": "c" * 513}, "invalid_event", "client_id"),
        ({"event_attributes": []}, "invalid_event", "event_attributes"),
        ({"event_attributes": {"position": {"ordinal": -1}}}, "invalid_event", "ordinal"),
        ({"event_attributes": {"quantity": 0}}, "invalid_event", "quantity"),
        ({"event_attributes": {"net": "-1"}}, "invalid_event", "net"),
        ({"event_attributes": {"note": "x" * 9_000}}, "invalid_event", "bytes"),
    ],
)
def test_a_bad_event_is_rejected_by_code_and_loses_none_of_the_others(
    changed: dict[str, object], code: str, named: str
) -> None:
    taken, rejected = events_from_json([CLICK, {**CLICK, **changed}, {**CLICK, "event_id": "e2"}], AGREED, NOON)
    assert [each.id for each in taken] == ["e1", "e2"]
    assert [(each.index, each.code) for each in rejected] == [(1, code)]
    assert named in rejected[0].detail


def test_without_consent_and_from_robots_nothing_is_taken() -> None:
    assert [each.code for each in events_from_json([CLICK], Sender(user="ann"), NOON)[1]] == ["no_consent"]
    robot = replace(AGREED, program="Mozilla/5.0 (compatible; Googlebot/2.1)")
    assert [each.code for each in events_from_json([CLICK], robot, NOON)[1]] == ["bot"]
    by_hand = replace(AGREED, program="python-requests/2.32 (about bottles)")
    assert len(events_from_json([CLICK], by_hand, NOON)[0]) == 1


def test_an_event_without_id_is_the_same_when_it_says_the_same() -> None:
    bare = {name: value for name, value in CLICK.items() if name != "event_id"}
    other = {**bare, "query_id": "q2"}
    first, again, different = events_from_json([bare, bare, other], AGREED, NOON)[0]
    assert first.id == again.id != different.id
    timeless = {**bare, "timestamp": None}
    assert len({each.id for each in events_from_json([timeless, timeless], AGREED, NOON)[0]}) == 2


def test_files_of_the_shop_say_themselves_who_acted_and_what_was_agreed_to() -> None:
    lines = [CLICK, {**CLICK, "personalization": False}]
    taken, _ = events_from_json(lines, Sender(trusted=True), NOON)
    assert [(each.user, each.personal) for each in taken] == [("somebody else", True), ("somebody else", False)]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_ANY_EVENT = st.fixed_dictionaries({}, optional={**dict.fromkeys([*CLICK, "message"], _JSON), "action_name": st.text()})


@given(values=st.lists(_JSON | _ANY_EVENT, max_size=5))
def test_every_given_thing_is_either_taken_or_rejected(values: list[object]) -> None:
    taken, rejected = events_from_json(values, AGREED, NOON)
    assert len(taken) + len(rejected) == len(values)
    assert len({each.index for each in rejected}) == len(rejected)
    for each in taken:
        assert each.action
        assert each.id
        assert each.user == "ann"
        orjson.dumps(each.attributes)


def test_what_a_storefront_calls_it_has_a_meaning() -> None:
    assert [deed_of(each) for each in ("Click", "add_to_cart", "purchase", "impression", "scroll")] == [
        "viewed", "added", "bought", "seen", "other",
    ]  # fmt: skip


def test_events_are_kept_whole_and_the_same_id_again_changes_nothing(records: Records) -> None:
    taken, _ = events_from_json([CLICK, {"action_name": "view"}], AGREED, NOON)
    assert records.append_events("shop", taken) == 2
    assert records.append_events("shop", [replace(taken[0], action="view"), event("new")]) == 1
    assert list(records.events("shop")) == [*taken, event("new")]
    assert records.append_events("other", [event("new")]) == 1
    assert [each.id for each in records.events("other")] == ["new"]


def test_events_are_followed_by_their_numbers(records: Records) -> None:
    records.append_events("shop", [event(str(at)) for at in range(5)])
    records.append_events("other", [event("x")])
    first = records.events_since("shop", 0, limit=3)
    rest = records.events_since("shop", first[-1][1].seq)
    assert [stored.event.id for _, stored in [*first, *rest]] == ["0", "1", "2", "3", "4"]
    assert [catalog for catalog, _ in records.events_since(None, rest[-1][1].seq)] == ["other"]
    assert records.last_event() == records.last_event("other") > records.last_event("shop") > 0


def test_searches_are_kept_whole(records: Records) -> None:
    whole = search(
        "q1", page=2, locale="de", sort="newest", filters=("price",), facets=("brand",), corrected="lamp",
        personalized=True, client="c", session="s", user="u", account="a",
    )  # fmt: skip
    records.append_searches("shop", [whole, search("q2")])
    records.append_searches("shop", [search("q2", text="other")])
    assert list(records.searches("shop")) == [whole, search("q2")]


def test_what_happened_in_a_time_is_found(records: Records) -> None:
    records.append_events("shop", [event(str(at), at=NOON + timedelta(hours=at)) for at in range(4)])
    within = {"since": NOON + timedelta(hours=1), "until": NOON + timedelta(hours=3)}
    assert [each.id for each in records.events("shop", **within)] == ["1", "2"]
    records.append_searches("shop", [search("q", at=NOON), search("r", at=NOON + timedelta(hours=2))])
    assert [each.query_id for each in records.searches("shop", **within)] == ["r"]


def test_events_are_found_by_user_account_and_client(records: Records) -> None:
    records.append_events(
        "shop",
        [
            event("anonymous", client="c"),
            event("ann", client="c", user="ann", account="acme"),
            event("bob", client="c", user="bob"),
            event("colleague", client="d", user="eve", account="acme"),
        ],
    )
    records.append_events("other", [event("elsewhere", client="c", user="ann")])

    def of(**whose: str) -> list[str]:
        return [each.event.id for each in records.events_of("shop", **whose)]

    assert of(user="ann") == ["ann"]
    assert of(account="acme") == ["ann", "colleague"]
    assert of(client="c") == ["anonymous", "ann", "bob"]
    assert of(user="\0") == of(client="\ud800") == []
    assert records.clients_of("shop", "ann") == ["c"]


def test_only_the_latest_events_of_somebody_are_read(records: Records) -> None:
    records.append_events("shop", [event(str(at), user="ann") for at in range(6)])
    assert [each.event.id for each in records.events_of("shop", user="ann", limit=2)] == ["4", "5"]


def test_what_was_received_long_ago_is_forgotten(records: Records) -> None:
    records.append_events("shop", [event("old", at=NOON - timedelta(days=900))])
    records.append_searches("shop", [search("q", at=NOON)])
    # Kept by when it came in, not by when it happened: a history that is loaded today is kept.
    assert records.forget_behaviour(NOON) == 0
    assert records.forget_behaviour(datetime.now(UTC) + timedelta(seconds=1)) == 2
    assert not list(records.events("shop"))
    assert not list(records.searches("shop"))


def test_events_and_searches_of_several_catalogues_are_one_commit(records: Records) -> None:
    whole = Behaviour(events=[event("1")], searches=[search("q")])
    assert records.append_behaviour({"shop": [whole, Behaviour(events=[event("1"), event("2")])], "b": [whole]}) == 3
