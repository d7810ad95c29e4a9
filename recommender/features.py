"""Features of a buyer and candidate items: one code for training and serving, so that they cannot drift apart."""

import numpy as np
from numpy.typing import NDArray

from recommender.behaviour import Floats
from recommender.history import History, last_order
from recommender.knowledge import ITEM_COLUMNS, MODELS, NEIGHBOURS, NEVER, Knowledge
from recommender.models.neighbours import best

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
_POPULAR = 120
_NEW = 60


def model_scores(knowledge: Knowledge, history: History, now: float) -> Floats:
    """Return each model's scores of all items for a buyer (models × items).

    The closed-form model and the factors see the whole history, ``followed`` the last order, the others a profile by
    recency.
    """
    scores = np.zeros((len(MODELS), len(knowledge.items)), dtype=np.float32)
    if not len(history.item):
        return scores
    items, inverse = np.unique(history.item, return_inverse=True)
    recent = np.bincount(inverse, np.exp((history.at - now) / 60), len(items))
    profile = (recent / max(float(recent.sum()), 1e-6)).astype(np.float32)
    last = np.unique(last_order(history))
    weights = {
        "ease": (items, np.ones(len(items), dtype=np.float32)),
        "followed": (last, np.full(len(last), 1 / len(last), dtype=np.float32)),
    }
    for row, name in enumerate(NEIGHBOURS):
        of_items, of_weights = weights.get(name, (items, profile))
        scores[row] = knowledge.neighbours[name].scores(of_items, of_weights)
    scores[MODELS.index("als")] = knowledge.factors.scores(items)
    return scores


def candidates(knowledge: Knowledge, history: History, scores: Floats) -> NDArray[np.int64]:
    """Return the numbers of the items worth ranking: the buyer's own, each model's best, the popular and the new."""
    found = [history.item.astype(np.int64)]
    for row, name in enumerate(MODELS):
        strongest = best(scores[row], _DEPTHS[name] + len(np.unique(history.item)) // 4)
        found.append(strongest[scores[row][strongest] > 0])
    found.append(best(knowledge.column("popularity_30"), _POPULAR))
    found.append(best(knowledge.column("new_buyers_month"), _NEW))
    return np.unique(np.concatenate(found))


def describe(knowledge: Knowledge, history: History, scores: Floats, chosen: NDArray[np.int64], now: float) -> Floats:
    """Return the features of ``chosen`` items (chosen × NAMES)."""
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
    table[:, at : at + len(PERSONAL)] = _personal(history, chosen, now)
    at += len(PERSONAL)
    buyer = _buyer(history, now)
    table[:, at : at + len(BUYER)] = buyer
    at += len(BUYER)
    table[:, at : at + len(ITEM_COLUMNS)] = knowledge.columns[chosen]
    table[:, -1] = np.abs(buyer[BUYER.index("buyer_log_price")] - knowledge.column("log_price")[chosen])
    return table


def _personal(history: History, chosen: NDArray[np.int64], now: float) -> Floats:
    table = np.zeros((len(chosen), len(PERSONAL)), dtype=np.float32)
    table[:, 5] = table[:, 6] = NEVER
    table[:, 7] = np.nan
    if not len(history.item):
        return table
    items, inverse, count = np.unique(history.item, return_inverse=True, return_counts=True)
    place = np.searchsorted(chosen, items)
    known = (place < len(chosen)) & (chosen[np.minimum(place, len(chosen) - 1)] == items)
    age = now - history.at
    newest, oldest = np.full(len(items), np.inf), np.zeros(len(items))
    np.minimum.at(newest, inverse, age)
    np.maximum.at(oldest, inverse, age)
    gap = (oldest - newest) / np.maximum(count - 1, 1)
    columns = [
        count,
        count / len(np.unique(history.order)),
        *(np.bincount(inverse, np.exp(-age / decay), len(items)) for decay in (20.0, 60.0, 180.0)),
        newest,
        oldest,
        np.where(count > 1, newest / np.maximum(gap, 1), np.nan),
        np.log1p(np.bincount(inverse, history.quantity, len(items))),
        np.isin(items, last_order(history)),
    ]
    table[place[known]] = np.column_stack(columns)[known]
    return table


def _buyer(history: History, now: float) -> Floats:
    if not len(history.item):
        return np.array([0, NEVER, NEVER, 0, 0, 0, 0, np.nan, np.nan], dtype=np.float32)
    orders = len(np.unique(history.order))
    distinct = len(np.unique(history.item))
    values = [
        orders,
        now - history.at[-1],
        now - history.at[0],
        len(history.item) / orders,
        len(last_order(history)),
        1 - distinct / len(history.item),
        distinct,
        float(np.log(np.maximum(history.price, 1e-2)).mean()),
        float(np.log1p(history.quantity).mean()),
    ]
    return np.array(values, dtype=np.float32)
