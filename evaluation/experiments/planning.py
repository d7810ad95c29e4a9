"""How many buyers an experiment needs, before it begins."""

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from evaluation.experiments.sequential import radius

_MOST = 1 << 40
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Buyers in each arm: ``at_most`` for a test that may be looked at all the time, which most often ends earlier;
    ``fixed`` for one that is looked at once, at the end."""

    at_most: int
    fixed: int


def sample_size(
    mean: float, deviation: float, uplift: float, *, alpha: float = 0.05, power: float = 0.8, arms: int = 2
) -> SampleSize:
    """Return how many buyers find a relative ``uplift`` with a chance of ``power`` at least.

    ``mean`` and ``deviation`` are the metric's over buyers; of a share p of buyers they are p and sqrt(p (1 - p)).
    The chance to be beyond the radius at the last look is a lower bound of that to be beyond it at any.
    """
    effect = abs(uplift) * mean
    if effect <= 0.0 or deviation <= 0.0:
        raise ValueError("a mean, a deviation and an uplift other than 0 are needed")
    split = alpha / max(arms - 1, 1)
    low, high = 1, _MOST
    while low < high:
        middle = (low + high) // 2
        if _chance(middle, deviation, effect, split) >= power:
            high = middle
        else:
            low = middle + 1
    quantiles = _NORMAL.inv_cdf(1.0 - split / 2.0) + _NORMAL.inv_cdf(power)
    return SampleSize(low, min(ceil(2.0 * (deviation * quantiles / effect) ** 2), _MOST))


def share_deviation(share: float) -> float:
    """Return the deviation of a metric that a share of buyers meets."""
    return sqrt(share * (1.0 - share))


def _chance(count: int, deviation: float, effect: float, alpha: float) -> float:
    variance = 2.0 * deviation * deviation / count
    return _NORMAL.cdf((effect - radius(variance, effect, alpha)) / sqrt(variance))
