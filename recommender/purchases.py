"""What each buyer bought so far, at hand: from the trained version's file, from the records for who ordered since."""

from collections import OrderedDict
from threading import Lock

from commerce.erasure import Person, PersonKind
from commerce.records import Records
from recommender.history import EMPTY, History
from recommender.serving import Recommender

_MOST_KEPT = 10_000


class Purchases:
    """One catalogue's histories for any number of threads.

    Every look asks the records for the number of their last write of orders, so that an order counts as soon as it is
    accepted. Only who ordered since the training, was erased, or is no account is read from the records, once until the
    next order.
    """

    def __init__(self, records: Records, catalog: str) -> None:
        self._records = records
        self._catalog = catalog
        self._lock = Lock()
        self._recommender: Recommender | None = None
        self._seen = 0
        self._changed: set[str | None] = set()
        self._last_erasure = -1
        self._erased: set[str] = set()
        self._read: OrderedDict[tuple[str | None, str | None], History] = OrderedDict()

    def of(self, recommender: Recommender, *, account: str | None = None, user: str | None = None) -> History:
        """Return what an account bought, or what a user did."""
        with self._lock:
            self._follow(recommender)
            if account is not None and recommender.histories is not None and not self._is_stale(account):
                return recommender.histories.of_account(account)
            key = (account, user)
            if (known := self._read.get(key)) is not None:
                self._read.move_to_end(key)
                return known
            seen = self._seen
        if account is None and user is None:
            return EMPTY
        history = recommender.history(self._records.orders(self._catalog, account=account, user=user))
        with self._lock:
            # What was written while this read may or may not be in it: then the next look reads again.
            if recommender is self._recommender and seen == self._seen:
                self._read[key] = history
                while len(self._read) > _MOST_KEPT:
                    self._read.popitem(last=False)
        return history

    def _is_stale(self, account: str) -> bool:
        """Say whether the trained version's file is behind the records: of who ordered since or was erased."""
        if account in self._changed:
            return True
        kinds: tuple[PersonKind, ...] = ("account", "user")
        return bool(self._erased) and any(Person(kind, account).digest in self._erased for kind in kinds)

    def _follow(self, recommender: Recommender) -> None:
        if recommender is not self._recommender:
            self._recommender = recommender
            self._seen = recommender.written
            self._changed.clear()
            self._read.clear()
        last_write, last_erasure = self._records.order_marks(self._catalog)
        if last_erasure != self._last_erasure:
            self._last_erasure = last_erasure
            self._erased = {each.subject for each in self._records.erasures(self._catalog)}
            self._read.clear()
        if last_write == self._seen:
            return
        self._seen, buyers = self._records.buyers_since(self._catalog, self._seen)
        self._changed.update(account for account, _ in buyers)
        for account, user in buyers:
            self._read.pop((account, None), None)
            self._read.pop((None, user), None)
