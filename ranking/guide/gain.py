"""What a question is worth: how few products it leaves."""

from collections.abc import Sequence


def expected_remaining(counts: Sequence[int], total: int, chance: float) -> float:
    """Return how many of ``total`` products are left after a question with these counts by option, on average.

    The product that the buyer will choose is equally likely any of them. One of option i is left with its n_i; a
    product of no option, its value missing, cannot be answered for, nor can any other with chance 1 - p:

        E = p (sum of n_i n_i / N + (1 - s / N) N) + (1 - p) N,    s = sum of n_i, the products with a value

    Where products have several values and s exceeds N, the n_i are weighted so that they add up to N.

    >>> expected_remaining([50, 50], 100, 1.0), expected_remaining([50], 100, 1.0)
    (50.0, 75.0)
    """
    if not total:
        return 0.0
    summed = sum(counts)
    scale = total / summed if summed > total else 1.0
    answered = sum(count * count for count in counts) * scale / total
    missing = max(total - summed, 0)
    return chance * (answered + missing) + (1.0 - chance) * total
