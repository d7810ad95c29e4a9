"""Products as units show them, written once for as long as the engine hands out the same one."""

from collections import OrderedDict
from threading import Lock

import orjson

from api.product_page import Json, product_line
from api.shop import Shelf
from commerce.buyer import Buyer
from engines.results import StoredProduct

_MOST_KEPT = 4_096
"""Some kilobytes each at most: the documents are the engine's own."""
_Key = tuple[int, str, str | None, str | None]


class ProductLines:
    """The written lines of the products shown last; safe for any number of threads.

    An engine that keeps products hands out the very same object until its document, its offer or the buyer's terms
    change, so a line goes by that object, which stays referred to here. With one that makes products anew for each
    request nothing is found again, and nothing is lost but the look.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, tuple[StoredProduct, Json]] = OrderedDict()
        self._lock = Lock()

    def of(self, stored: StoredProduct, shelf: Shelf, buyer: Buyer, asked: str | None) -> Json:
        """Return one product with its offer, in the locale ``asked`` for or the buyer's, to be put into JSON."""
        key = (id(stored), shelf.catalog.id, asked, buyer.locale)
        with self._lock:
            known = self._kept.get(key)
            # Numbers of objects are used again once an object is gone; one that is kept here is not.
            if known is not None and known[0] is stored:
                return known[1]
        line = product_line(shelf.localised(stored, asked, buyer), shelf, shelf.locale(asked, buyer))
        written: Json = {name: orjson.Fragment(orjson.dumps(part)) for name, part in line.items()}
        with self._lock:
            self._kept[key] = (stored, written)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return written
