"""What a question is worth: how many questions it spares, and how few products it leaves.

The product that the buyer will choose is equally likely any of the N. One of option i is left with its n_i; a product
of no option, its value missing, cannot be answered for, nor can any other with chance 1 - p. So for any measure f of
what is left

    E f = p (sum of n_i f(n_i) / N + (1 - s / N) f(N)) + (1 - p) f(N),    s = sum of n_i, the products with a value

Where products have several values and s exceeds N, the n_i are weighted so that they add up to N.
"""

from collections.abc import Callable, Sequence
from math import log

SHOWN = 10
"""So many candidates are shown at most; all that are left where they are no more."""
MOST_OPTIONS = 8


def expected_remaining(counts: Sequence[int], total: int, chance: float) -> float:
    """Return how many of ``total`` products are left after a question with these counts by option, on average.

    >>> expected_remaining([50, 50], 100, 1.0), expected_remaining([50], 100, 1.0)
    (50.0, 75.0)
    """
    return _expected(counts, total, chance, float)


def expected_questions(counts: Sequence[int], total: int, chance: float) -> float:
    """Return how many questions are still to be asked after one with these counts by option, on average.

    An average of products would prefer a question that halves all of them to one that settles the choice for most
    buyers and leaves a few with many.

    >>> expected_questions([10] * 8, 80, 1.0) < expected_questions([40, 40], 80, 1.0)
    True
    """
    return _expected(counts, total, chance, _questions_to_go)


def _questions_to_go(left: float) -> float:
    """Return how many questions this many products take: as many as questions of eight even options would to come down
    to one, and one more where they are too many to be shown."""
    return log(left) / log(MOST_OPTIONS) + (left > SHOWN) if left >= 1.0 else 0.0


def _expected(counts: Sequence[int], total: int, chance: float, measure: Callable[[float], float]) -> float:
    if not total:
        return 0.0
    summed = sum(counts)
    scale = total / summed if summed > total else 1.0
    answered = sum(count * measure(count) for count in counts) * scale / total
    missing = max(total - summed, 0) / total
    return chance * (answered + missing * measure(total)) + (1.0 - chance) * measure(total)
