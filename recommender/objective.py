"""What the blend is trained for: that products are looked at, that they are ordered, or what they bring then."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recommender.behaviour import Behaviour, Floats

Objective = Literal["click", "conversion", "revenue", "margin"]
GRADES = 4


def grades(objective: Objective, behaviour: Behaviour, costs: Floats) -> NDArray[np.int8]:
    """Return how much an order of each item counts (items,): 1 for clicks and conversion;
    else from 1 to 4 by the quarter that its
    usual line stands in, by revenue or by margin over ``costs`` of one (NaN where unknown).

    Grades and not money: a few dear articles would else be all that is learned. What has no known margin is a 2.
    """
    count = len(behaviour.items)
    if objective in {"click", "conversion"}:
        return np.ones(count, dtype=np.int8)
    lines = np.bincount(behaviour.item, minlength=count)
    of_one = behaviour.price.astype(np.float64)
    if objective == "margin":
        of_one = of_one - costs[behaviour.item]
    with np.errstate(invalid="ignore", divide="ignore"):
        usual = np.bincount(behaviour.item, of_one * behaviour.quantity, count) / lines
    known = np.isfinite(usual)
    found = np.full(count, 2, dtype=np.int8)
    if known.any():
        edges = np.quantile(usual[known], [0.25, 0.5, 0.75])
        found[known] = 1 + np.searchsorted(edges, usual[known], side="right")
    return found
