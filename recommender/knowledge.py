"""All that is known of a catalogue's items at one moment: neighbours, popularity, rhythm and price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.behaviour import GUEST, Behaviour, Days, Floats
from recommender.models.als import Factors, fit_factors
from recommender.models.content import content_similarity
from recommender.models.cooccurrence import baskets, bought_together, cosine, followed_by, histories
from recommender.models.ease import MOST_ITEMS, fit_ease
from recommender.models.neighbours import Neighbours, best, strongest
from recommender.models.products import counted_pairs
from recommender.sessions import NO_SESSIONS, Sessions, followed_in_visit, visits

WINDOWS = (7.0, 14.0, 30.0, 60.0, 120.0, 400.0)
"""Days that popularity is counted over."""
NEVER = 400.0
NEIGHBOURS = ("ease", "cosine", "together", "followed", "content")
MODELS = (*NEIGHBOURS, "als")
VISITS = ("viewed", "next")
ITEM_COLUMNS = (
    *(f"popularity_{window:.0f}" for window in WINDOWS),
    "trend_fortnight",
    "trend_month",
    "days_on_sale",
    "days_since_sale",
    "repeat_rate",
    "new_buyers_month",
    "season_last_year",
    "log_price",
    "log_quantity",
)
_POPULAR = 120
_NEW = 60
_SEASON = 60.0
_YEAR = 366.0


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a recommendation is made from, as of ``moment`` (days since 1970).

    ``items`` are ids; all else goes by their numbers: ``neighbours`` by NEIGHBOURS, ``factors``, ``columns``
    (items × ITEM_COLUMNS), ``orders`` how many orders have each item, ``shared`` (items × items) how many have both;
    ``fits`` (items × items) which accessory is made for which device, ``visits`` by VISITS what visits teach; ``costs``
    what one of each costs the shop, NaN where unknown; ``common`` are the numbers of items that may be for anybody.
    """

    items: tuple[str, ...]
    moment: float
    neighbours: Mapping[str, Neighbours]
    factors: Factors
    columns: Floats
    orders: NDArray[np.int32]
    shared: sp.csr_matrix
    fits: sp.csr_matrix
    visits: Mapping[str, Neighbours]
    costs: Floats
    common: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        """Pick once what every buyer's candidates hold: the popular items and those new to many."""
        popular, new = self.column("popularity_30"), self.column("new_buyers_month")
        common = np.union1d(best(popular, _POPULAR), best(new, _NEW))
        object.__setattr__(self, "common", common)

    def column(self, name: str) -> Floats:
        """Return one of ITEM_COLUMNS (items,)."""
        return self.columns[:, ITEM_COLUMNS.index(name)]


def learn(
    behaviour: Behaviour,
    moment: float,
    texts: Sequence[str],
    seed: int = 1,
    *,
    fits: sp.csr_matrix | None = None,
    sessions: Sessions = NO_SESSIONS,
    costs: Floats | None = None,
) -> Knowledge:
    """Fit every model on what happened before ``moment``; ``texts`` say what each item is, ``fits`` what goes with it,
    ``sessions`` are the visits before ``moment``, ``costs`` (items,) what one costs.

    With more than 8,000 items the similarity of items by their buyers stands in for the closed-form model.
    """
    past = behaviour.before(moment)
    bought = histories(past)
    similar = cosine(bought)
    neighbours = {
        "ease": strongest(fit_ease(bought), 200) if 0 < len(past.items) <= MOST_ITEMS else similar,
        "cosine": similar,
        "together": bought_together(past, moment),
        "followed": followed_by(past, moment),
        "content": content_similarity(texts),
    }
    content = baskets(past)
    orders = np.bincount(past.item, minlength=len(past.items)).astype(np.int32)
    shared = counted_pairs(content, neighbours["together"])
    factors = fit_factors(bought, seed)
    made_for = sp.csr_matrix(shared.shape, dtype=np.float32) if fits is None else fits
    seen = {
        "viewed": cosine(visits(sessions, len(past.items))),
        "next": strongest(followed_in_visit(sessions, len(past.items))),
    }
    columns = item_columns(past, moment)
    unknown = np.full(len(past.items), np.nan, dtype=np.float32)
    cost = unknown if costs is None else costs
    return Knowledge(past.items, moment, neighbours, factors, columns, orders, shared, made_for, seen, cost)


def item_columns(past: Behaviour, moment: float) -> Floats:
    """Return what the items are like at a moment (items × ITEM_COLUMNS), of what known buyers did before it."""
    known = past.user != GUEST
    user, item, at = past.user[known], past.item[known], past.at[known]
    count = len(past.items)
    pairs = user.astype(np.int64) * max(count, 1) + item
    age = moment - at
    popular = [_popularity(pairs, user, age <= window, count) for window in WINDOWS]
    first_of_pair = np.zeros(len(item), dtype=bool)
    first_of_pair[np.unique(pairs, return_index=True)[1]] = True
    buyers = np.bincount(item[first_of_pair], minlength=count)
    repeats = np.bincount(np.unique(pairs[~first_of_pair]) % max(count, 1), minlength=count)
    begun, last = np.full(count, NEVER), np.full(count, NEVER)
    begun[item[::-1]] = age[::-1]
    last[item] = age
    season = (at >= moment - _YEAR) & (at < moment - _YEAR + _SEASON)
    sold = np.maximum(np.bincount(past.item, minlength=count), 1)
    positive = np.log(np.maximum(past.price, 1e-2))
    columns = [
        *popular,
        np.log((popular[1] + 1e-3) / (popular[3] + 1e-3)),
        np.log((popular[2] + 1e-3) / (popular[4] + 1e-3)),
        np.minimum(begun, NEVER),
        np.minimum(last, NEVER),
        (repeats + 1) / (buyers + 10),
        np.bincount(item[first_of_pair & (age <= 30)], minlength=count).astype(np.float64),
        _popularity(pairs, user, season, count),
        np.bincount(past.item, positive, count) / sold,
        np.bincount(past.item, np.log1p(past.quantity), count) / sold,
    ]
    return np.column_stack(columns).astype(np.float32)


def _popularity(pairs: NDArray[np.int64], user: np.ndarray, chosen: np.ndarray, count: int) -> Days:
    """Return the share of the period's buyers who bought each item in it."""
    once = np.unique(pairs[chosen]) % max(count, 1)
    return np.bincount(once, minlength=count) / max(len(np.unique(user[chosen])), 1)
