"""Experiments: some buyers see one way of answering, others another, and what they then do decides.

Who is in which arm is a matter of arithmetic: the hash of the experiment's id and the buyer's. It is the same in every
process and on every day, without anything being kept about anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Literal

ExperimentUnit = Literal["client", "account"]
ExperimentKind = Literal["split", "interleaving"]
Metric = Literal["clicked", "added", "bought", "revenue"]
METRICS: tuple[Metric, ...] = ("clicked", "added", "bought", "revenue")
SearchMode = Literal["lexical", "semantic", "hybrid"]
_SCALE = float(1 << 64)


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of answering; the first of an experiment is the control. ``weight`` is its share beside the others'.

    ``mode`` is how searches that leave it open are answered, ``strength`` that of personal order, ``learned`` False
    goes without the learned order, ``relevance`` is a version of its settings, ``strategies`` are
    recommendations by what is given for what is asked. Merchandising
    rules name an arm in ``when.experiment``. What is left out stays as it is.
    """

    id: str
    weight: float = 1.0
    mode: SearchMode | None = None
    strength: int | None = None
    learned: bool = True
    relevance: int | None = None
    strategies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A metric that no arm may lower by more than a share of the control's."""

    metric: Metric
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment over ``share`` of the buyers, told apart by ``unit``.

    A split answers each buyer as one arm does. An interleaving puts the hits of its two arms into one list for every
    buyer in it and asks whose hits they take: ``uplift`` is then the least difference of their shares of searches won.
    ``metric`` decides; ``uplift`` is the least relative change that is worth finding, ``alpha`` the chance of a false
    finding however often one looks, ``power`` that of finding the uplift. ``stopped`` says why it was stopped.
    """

    id: str
    arms: tuple[Arm, ...]
    kind: ExperimentKind = "split"
    enabled: bool = True
    unit: ExperimentUnit = "client"
    share: float = 1.0
    metric: Metric = "bought"
    guardrails: tuple[Guardrail, ...] = ()
    baseline: float | None = None
    uplift: float = 0.05
    alpha: float = 0.05
    power: float = 0.8
    begin: datetime | None = None
    end: datetime | None = None
    stop_on_harm: bool = True
    stopped: str | None = None
    version: int = 0

    def runs(self, moment: datetime) -> bool:
        """Say whether buyers are in it at a moment."""
        begun = self.begin is None or self.begin <= moment
        return self.enabled and self.stopped is None and begun and (self.end is None or moment < self.end)

    def buyer_of(self, client: str | None, account: str | None) -> str | None:
        """Return what a buyer in it goes by; None for one who is not or cannot be told apart from others."""
        name = client if self.unit == "client" else account
        return name if name and _place(self.id, "share", name) < self.share else None

    def arm_of(self, client: str | None, account: str | None) -> Arm | None:
        """Return the arm of a buyer of a split; None for one who is in no arm.

        A greater ``share`` takes more buyers in and moves nobody from arm to arm.
        """
        name = self.buyer_of(client, account)
        if name is None or self.kind == "interleaving":
            return None
        at = _place(self.id, "arm", name) * sum(arm.weight for arm in self.arms)
        for arm in self.arms:
            at -= arm.weight
            if at < 0.0:
                return arm
        return self.arms[-1]


def assigned(
    experiments: Sequence[Experiment], moment: datetime, client: str | None, account: str | None
) -> Experiment | None:
    """Return the one experiment that a buyer is in, the first by id; nobody is in two at once."""
    for each in sorted(experiments, key=lambda each: each.id):
        if each.runs(moment) and each.buyer_of(client, account) is not None:
            return each
    return None


def _place(identity: str, purpose: str, name: str) -> float:
    """Return a number from 0 to 1 that is even over names and independent between experiments and purposes."""
    text = f"{identity}\0{purpose}\0{name}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8, person=b"experiment").digest(), "big") / _SCALE
