"""Whose hits buyers took where an interleaving put those of two rankings into one list.

Each search that anything was taken in is won by the ranking of which more was taken. A buyer counts once, with the
mean of their searches: what one buyer does is not independent of what they did before. That mean is 0 in expectation if
neither ranking is better, since coins decide who picks first; it is judged by a sequence of intervals as a split is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from commerce.event import CLICKS, Event, SearchRecord
from commerce.experiments import Experiment, Metric
from evaluation.experiments.interleaving import preference
from evaluation.experiments.sequential import Difference, Sample, interval


@dataclass(frozen=True, slots=True)
class Preferences:
    """What buyers preferred: ``wins`` of each ranking and ``ties`` in searches, ``balance`` the sample over buyers of
    the share of searches that the second won less that of the first, and the ``difference`` that it shows."""

    buyers: int
    wins: tuple[int, int]
    ties: int
    balance: Sample
    difference: Difference


@dataclass(slots=True)
class _Shown:
    buyer: str
    team: dict[str, int]
    taken: dict[str, int] = field(default_factory=dict)


def preferences(experiment: Experiment, searches: Iterable[SearchRecord], events: Iterable[Event]) -> Preferences:
    """Judge an interleaving by what was taken from the searches that it answered.

    Clicks name their search. What is put into the cart or bought counts for the search that its product was last
    clicked in, unless it names one.
    """
    shown = dict(_interleaved(experiment, searches))
    last_clicked: dict[tuple[str, str], str] = {}
    for event in events:
        if event.object_id is None:
            continue
        buyer = experiment.buyer_of(event.client, event.account)
        found = shown.get(event.query_id or "")
        if _counts(event, "clicked") and found is not None:
            last_clicked[found.buyer, event.object_id] = event.query_id or ""
        if found is None and buyer is not None:
            found = shown.get(last_clicked.get((buyer, event.object_id), ""))
        if found is not None and found.buyer == buyer and _counts(event, experiment.metric):
            team = found.team.get(event.object_id)
            if team is not None:
                found.taken[event.object_id] = team
    return _judged(experiment, shown.values())


def _interleaved(experiment: Experiment, searches: Iterable[SearchRecord]) -> Iterable[tuple[str, _Shown]]:
    number = {arm.id: at for at, arm in enumerate(experiment.arms)}
    for search in searches:
        buyer = experiment.buyer_of(search.client, search.account)
        if buyer is None or search.experiment != experiment.id or not any(search.teams):
            continue
        teams = zip(search.hits, search.teams, strict=False)
        yield search.query_id, _Shown(buyer, {hit: number[arm] for hit, arm in teams if arm in number})


def _counts(event: Event, metric: Metric) -> bool:
    if metric == "clicked":
        return event.action.lower() in CLICKS
    return event.deed == metric


def _judged(experiment: Experiment, shown: Iterable[_Shown]) -> Preferences:
    by_buyer: defaultdict[str, list[int]] = defaultdict(list)
    for each in shown:
        if each.taken:
            by_buyer[each.buyer].append(preference(list(each.taken.values())))
    outcomes = [outcome for several in by_buyer.values() for outcome in several]
    means = [sum(several) / len(several) for several in by_buyer.values()]
    balance = Sample(len(means), sum(means), sum(value * value for value in means))
    return Preferences(
        buyers=len(means),
        wins=(outcomes.count(-1), outcomes.count(1)),
        ties=outcomes.count(0),
        balance=balance,
        difference=interval(balance, tau=experiment.uplift, alpha=experiment.alpha),
    )
