"""What an experiment's buyers did, by arm, from the searches and events that they agreed to being kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from commerce.event import CLICKS, Event, SearchRecord
from commerce.experiments import METRICS, Experiment, Metric
from evaluation.experiments.preferences import preferences
from evaluation.experiments.ratio import MISMATCH, ratio_p_value
from evaluation.experiments.sequential import Difference, Sample, Verdict, compared
from evaluation.positions import PlaceCounter

Measured = Metric | Literal["attracted", "preferred"]
"""What results say of an arm. ``attracted`` are clicks weighed by how seldom their places are looked at, where that can
be told; of an interleaving ``preferred`` is the share of searches that it won, ties being half."""


@dataclass(slots=True)
class _Buyer:
    arm: str
    since: datetime
    clicked: bool = False
    added: bool = False
    bought: bool = False
    revenue: float = 0.0
    places: list[int] = field(default_factory=list)
    attracted: float = 0.0


@dataclass(frozen=True, slots=True)
class ArmResult:
    """One arm: its buyers and the sample of each metric. ``differences`` from the control, none of the control's own;
    ``harmed`` are the metrics that it makes worse than it may."""

    id: str
    buyers: int
    samples: Mapping[Measured, Sample]
    differences: Mapping[Measured, Difference]
    verdict: Verdict
    harmed: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """All arms, the control first; ``mismatch`` says that buyers did not come into the arms as was meant, after which
    no verdict is given. An interleaving has no such shares: each search is compared within itself."""

    arms: tuple[ArmResult, ...]
    ratio_p_value: float | None
    mismatch: bool

    @property
    def harm(self) -> str | None:
        """Why the experiment should stop, None for no reason."""
        if self.mismatch:
            return None
        reasons = [f"arm {arm.id} lowers {metric}" for arm in self.arms for metric in arm.harmed]
        return "; ".join(reasons) or None


def results(experiment: Experiment, searches: Iterable[SearchRecord], events: Iterable[Event]) -> Results:
    """Judge an experiment by what buyers did after they first searched in it.

    A buyer counts once, however often they come: what one buyer does is not independent of what they did before.
    """
    if experiment.kind == "interleaving":
        return _preferred(experiment, searches, events)
    buyers: dict[str, _Buyer] = {}
    counter = PlaceCounter()
    for search in searches:
        name = search.client if experiment.unit == "client" else search.account
        arm = experiment.arm_of(search.client, search.account)
        if name is None or arm is None:
            continue
        known = buyers.setdefault(name, _Buyer(arm.id, search.at))
        known.since = min(known.since, search.at)
        counter.show(search)
    for event in events:
        name = event.client if experiment.unit == "client" else event.account
        buyer = buyers.get(name) if name is not None else None
        if buyer is not None and event.at >= buyer.since:
            _note(buyer, event)
            if (place := counter.click(event)) is not None:
                buyer.places.append(place)
    examination = counter.examination()
    if examination is not None:
        for buyer in buyers.values():
            buyer.attracted = sum(map(examination.weight, buyer.places))
    measured: tuple[Measured, ...] = METRICS if examination is None else (*METRICS, "attracted")
    return _judged(experiment, buyers.values(), measured)


def _preferred(experiment: Experiment, searches: Iterable[SearchRecord], events: Iterable[Event]) -> Results:
    """Return an interleaving as two arms whose shares of searches won add up to 1."""
    found = preferences(experiment, searches, events)
    won = found.difference
    one, other = (_share_won(found.balance, sign) for sign in (-1.0, 1.0))
    harmed: tuple[Measured, ...] = ("preferred",) if won.upper < 0.0 else ()
    control, rival = experiment.arms
    arms = (
        ArmResult(control.id, found.buyers, {"preferred": one}, {}, "undecided", ()),
        ArmResult(rival.id, found.buyers, {"preferred": other}, {"preferred": won}, won.verdict, harmed),
    )
    return Results(arms, None, mismatch=False)


def _share_won(balance: Sample, sign: float) -> Sample:
    """Return the sample of (1 + sign * balance) / 2."""
    total = (balance.count + sign * balance.total) / 2.0
    squares = (balance.count + 2.0 * sign * balance.total + balance.squares) / 4.0
    return Sample(balance.count, total, squares)


def _note(buyer: _Buyer, event: Event) -> None:
    buyer.clicked |= event.action.lower() in CLICKS
    buyer.added |= event.deed == "added"
    if event.deed == "bought":
        buyer.bought = True
        buyer.revenue += float(event.net or 0) * float(event.quantity or 1)


def _judged(experiment: Experiment, buyers: Iterable[_Buyer], measured: Sequence[Measured]) -> Results:
    values: dict[str, dict[Measured, list[float]]] = {
        arm.id: {metric: [] for metric in measured} for arm in experiment.arms
    }
    for buyer in buyers:
        own = values[buyer.arm]
        for metric in measured:
            own[metric].append(float(getattr(buyer, metric)))
    samples: dict[str, dict[Measured, Sample]] = {
        arm: {metric: _sample(found) for metric, found in own.items()} for arm, own in values.items()
    }
    counts = [len(values[arm.id][experiment.metric]) for arm in experiment.arms]
    shares = ratio_p_value(counts, [arm.weight for arm in experiment.arms])
    mismatch = shares < MISMATCH
    control = samples[experiment.arms[0].id]
    found = []
    for number, arm in enumerate(experiment.arms):
        differences = {} if number == 0 else _differences(experiment, control, samples[arm.id])
        verdict: Verdict = "undecided"
        if differences and not mismatch:
            verdict = differences[experiment.metric].verdict
        harmed = tuple(_harmed(experiment, control, differences)) if differences else ()
        found.append(ArmResult(arm.id, counts[number], samples[arm.id], differences, verdict, harmed))
    return Results(tuple(found), shares, mismatch)


def _differences(
    experiment: Experiment, control: Mapping[Measured, Sample], arm: Mapping[Measured, Sample]
) -> dict[Measured, Difference]:
    # The promise holds for all comparisons that decide anything, together: arms by metrics.
    deciding = {experiment.metric, *(each.metric for each in experiment.guardrails)}
    alpha = experiment.alpha / (max(len(experiment.arms) - 1, 1) * len(deciding))
    found: dict[Measured, Difference] = {}
    for metric in control:
        baseline = experiment.baseline if metric == experiment.metric else None
        found[metric] = compared(control[metric], arm[metric], uplift=experiment.uplift, alpha=alpha, baseline=baseline)
    return found


def _harmed(
    experiment: Experiment, control: Mapping[Measured, Sample], differences: Mapping[Measured, Difference]
) -> list[Metric]:
    allowed: dict[Metric, float] = {experiment.metric: 0.0}
    allowed.update({each.metric: each.tolerance for each in experiment.guardrails})
    return [metric for metric, share in allowed.items() if differences[metric].upper < -share * control[metric].mean]


def _sample(values: list[float]) -> Sample:
    return Sample(len(values), sum(values), sum(value * value for value in values))
