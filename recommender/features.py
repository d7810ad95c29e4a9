"""Features of a buyer and candidate items: one code for training and serving, so that they cannot drift apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.behaviour import Days, Floats
from recommender.history import History, last_order
from recommender.knowledge import ITEM_COLUMNS, MODELS, NEIGHBOURS, NEVER, Knowledge
from recommender.models.neighbours import best_positive

PERSONAL = (
    "orders",
    "share",
    "decay_20",
    "decay_60",
    "decay_180",
    "since",
    "since_first",
    "due",
    "log_bought",
    "in_last",
)
BUYER = ("buyer_orders", "buyer_since", "buyer_tenure", "buyer_size", "buyer_last_size", "buyer_repeats", "buyer_items",
         "buyer_log_price", "buyer_log_quantity")  # fmt: skip
NAMES = (*(f"score_{name}" for name in MODELS), *(f"rank_{name}" for name in MODELS), *PERSONAL, *BUYER, *ITEM_COLUMNS,
         "price_distance")  # fmt: skip
_DEPTHS = {"ease": 120, "cosine": 40, "together": 60, "followed": 60, "content": 30, "als": 60}


@dataclass(frozen=True, slots=True)
class Bought:
    """A history as features read it: each item once (sorted), with its rows' places among them and how often it stands
    there; the items of the last order; how many orders there are; and the age in days of each row."""

    history: History
    items: NDArray[np.int32]
    places: NDArray[np.int64]
    counts: NDArray[np.int64]
    last: NDArray[np.int32]
    orders: int
    ages: Days


def bought_until(history: History, now: float) -> Bought:
    """Return what a buyer bought as of a moment, days since 1970."""
    items, places, counts = np.unique(history.item, return_inverse=True, return_counts=True)
    orders = len(np.unique(history.order))
    return Bought(history, items, places, counts, np.unique(last_order(history)), orders, now - history.at)


def model_scores(knowledge: Knowledge, bought: Bought) -> Floats:
    """Return each model's scores of all items for a buyer (models × items).

    The closed-form model and the factors see the whole history, ``followed`` the last order, the others a profile by
    recency.
    """
    scores = np.zeros((len(MODELS), len(knowledge.items)), dtype=np.float32)
    items, last = bought.items, bought.last
    if not len(items):
        return scores
    recent = np.bincount(bought.places, np.exp(bought.ages / -60), len(items))
    profile = (recent / max(float(recent.sum()), 1e-6)).astype(np.float32)
    weights = {
        "ease": (items, np.ones(len(items), dtype=np.float32)),
        "followed": (last, np.full(len(last), 1 / len(last), dtype=np.float32)),
    }
    for row, name in enumerate(NEIGHBOURS):
        of_items, of_weights = weights.get(name, (items, profile))
        scores[row] = knowledge.neighbours[name].scores(of_items, of_weights)
    scores[MODELS.index("als")] = knowledge.factors.scores(items)
    return scores


def candidates(knowledge: Knowledge, bought: Bought, scores: Floats) -> NDArray[np.int64]:
    """Return the numbers of the items worth ranking: the buyer's own, each model's best, the popular and the new."""
    is_worth = np.zeros(len(knowledge.items), dtype=bool)
    is_worth[bought.items] = True
    for row, name in enumerate(MODELS):
        is_worth[best_positive(scores[row], _DEPTHS[name] + len(bought.items) // 4)] = True
    is_worth[knowledge.common] = True
    return np.flatnonzero(is_worth)


def describe(knowledge: Knowledge, bought: Bought, scores: Floats, chosen: NDArray[np.int64]) -> Floats:
    """Return the features of ``chosen`` items (chosen × NAMES), which are sorted."""
    table = np.empty((len(chosen), len(NAMES)), dtype=np.float32)
    of_chosen = scores[:, chosen]
    models = len(MODELS)
    table[:, :models] = of_chosen.T
    # Ranks among the candidates: scores of different models and buyers do not compare, places do.
    order = np.argsort(-of_chosen, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(len(chosen))[None, :], axis=1)
    table[:, models : 2 * models] = ranks.T
    at = 2 * models
    table[:, at : at + len(PERSONAL)] = _personal(bought, chosen)
    at += len(PERSONAL)
    buyer = _buyer(bought)
    table[:, at : at + len(BUYER)] = buyer
    at += len(BUYER)
    of_items = knowledge.columns[chosen]
    table[:, at : at + len(ITEM_COLUMNS)] = of_items
    table[:, -1] = np.abs(buyer[BUYER.index("buyer_log_price")] - of_items[:, ITEM_COLUMNS.index("log_price")])
    return table


def _personal(bought: Bought, chosen: NDArray[np.int64]) -> Floats:
    table = np.zeros((len(chosen), len(PERSONAL)), dtype=np.float32)
    table[:, 5] = table[:, 6] = NEVER
    table[:, 7] = np.nan
    items, places, count = bought.items, bought.places, bought.counts
    if not len(items):
        return table
    place = np.searchsorted(chosen, items)
    known = (place < len(chosen)) & (chosen[np.minimum(place, len(chosen) - 1)] == items)
    newest, oldest = np.full(len(items), np.inf), np.zeros(len(items))
    np.minimum.at(newest, places, bought.ages)
    np.maximum.at(oldest, places, bought.ages)
    gap = (oldest - newest) / np.maximum(count - 1, 1)
    columns = [
        count,
        count / bought.orders,
        *(np.bincount(places, np.exp(bought.ages / -decay), len(items)) for decay in (20.0, 60.0, 180.0)),
        newest,
        oldest,
        np.where(count > 1, newest / np.maximum(gap, 1), np.nan),
        np.log1p(np.bincount(places, bought.history.quantity, len(items))),
        np.isin(items, bought.last),
    ]
    table[place[known]] = np.column_stack(columns)[known]
    return table


def _buyer(bought: Bought) -> Floats:
    rows = len(bought.ages)
    if not rows:
        return np.array([0, NEVER, NEVER, 0, 0, 0, 0, np.nan, np.nan], dtype=np.float32)
    distinct = len(bought.items)
    values = [
        bought.orders,
        bought.ages[-1],
        bought.ages[0],
        rows / bought.orders,
        len(bought.last),
        1 - distinct / rows,
        distinct,
        float(np.log(np.maximum(bought.history.price, 1e-2)).mean()),
        float(np.log1p(bought.history.quantity).mean()),
    ]
    return np.array(values, dtype=np.float32)
