"""What a buyer pays for a quantity of a product, and for one piece of a pack."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import orjson

from commerce.pricing import minor_digits
from engines.results import StoredProduct

_PACK = re.compile(r"(?:quantity|pieces|units|items)_per_pack(?:age)?|pack_(?:quantity|size)|packungsinhalt")
_FINER = 2


@dataclass(frozen=True, slots=True)
class Offered:
    """The buyer's price of one unit at a quantity, and of all of them; None is on request, or no price at all."""

    quantity: int
    unit_price: Decimal | None
    total: Decimal | None


def offered(stored: StoredProduct, quantity: int) -> Offered:
    """Return what a quantity costs: the tier of the largest minimum that is not above it, else the price for one."""
    net = stored.net
    for minimum, tier in sorted(_tiers(stored), key=lambda each: each[0]):
        if minimum <= quantity:
            net = tier
    return Offered(quantity, net, None if net is None else net * quantity)


def pack_attribute(names: Iterable[str]) -> str | None:
    """Return the attribute that says how many pieces one unit holds; None if there is none."""
    return next((name for name in names if _PACK.fullmatch(name)), None)


def price_per_piece(unit_price: Decimal | None, pieces: float | None, currency: str) -> Decimal | None:
    """Return the price of one piece, in two more digits than the currency has; None where either is not known."""
    if unit_price is None or pieces is None or pieces < 1:
        return None
    return (unit_price / Decimal(str(pieces))).quantize(Decimal(1).scaleb(-minor_digits(currency) - _FINER))


def _tiers(stored: StoredProduct) -> Sequence[tuple[int, Decimal | None]]:
    """Return (quantity, net) pairs of the offer that ``net`` is of."""
    if stored.tiers is not None:
        return stored.tiers
    if b'"tiers":' not in stored.more:
        return ()
    cheapest = next((unit.id for unit in stored.units if unit.net == stored.net), stored.id)
    kept: Mapping[str, Sequence[Mapping[str, object]]] = orjson.loads(stored.more)["tiers"]
    return [(int(str(each["min_quantity"])), Decimal(str(each["net"]))) for each in kept.get(cheapest, ())]
