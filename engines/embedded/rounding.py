"""What rules and promotions make of prices, exactly, over whole arrays of millionths."""

import numpy as np

from commerce.pricing import PriceRule, minor_digits
from commerce.promotions import Promotion
from engines.embedded.offers import Nets
from engines.embedded.part import PRICE_SCALE

_SCALE_DIGITS = 6


def applied(rule: PriceRule, base: Nets, currency: str) -> Nets:
    """Return what a rule makes of prices in millionths: base x (1 + percent / 100) + amount, at least 0, rounded to the
    minor unit, half up."""
    if not len(base):
        return base
    percent = rule.percent.normalize()
    digits = max(-int(percent.as_tuple().exponent), 0)
    # Exactly, in units of a millionth / (100 x 10^digits).
    parts = 100 * 10**digits
    factor = parts + int(percent.scaleb(digits))
    amount = int((rule.amount * PRICE_SCALE).to_integral_value()) * parts
    unit = 10 ** (_SCALE_DIGITS - minor_digits(currency)) * parts
    largest = 2 * (int(base.max()) * abs(factor) + abs(amount)) + unit
    exact = base if largest < 2**62 else base.astype(object)
    made = np.maximum(exact * factor + amount, 0)
    whole = (2 * made + unit) // (2 * unit)
    return np.asarray(whole * (unit // parts), dtype=np.int64)


def lowered(promotion: Promotion, nets: Nets, currency: str) -> Nets:
    """Return what a promotion makes of prices in millionths, as ``Promotion.lowered`` does."""
    if promotion.net is None:
        made = applied(promotion.reduction, nets, currency)
    else:
        made = np.full_like(nets, int(promotion.net * PRICE_SCALE))
    return np.minimum(np.maximum(made, int(promotion.floor * PRICE_SCALE)), nets)
