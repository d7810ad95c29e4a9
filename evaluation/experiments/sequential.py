"""Differences of means that may be looked at after every buyer: the mixture sequential probability ratio test.

Johari, Koomen, Pekelis and Walsh, "Always Valid Inference: Continuous Monitoring of A/B Tests", Operations Research
70(3), 2022. With the estimate d of the difference, V its variance, and the effects mixed over N(0, tau^2):

    L = sqrt(V / (V + tau^2)) exp(tau^2 d^2 / (2 V (V + tau^2)))

Without a difference, L ever reaches 1 / alpha with a chance of at most alpha. Solved for d this is the radius of a
sequence of intervals that all hold together. Variances are estimated, so nothing is said before ``LEAST`` buyers
an arm.
"""

from dataclasses import dataclass
from math import exp, inf, log, sqrt
from typing import Literal

LEAST = 200
_LEAST_EVENTS = 20
Verdict = Literal["better", "worse", "undecided"]


@dataclass(frozen=True, slots=True)
class Sample:
    """What an arm's buyers did: their number, the sum and the sum of squares of the metric."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float:
        """The mean; 0 without buyers."""
        return self.total / self.count if self.count else 0.0

    @property
    def variance(self) -> float:
        """The variance, divided by n - 1."""
        if self.count < 2:
            return 0.0
        return max((self.squares - self.total * self.mean) / (self.count - 1), 0.0)


@dataclass(frozen=True, slots=True)
class Difference:
    """An arm's mean less the control's, with an interval that holds at every look, and the always-valid p-value so far
    as this look alone tells it."""

    difference: float
    lower: float
    upper: float
    p_value: float

    @property
    def verdict(self) -> Verdict:
        """What the interval says."""
        return "better" if self.lower > 0.0 else "worse" if self.upper < 0.0 else "undecided"


def compared(control: Sample, arm: Sample, *, uplift: float, alpha: float, baseline: float | None = None) -> Difference:
    """Compare an arm with the control; ``uplift`` of the ``baseline`` is the effect that is sought.

    Without a baseline it is the mean of both together. An open interval says that there is too little to tell.
    """
    found = arm.mean - control.mean
    pooled = (control.total + arm.total) / max(control.count + arm.count, 1) if baseline is None else baseline
    tau = uplift * pooled
    if not enough(control, arm) or tau <= 0.0:
        return Difference(found, -inf, inf, 1.0)
    variance = control.variance / control.count + arm.variance / arm.count
    reach = radius(variance, tau, alpha)
    return Difference(found, found - reach, found + reach, p_value(found, variance, tau))


def interval(sample: Sample, *, tau: float, alpha: float) -> Difference:
    """Compare a mean that would be 0 without an effect with 0; ``tau`` is the effect that is sought."""
    if sample.count < LEAST or sample.variance <= 0.0:
        return Difference(sample.mean, -inf, inf, 1.0)
    variance = sample.variance / sample.count
    reach = radius(variance, tau, alpha)
    return Difference(sample.mean, sample.mean - reach, sample.mean + reach, p_value(sample.mean, variance, tau))


def enough(control: Sample, arm: Sample) -> bool:
    """Say whether variances can be estimated: enough buyers, and enough of them who did anything."""
    return all(each.count >= LEAST and each.variance > 0.0 for each in (control, arm)) and (
        control.total**2 / max(control.squares, 1e-12) + arm.total**2 / max(arm.squares, 1e-12) >= _LEAST_EVENTS
    )


def radius(variance: float, tau: float, alpha: float) -> float:
    """Return how far the truth may be from the estimate at any look.

    |d| = sqrt(V (V + tau^2) / tau^2 (2 ln(1 / alpha) + ln((V + tau^2) / V)))
    """
    spread = tau * tau
    return sqrt(
        variance * (variance + spread) / spread * (2.0 * log(1.0 / alpha) + log((variance + spread) / variance))
    )


def p_value(difference: float, variance: float, tau: float) -> float:
    """Return 1 / L, at most 1."""
    spread = tau * tau
    exponent = spread * difference * difference / (2.0 * variance * (variance + spread))
    return min(1.0, sqrt((variance + spread) / variance) * exp(-exponent))
