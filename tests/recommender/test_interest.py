"""What known buyers looked at, as the blend learns it."""

from datetime import timedelta

from commerce.event import Event
from recommender.behaviour import day_of, read_behaviour
from recommender.interest import read_interest
from recommender.splits import next_baskets
from tests.recommender.conftest import BEGIN, order


def looked(number: int, user: str, product: str, day: float, session: str = "s", *, personal: bool = True) -> Event:
    at = BEGIN + timedelta(days=day)
    return Event(
        str(number), "view", at, user=user, account=user, session=session, object_id=product, personal=personal
    )


def test_the_next_visit_of_a_known_buyer_who_agreed_is_what_is_learned() -> None:
    behaviour = read_behaviour([order("1", 0, "a", ("x", 1), ("y", 1)), order("2", 0, "b", ("x", 1))])
    events = [
        looked(1, "a", "y", 6, "later"),
        looked(2, "a", "x", 5),
        looked(3, "a", "y", 5.1),
        looked(4, "a", "no product", 5.1),
        looked(5, "b", "x", 5, personal=False),
        looked(6, "stranger", "x", 5),
        looked(7, "a", "x", 1, "before"),
    ]
    interest = read_interest(events, behaviour)
    assert (interest.users, interest.items, len(interest)) == (behaviour.users, behaviour.items, 4)
    found = next_baskets(behaviour, day_of(BEGIN) + 3, interest=interest)
    assert [behaviour.users[user] for user in found.users] == ["account a"]
    assert [behaviour.items[item] for item in found.items[0]] == ["x", "y"]


def test_without_events_there_is_no_interest() -> None:
    behaviour = read_behaviour([order("1", 0, "a", ("x", 1))])
    interest = read_interest([], behaviour)
    assert len(interest) == 0
    assert not len(next_baskets(behaviour, day_of(BEGIN) + 3, interest=interest).users)
