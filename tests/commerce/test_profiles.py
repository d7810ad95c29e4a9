"""Tastes from what somebody did: decay, affinities, and whose events are whose."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.event import Event, StoredEvent
from commerce.profile import NOBODY, Interaction, Profile, decay, facts_of, profile_of
from commerce.stitching import joined, of_nobody, of_user
from language.analysis import analyzer

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
WORDS = analyzer("en")


def facts(identity: str, brand: str, category: str = "Lamps", price: float | None = 10.0, **attributes: object):  # type: ignore[no-untyped-def]
    product = {
        "id": identity,
        "title": f"{brand} lamp",
        "brand": brand,
        "category": [category],
        "attributes": attributes,
    }
    return facts_of(product, price, WORDS)


FACTS = {
    "hp1": facts("hp1", "HP", colour="red", weight=3, wireless=True),
    "hp2": facts("hp2", "HP", colour="blue", price=20.0),
    "dell": facts("dell", "Dell", "Bulbs"),
}


def viewed(product: str, ago: timedelta = timedelta(0), deed: str = "viewed", origin: str = "own") -> Interaction:
    return Interaction(product, NOW - ago, deed, origin)  # type: ignore[arg-type]


def taste(*interactions: Interaction) -> Profile:
    return profile_of(interactions, FACTS, NOW)


def test_texts_of_a_product_are_what_can_be_liked() -> None:
    assert set(FACTS["hp1"].keys) == {"brand=HP", "category=Lamps", "attributes.colour=red", "word:lamp"}
    assert facts_of({"id": "x", "brand": None, "category": None, "title": 7}, None, WORDS).keys == ()


def test_more_of_the_same_is_a_stronger_taste_and_little_is_known_at_first() -> None:
    once, often = taste(viewed("hp1")), taste(*[viewed("hp1")] * 9)
    assert 0 < once.keys["brand=HP"] < often.keys["brand=HP"] < 1
    assert once.keys["brand=HP"] == pytest.approx(1 / 5)
    mixed = taste(viewed("hp1"), viewed("hp2"), viewed("dell"))
    assert mixed.keys["brand=HP"] == pytest.approx(2 * mixed.keys["brand=Dell"])


def test_buying_says_more_than_looking_and_taking_out_says_the_opposite() -> None:
    bought = taste(viewed("hp1", deed="bought"), viewed("dell"))
    assert bought.keys["brand=HP"] > bought.keys["brand=Dell"]
    assert taste(viewed("hp1", deed="removed")).keys["brand=HP"] < 0
    assert taste(viewed("hp1", deed="seen"), viewed("hp1", deed="other")) == NOBODY


def test_what_colleagues_do_counts_for_less_and_is_not_among_the_recent() -> None:
    profile = taste(viewed("hp1"), viewed("dell", origin="account"))
    assert profile.keys["brand=HP"] > profile.keys["brand=Dell"] > 0
    assert profile.recent == ("hp1",)


def test_recent_products_come_once_the_latest_first() -> None:
    hours = [timedelta(hours=at) for at in range(4)]
    profile = taste(
        viewed("hp1", hours[3]), viewed("dell", hours[2]), viewed("hp1", hours[1]), viewed("gone", hours[0])
    )
    assert profile.recent == ("gone", "hp1", "dell")


def test_prices_near_the_usual_one_match_best() -> None:
    profile = taste(viewed("hp1"), viewed("hp1"))
    at = {price: next(m.affinity for m in profile.match(facts("x", "X", price=price)) if m.kind == "price")
          for price in (10.0, 20.0, 5.0, 80.0)}  # fmt: skip
    assert at[10.0] == pytest.approx(2 * at[20.0]) == pytest.approx(2 * at[5.0])
    assert at[80.0] < at[20.0]


def test_a_product_matches_by_what_the_profile_knows() -> None:
    profile = taste(viewed("hp1"))
    assert {match.value for match in profile.match(FACTS["hp2"])} == {
        "brand=HP",
        "category=Lamps",
        "word:lamp",
        "Lamps",
    }
    assert {match.kind for match in profile.match(FACTS["hp1"])} >= {"product", "attribute"}
    assert NOBODY.match(FACTS["hp1"]) == []


ages = st.floats(0, 1e10)


@given(first=ages, second=ages)
def test_what_is_older_never_weighs_more(first: float, second: float) -> None:
    assert 0 <= decay(max(first, second)) <= decay(min(first, second)) <= 1
    assert decay(0) == decay(-first) == 1


interactions = st.lists(
    st.builds(
        viewed,
        st.sampled_from(["hp1", "hp2", "dell", "unknown"]),
        st.timedeltas(timedelta(0), timedelta(days=900)),
        st.sampled_from(["viewed", "added", "removed", "bought", "seen", "other"]),
        st.sampled_from(["own", "account"]),
    ),
    max_size=12,
)


@given(done=interactions)
def test_affinities_are_bounded_and_their_order_of_arrival_does_not_matter(done: list[Interaction]) -> None:
    profile = taste(*done)
    assert all(-1 < each < 1 for each in (*profile.keys.values(), *profile.products.values()))
    turned = taste(*reversed(done))
    assert turned.keys == pytest.approx(profile.keys)
    assert turned.recent == profile.recent


@given(done=interactions, later=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_taste_fades_when_nothing_happens(done: list[Interaction], later: timedelta) -> None:
    before, after = taste(*done), profile_of(done, FACTS, NOW + later)
    for each, affinity in after.products.items():
        if each in before.products:
            assert abs(affinity) <= abs(before.products[each]) + 0.05 or any(i.deed == "removed" for i in done)


def stored(seq: int, user: str | None = None, session: str | None = "s", at: int | None = None) -> StoredEvent:
    moment = NOW + timedelta(minutes=seq if at is None else at)
    return StoredEvent(seq, Event(str(seq), "view", moment, client="c", session=session, user=user, personal=True))


@pytest.mark.parametrize(
    ("events", "whose"),
    [
        ([stored(1), stored(2), stored(3, "ann")], {1: "ann", 2: "ann"}),
        # Signed off: what follows is nobody's, also when another signs on afterwards.
        ([stored(1), stored(2, "ann"), stored(3), stored(4, "bob")], {1: "ann"}),
        # Another visit of the same device.
        ([stored(1, session="s"), stored(2, "ann", session="t")], {}),
        ([stored(1), stored(2, session="t"), stored(3, "bob", "t"), stored(4, "ann")], {1: "ann", 2: "bob"}),
        # Without sessions a pause ends the visit.
        ([stored(1, session=None, at=0), stored(2, "ann", None, at=29)], {1: "ann"}),
        ([stored(1, session=None, at=0), stored(2, "ann", None, at=31)], {}),
        ([stored(1), stored(2)], {}),
        ([], {}),
    ],
)  # fmt: skip
def test_an_anonymous_visit_joins_the_first_who_signs_on_in_it(
    events: list[StoredEvent], whose: dict[int, str]
) -> None:
    assert joined(events) == whose
    assert [each.seq for each in of_nobody(events)] == [
        each.seq for each in events if each.event.user is None and each.seq not in whose
    ]


people = st.sampled_from([None, None, "ann", "bob", "eve"])


@given(who=st.lists(st.tuples(people, st.sampled_from(["s", "t", None])), max_size=14))
def test_people_on_one_device_never_mix(who: list[tuple[str | None, str | None]]) -> None:
    events = [stored(seq, user, session) for seq, (user, session) in enumerate(who)]
    shares = {
        user: {each.seq for each in of_user(user, [e for e in events if e.event.user == user], {"c": events})}
        for user in ("ann", "bob", "eve")
    }
    shares["nobody"] = {each.seq for each in of_nobody(events)}
    all_of_them = [seq for share in shares.values() for seq in share]
    assert sorted(all_of_them) == [each.seq for each in events]
    for user, share in shares.items():
        for seq in share:
            assert events[seq].event.user in {None, user}
            if user != "nobody" and events[seq].event.user is None:
                session = events[seq].event.session
                earlier = [e.event.user for e in events[:seq] if e.event.session == session]
                assert not any(earlier)
