"""Events from the contract's JSON (User Behavior Insights 1.3), each accepted or rejected by itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Literal

import orjson

from commerce.event import Event
from commerce.order_documents import read_quantity
from commerce.reading import LONGEST_ID, clean_text, read_price

MOST_EVENTS = 1_000
LONGEST_EVENT_ID = 200
_LONGEST_ACTION = 100
_LONGEST_MESSAGE = 1_000
_LARGEST_ATTRIBUTES = 8_192
_DEEPEST_POSITION = 1_000_000
_AHEAD = timedelta(minutes=10)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_ROBOT = re.compile(r"bot\b|bot/|crawl|spider|slurp|lighthouse|pingdom|uptime", re.IGNORECASE)

Code = Literal["invalid_event", "clock", "bot", "no_consent"]


@dataclass(frozen=True, slots=True)
class Rejected:
    """One event that was not taken: its place in what was given, why by a stable code, and in words."""

    index: int
    code: Code
    detail: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who brings events: the person of the token, what they agreed to, and the program that sent them.

    With ``trusted`` the events themselves say who acted and what was agreed to: files of the shop's own.
    """

    user: str | None = None
    account: str | None = None
    analytics: bool = False
    personalization: bool = False
    program: str = ""
    trusted: bool = False


def events_from_json(values: Sequence[object], sender: Sender, now: datetime) -> tuple[list[Event], list[Rejected]]:
    """Return the events that can be kept, and those that cannot with their reasons.

    An event without an id gets one from what it says, so that the same one again is the same.
    """
    if not (sender.analytics or sender.trusted):
        why = "the token has no consent to analytics: nothing was stored"
        return [], [Rejected(at, "no_consent", why) for at in range(len(values))]
    if _ROBOT.search(sender.program):
        why = "the user agent names itself a robot: nothing was stored"
        return [], [Rejected(at, "bot", why) for at in range(len(values))]
    taken: list[Event] = []
    rejected: list[Rejected] = []
    for at, value in enumerate(values):
        try:
            taken.append(_event(value, sender, now))
        except _Refused as refused:
            rejected.append(Rejected(at, refused.code, str(refused)))
    return taken, rejected


class _Refused(Exception):
    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(detail)
        self.code: Code = code


def _event(value: object, sender: Sender, now: datetime) -> Event:
    if not isinstance(value, Mapping):
        raise _Refused("invalid_event", "an event is an object")
    action = _text(value, "action_name", _LONGEST_ACTION)
    if action is None:
        raise _Refused("invalid_event", "action_name: is needed, such as click")
    attributes = _mapping(value, "event_attributes")
    thing = _mapping(attributes, "object", "event_attributes/")
    place = _mapping(attributes, "position", "event_attributes/")
    rest = {str(name): each for name, each in attributes.items() if name not in _READ and each is not None}
    if len(_packed(rest)) > _LARGEST_ATTRIBUTES:
        raise _Refused("invalid_event", f"event_attributes: at most {_LARGEST_ATTRIBUTES:,} bytes are kept")
    identity = _text(value, "event_id", LONGEST_EVENT_ID)
    stamped = value.get("timestamp") is not None
    user, account, personal = sender.user, sender.account, sender.personalization
    if sender.trusted:
        user, account = _text(value, "user_id"), _text(value, "account")
        personal = value.get("personalization", True) is True
    event = Event(
        id=identity or "",
        action=action,
        at=_moment(value.get("timestamp"), now),
        client=_text(value, "client_id"),
        session=_text(value, "session_id"),
        user=user,
        account=account,
        query_id=_text(value, "query_id", LONGEST_EVENT_ID),
        recommendation_id=_text(attributes, "recommendation_id", LONGEST_EVENT_ID)
        or _text(value, "recommendation_id", LONGEST_EVENT_ID),
        object_id=_text(thing, "object_id"),
        position=_ordinal(place.get("ordinal")),
        quantity=_amount(attributes, "quantity"),
        net=_amount(attributes, "net"),
        message=_text(value, "message", _LONGEST_MESSAGE),
        personal=personal,
        attributes=rest,
    )
    if identity is None:
        return _identified(event, stamped=stamped)
    return event


_READ = frozenset({"position", "recommendation_id", "quantity", "net"})


def _identified(event: Event, *, stamped: bool) -> Event:
    """Return the event with an id made of what it says; without a time of its own no two are the same."""
    said = [
        event.action, event.at.isoformat() if stamped else datetime.now(UTC).isoformat(), event.client, event.session,
        event.user, event.query_id, event.recommendation_id, event.object_id, event.position,
        None if event.quantity is None else str(event.quantity), event.message,
    ]  # fmt: skip
    digest = sha256(_packed(said) + _packed(event.attributes)).hexdigest()[:32]
    fields = {name: getattr(event, name) for name in Event.__slots__}
    return Event(**{**fields, "id": f"auto-{digest}"})


def _text(value: Mapping[object, object], name: str, longest: int = LONGEST_ID) -> str | None:
    given = value.get(name)
    if given is None:
        return None
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str):
        raise _Refused("invalid_event", f"{name}: a text is needed")
    text = clean_text(given)
    if len(text) > longest:
        raise _Refused("invalid_event", f"{name}: has {len(text):,} characters, at most {longest:,} are kept")
    return text or None


def _mapping(value: Mapping[object, object], name: str, within: str = "") -> Mapping[object, object]:
    given = value.get(name)
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise _Refused("invalid_event", f"{within}{name}: an object is needed")
    return given


def _ordinal(given: object) -> int | None:
    if given is None:
        return None
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= _DEEPEST_POSITION:
        raise _Refused("invalid_event", "event_attributes/position/ordinal: a whole number from 1 is needed")
    return given


def _amount(attributes: Mapping[object, object], name: str) -> Decimal | None:
    given = attributes.get(name)
    if given is None:
        return None
    try:
        return read_quantity(given) if name == "quantity" else read_price(given)
    except ValueError as error:
        raise _Refused("invalid_event", f"event_attributes/{name}: {error}") from error


def _moment(given: object, now: datetime) -> datetime:
    if given is None:
        return now
    try:
        if isinstance(given, str):
            moment = datetime.fromisoformat(given)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        elif isinstance(given, int | float) and not isinstance(given, bool):
            moment = datetime.fromtimestamp(given / 1_000, UTC)
        else:
            raise ValueError("not a time")
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        why = "timestamp: a time such as 2026-11-25T12:00:00Z is needed, or milliseconds since 1970"
        raise _Refused("invalid_event", why) from error
    if moment > now + _AHEAD:
        raise _Refused(
            "clock", f"timestamp: lies {(moment - now).total_seconds():,.0f} s ahead of this service's clock"
        )
    if moment < _EARLIEST:
        raise _Refused("clock", "timestamp: lies before 2000, which no storefront's clock says")
    return moment


def _packed(value: object) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError as error:
        raise _Refused("invalid_event", "event_attributes: too deep to be kept") from error
