"""What is known of the buyers who ask: made from the records when first needed, and anew when something happened."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event as Signal
from threading import Lock, Thread
from time import monotonic

import structlog

from commerce import stitching
from commerce.buyer import ANONYMOUS, Buyer
from commerce.event import Event as ShopEvent
from commerce.event import StoredEvent
from commerce.order import Order
from commerce.profile import KEYS, NOBODY, Facts, Interaction, Profile, is_key, profile_of
from commerce.reading import clean_text
from commerce.records import Records
from engines.port import SearchIndex
from ranking.personal import Personal, fact_reader

_EVERY = 0.25
_MOST_KNOWN = 10_000
_FRESH = 60.0
"""Seconds after which a profile is made anew though nothing is known to have happened: what is long ago fades."""
_ROUNDS_REMEMBERED = 400
_MOST_CLIENTS = 10
_MOST_ORDERS = 200
_AT_ONCE = 100
_MOST_KEYS = 4
_NOBODY = Personal(NOBODY)
_log = structlog.get_logger()
Mark = tuple[str, str, str]
"""What a profile depends on: a catalogue, a kind of name, and a name."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose profile: a user's, an account's, or that of a client that nobody signed on in."""

    catalog: str
    user: str | None
    account: str | None
    client: str | None


@dataclass(frozen=True, slots=True)
class _Known:
    personal: Personal
    marks: frozenset[Mark]
    made_at: float


