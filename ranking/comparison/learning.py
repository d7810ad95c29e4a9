"""Learning from purchases how far attributes decide within a type, and which way buyers take their numbers.

How far an attribute decides: purchases spread over its values otherwise than the products do,

    importance = c * (1 - exp(-max(0, KL(Q || P) - (b - 1) / 2n)))

for P the share of products and Q the share of purchases in each of b values (numbers in up to eight equal parts), c the
share of purchases whose product has the attribute, and n the purchases that count. As all purchases of one product
agree, n is (sum w)^2 / sum w^2 over the products' purchases w (Kish, 1965); (b - 1) / 2n is what chance alone makes of
the divergence (Miller, 1955).

Which way is better: a product that is bought is compared with the ten of its type that are nearest to it in price. If
buyers did not care, it would stand in the middle of them on average, within 1 / sqrt(12 n). A direction is learned
where the mean stands off by four times that, and by a tenth at least. So a direction that only price explains is none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from language.filters.tree import Scalar
from ranking.comparison.learned import Learned, TypeLessons
from ranking.comparison.table import Better

_FEWEST = 20.0
_CARRIERS = 10
_PARTS = 8
_VALUES = 20
_NEAR = 5
_SIGMAS, _OFF = 4.0, 0.1
Numbers = NDArray[np.float64]


class Sold(NamedTuple):
    """One product of a type: its single values by attribute, its price, and how many orders have it."""

    type_name: str
    values: Mapping[str, Scalar]
    net: float | None
    orders: int


def learn(products: Iterable[Sold]) -> Learned:
    """Return what purchases teach, for each type with enough of them."""
    by_type: defaultdict[str, list[Sold]] = defaultdict(list)
    for product in products:
        by_type[product.type_name].append(product)
    found: dict[str, TypeLessons] = {}
    for name, members in sorted(by_type.items()):
        bought = np.array([each.orders for each in members], dtype=float)
        counted = effective(bought)
        if counted >= _FEWEST:
            found[name] = _lessons(members, bought, counted)
    return Learned(found)


def effective(weights: Numbers) -> float:
    """Return how many independent purchases the purchases of some products are worth."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def _lessons(members: Sequence[Sold], bought: Numbers, counted: float) -> TypeLessons:
    importance: dict[str, float] = {}
    better: dict[str, Better] = {}
    for name in sorted({name for each in members for name in each.values}):
        carriers = np.array([at for at, each in enumerate(members) if name in each.values])
        if len(carriers) < _CARRIERS:
            continue
        values = [members[at].values[name] for at in carriers]
        weights = bought[carriers]
        share = float(weights.sum() / bought.sum())
        importance[name] = round(share * _decides(_parts(values), weights), 4)
        if all(isinstance(value, float) for value in values):
            prices = np.array([np.nan if members[at].net is None else members[at].net for at in carriers], dtype=float)
            if direction := _direction(np.array(values, dtype=float), prices, weights):
                better[name] = direction
    return TypeLessons(round(counted, 1), importance, better)


def _decides(parts: NDArray[np.int64], weights: Numbers) -> float:
    size = int(parts.max()) + 1
    counted = effective(weights)
    if size < 2 or not counted:
        return 0.0
    products = np.bincount(parts, minlength=size) / len(parts)
    purchases = np.bincount(parts, weights=weights, minlength=size) / weights.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(purchases > 0, purchases * np.log(purchases / products), 0.0)
    beyond_chance = float(terms.sum()) - (size - 1) / (2 * counted)
    return 1.0 - float(np.exp(-max(0.0, beyond_chance)))


def _parts(values: Sequence[Scalar]) -> NDArray[np.int64]:
    """Return the part that each value is in: numbers in equal parts, other values one each and the rare ones one."""
    if all(isinstance(value, float) for value in values):
        numbers = np.array(values, dtype=float)
        edges = np.unique(np.quantile(numbers, np.linspace(0, 1, _PARTS + 1)[1:-1]))
        return np.searchsorted(edges, numbers, side="left").astype(np.int64)
    named, codes, counts = np.unique([str(value) for value in values], return_inverse=True, return_counts=True)
    rank = np.empty(len(named), dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(named))
    return np.minimum(rank[codes], _VALUES)


def _direction(numbers: Numbers, prices: Numbers, weights: Numbers) -> Better | None:
    """Return which way buyers go among products of like price."""
    priced = np.flatnonzero(~np.isnan(prices))
    order = priced[np.argsort(prices[priced], kind="stable")]
    ordered, bought = numbers[order], weights[order]
    counted = effective(bought)
    if len(order) <= 2 * _NEAR or counted < _FEWEST:
        return None
    places = np.array([_place(ordered, at) for at in range(len(order))])
    off = float((places * bought).sum() / bought.sum()) - 0.5
    if abs(off) < _OFF or abs(off) < _SIGMAS / np.sqrt(12 * counted):
        return None
    return "higher" if off > 0 else "lower"


def _place(ordered: Numbers, at: int) -> float:
    """Return the share of the products of like price whose number is less, equal ones counted half."""
    first = min(max(0, at - _NEAR), len(ordered) - 2 * _NEAR - 1)
    near = np.delete(ordered[first : first + 2 * _NEAR + 1], at - first)
    return float((near < ordered[at]).mean() + (near == ordered[at]).mean() / 2)
