"""Whether buyers came into the arms in the shares that were meant: if not, nothing else can be believed.

Lindon and Malek, "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 2022: the Bayes factor of a Dirichlet
prior around the shares meant, against these shares, ever exceeds 1 / alpha with a chance of at most alpha without a
mismatch.
"""

from collections.abc import Sequence
from math import exp, lgamma, log

_CONCENTRATION = 1_000.0
MISMATCH = 0.01
"""Below this the shares are not those that were meant."""


def ratio_p_value(counts: Sequence[int], weights: Sequence[float]) -> float:
    """Return the always-valid p-value of the counts under shares in proportion to the weights."""
    whole = sum(weights)
    shares = [weight / whole for weight in weights]
    total = sum(counts)
    factor = lgamma(_CONCENTRATION) - lgamma(_CONCENTRATION + total)
    for count, share in zip(counts, shares, strict=True):
        prior = _CONCENTRATION * share
        factor += lgamma(prior + count) - lgamma(prior) - count * log(share)
    return min(1.0, exp(-min(factor, 700.0)))