class ProfileBook:
    """The profiles of one process, between ``start`` and ``stop``; at most 10,000 are remembered.

    A thread follows the events and orders of all processes four times a second and drops the profiles that something
    happened to, so that what somebody did shapes their next answer within a second, whoever answers.
    """

    def __init__(self, records: Records, strength: int) -> None:
        self._records = records
        self._strength = strength
        self._known: OrderedDict[Asking, _Known] = OrderedDict()
        self._lock = Lock()
        self._seq = self._erasure = -1
        # The last write of orders seen, by catalogue: of those only that somebody asked in.
        self._writes: dict[str, int] = {}
        # What happened lately: a profile that was being made meanwhile may have missed it.
        self._lately: deque[tuple[int, frozenset[Mark]]] = deque(maxlen=_ROUNDS_REMEMBERED)
        self._round = 0
        self._stopped = Signal()
        self._thread = Thread(target=self._run, name="profiles", daemon=True)

    def start(self) -> None:
        """Begin to follow what happens."""
        self._seq, self._erasure = self._records.last_event(), self._records.last_erasure()
        self._thread.start()

    def stop(self) -> None:
        """Stop following."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def of(self, catalog: str, index: SearchIndex, buyer: Buyer, client: str | None = None) -> Profile:
        """Return what is known of a buyer; nothing without consent to personalization in the token.

        A signed-on buyer's is their own and their account's, whatever the client; a visitor's is the client's while
        nobody was signed on in it.
        """
        return self.personal(catalog, index, buyer, client).profile

    def personal(self, catalog: str, index: SearchIndex, buyer: Buyer, client: str | None = None) -> Personal:
        """Return what the profile of a buyer adds to an order of products; see ``of``."""
        asking = _asking(catalog, buyer, client)
        if asking is None or not buyer.consent.get("personalization", False):
            return _NOBODY
        now = monotonic()
        with self._lock:
            known = self._known.get(asking)
            begun = self._round
            is_followed = catalog in self._writes
        if not is_followed:
            # Before orders are read: what is written meanwhile is read twice, but never missed.
            write = self._records.last_order_write(catalog)
            with self._lock:
                self._writes.setdefault(catalog, write)
        if known is None or now - known.made_at > _FRESH:
            profile, marks = self._make(asking, index)
            known = _Known(Personal(profile, self._strength), marks, now)
            with self._lock:
                if not self._missed(begun, marks):
                    self._known[asking] = known
                    if len(self._known) > _MOST_KNOWN:
                        self._known.popitem(last=False)
        return known.personal

    def follow(self) -> None:
        """Drop the profiles that something happened to since the last time."""
        erased = self._records.last_erasure()
        news = self._records.touched_since(self._seq)
        writes, ordered = self._orders_since()
        marks = news.names | ordered
        if erased == self._erasure and not marks:
            return
        with self._lock:
            self._seq = max(self._seq, news.seq)
            self._writes.update(writes)
            self._round += 1
            self._lately.append((self._round, marks))
            if erased != self._erasure:
                # Orders and clients of somebody may be in any profile: all are made anew.
                self._erasure = erased
                self._known.clear()
                self._lately.clear()
                return
            for asking in [each for each, known in self._known.items() if not marks.isdisjoint(known.marks)]:
                del self._known[asking]

    def _orders_since(self) -> tuple[dict[str, int], frozenset[Mark]]:
        """Return the last write of orders of each catalogue that is followed and has news, and whom they are about."""
        with self._lock:
            seen = dict(self._writes)
        writes: dict[str, int] = {}
        marks: set[Mark] = set()
        for catalog, write in seen.items():
            if self._records.last_order_write(catalog) == write:
                continue
            writes[catalog], buyers = self._records.buyers_since(catalog, write)
            for account, user in buyers:
                marks |= {(catalog, kind, name) for kind, name in (("account", account), ("user", user)) if name}
        return writes, frozenset(marks)

    def _missed(self, begun: int, marks: frozenset[Mark]) -> bool:
        since = [happened for number, happened in self._lately if number > begun]
        return len(since) < self._round - begun or any(not marks.isdisjoint(each) for each in since)

    def _run(self) -> None:
        is_away = False
        while not self._stopped.wait(_EVERY):
            try:
                self.follow()
                is_away = False
            except Exception as error:
                if not is_away:
                    _log.warning("profiles_not_followed", reason=str(error))
                is_away = True

    def _make(self, asking: Asking, index: SearchIndex) -> tuple[Profile, frozenset[Mark]]:
        marks = {
            (asking.catalog, kind, name)
            for kind, name in (("user", asking.user), ("account", asking.account), ("client", asking.client))
            if name is not None
        }
        found: list[Interaction] = []
        if asking.user is not None:
            clients = self._records.clients_of(asking.catalog, asking.user, _MOST_CLIENTS)
            marks |= {(asking.catalog, "client", client) for client in clients}
            by_client = {client: self._records.events_of(asking.catalog, client=client) for client in clients}
            own = self._records.events_of(asking.catalog, user=asking.user)
            found += _interactions(stitching.of_user(asking.user, own, by_client))
            found += _bought(self._records.latest_orders(asking.catalog, user=asking.user, limit=_MOST_ORDERS))
        elif asking.client is not None:
            events = self._records.events_of(asking.catalog, client=asking.client)
            found += _interactions(stitching.of_nobody(events))
        if asking.account is not None:
            events = self._records.events_of(asking.catalog, account=asking.account)
            others = [each for each in events if asking.user is None or each.event.user != asking.user]
            found += [each._replace(origin="account") for each in _interactions(others)]
            orders = self._records.latest_orders(asking.catalog, account=asking.account, limit=_MOST_ORDERS)
            theirs = [order for order in orders if asking.user is None or order.user != asking.user]
            found += [each._replace(origin="account") for each in _bought(theirs)]
        facts = _facts(index, dict.fromkeys(each.product_id for each in found if each.product_id))
        return profile_of(found, facts, datetime.now(UTC)), frozenset(marks)


def _asking(catalog: str, buyer: Buyer, client: str | None) -> Asking | None:
    if buyer.user is not None or buyer.account is not None:
        return Asking(catalog, buyer.user, buyer.account, None)
    name = clean_text(client) if client else ""
    return Asking(catalog, None, None, name) if name else None


def _interactions(events: Iterable[StoredEvent]) -> list[Interaction]:
    """Return what events that may shape somebody's shop say of products, and what the buyer told to like."""
    return [
        Interaction(each.event.object_id or "", each.event.at, each.event.deed, keys=_told(each.event))
        for each in events
        if each.event.personal and (each.event.object_id is not None or _told(each.event))
    ]


def _told(event: ShopEvent) -> tuple[str, ...]:
    keys = event.attributes.get(KEYS) if event.deed == "answered" else None
    if not isinstance(keys, list):
        return ()
    return tuple(each for each in keys[:_MOST_KEYS] if isinstance(each, str) and is_key(each))


def _bought(orders: Iterable[Order]) -> list[Interaction]:
    return [
        Interaction(line.product_id, order.placed_at, "bought" if line.quantity > 0 else "removed")
        for order in orders
        for line in order.lines
    ]


def _facts(index: SearchIndex, ids: Iterable[str]) -> dict[str, Facts]:
    """Return the facts of the products that there are, whoever sees them: a taste is more than an assortment."""
    wanted: Sequence[str] = list(ids)
    read: Callable[..., Facts] = fact_reader(index.stats().locales[0]).of
    found: dict[str, Facts] = {}
    for begin in range(0, len(wanted), _AT_ONCE):
        chunk = wanted[begin : begin + _AT_ONCE]
        found.update({identity: read(product) for identity, product in index.get(chunk, ANONYMOUS).items()})
    return found
