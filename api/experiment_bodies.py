"""Experiments as JSON: the body that puts one, and the answers."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, model_validator

from api.bodies import StrictBody
from api.product_page import Json
from commerce.experiment_documents import experiment_to_json
from commerce.experiments import Arm, Experiment, ExperimentKind, ExperimentUnit, Guardrail, Metric, SearchMode
from evaluation.experiments.results import ArmResult, Results
from evaluation.experiments.sequential import Difference
from recommender.serving import Strategy

_MOST_ARMS = 10
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
EXAMPLE_EXPERIMENT: dict[str, Any] = {
    "arms": [{"id": "control"}, {"id": "words", "mode": "lexical"}],
    "share": 0.5,
    "metric": "bought",
    "guardrails": [{"metric": "revenue", "tolerance": 0.02}],
    "baseline": 0.04,
    "uplift": 0.05,
}


class ArmBody(StrictBody):
    """One way of answering; what is left out stays as it is. Rules name it in `when.experiment`."""

    id: Name
    weight: float = Field(default=1.0, gt=0.0, le=1_000.0)
    mode: SearchMode | None = Field(default=None, description="For searches that do not name one")
    strength: int | None = Field(default=None, ge=0, le=100, description="Of personal order")
    learned: StrictBool = Field(default=True, description="Whether the learned order has a say")
    relevance: int | None = Field(default=None, ge=0, description="A version of the settings of relevance; 0 the usual")
    strategies: dict[Strategy, Strategy] = Field(default={}, description="What is given for what is asked")


class GuardrailBody(StrictBody):
    """A metric that no arm may lower by more than this share of the control's."""

    metric: Metric
    tolerance: float = Field(default=0.0, ge=0.0, lt=1.0)


class ExperimentBody(StrictBody):
    """Some buyers are answered in one way, others in another; the first arm is the control.

    In an `interleaving` every buyer gets the hits of both its arms in one list, and the arm whose hits are taken wins.
    """

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, populate_by_name=True, json_schema_extra={"examples": [EXAMPLE_EXPERIMENT]}
    )

    arms: Annotated[list[ArmBody], Field(min_length=2, max_length=_MOST_ARMS)]
    kind: ExperimentKind = "split"
    enabled: StrictBool = True
    unit: ExperimentUnit = "client"
    share: float = Field(default=1.0, gt=0.0, le=1.0)
    metric: Metric | None = Field(default=None, description="Left out: bought; of an interleaving clicked")
    guardrails: list[GuardrailBody] = Field(default=[], max_length=10)
    baseline: float | None = Field(default=None, gt=0.0)
    uplift: float = Field(default=0.05, gt=0.0, le=1.0)
    alpha: float = Field(default=0.05, gt=0.0, lt=0.5)
    power: float = Field(default=0.8, ge=0.5, lt=1.0)
    begin: AwareDatetime | None = Field(default=None, alias="from")
    until: AwareDatetime | None = None
    stop_on_harm: StrictBool = True
    stopped: Annotated[str, Field(max_length=1_000)] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "ExperimentBody":
        if len({arm.id for arm in self.arms}) < len(self.arms):
            raise ValueError("two arms have the same id")
        if self.begin and self.until and self.begin >= self.until:
            raise ValueError("until must be later than from")
        if self.kind == "interleaving":
            self._is_interleaving()
        return self

    def _is_interleaving(self) -> None:
        if len(self.arms) != 2:
            raise ValueError("an interleaving has two arms")
        if any(arm.strategies or arm.weight != 1.0 for arm in self.arms):
            raise ValueError("an interleaving is of searches, half and half: leave out strategies and weights")
        if self.metric == "revenue" or self.guardrails:
            raise ValueError("an interleaving counts what is clicked, added or bought: no revenue and no guardrails")

    def experiment(self, identity: str) -> Experiment:
        """Return the experiment."""
        return Experiment(
            id=identity,
            arms=tuple(Arm(**arm.model_dump()) for arm in self.arms),
            kind=self.kind,
            enabled=self.enabled,
            unit=self.unit,
            share=self.share,
            metric=self.metric or ("clicked" if self.kind == "interleaving" else "bought"),
            guardrails=tuple(Guardrail(each.metric, each.tolerance) for each in self.guardrails),
            baseline=self.baseline,
            uplift=self.uplift,
            alpha=self.alpha,
            power=self.power,
            begin=self.begin,
            end=self.until,
            stop_on_harm=self.stop_on_harm,
            stopped=self.stopped,
        )


class ExperimentWrite(BaseModel):
    """What a write of an experiment did."""

    id: str
    version: int
    changed: bool


class ExperimentResponse(BaseModel):
    """An experiment, as a body that puts it again, with its id and version."""

    id: str
    version: int
    kind: str
    enabled: bool
    arms: list[dict[str, Any]]
    unit: str
    share: float
    metric: str
    guardrails: list[dict[str, Any]]
    baseline: float | None
    uplift: float
    alpha: float
    power: float
    from_: str | None = Field(alias="from")
    until: str | None
    stop_on_harm: bool
    stopped: str | None = Field(description="Why it was stopped, null while it runs")


class ExperimentsResponse(BaseModel):
    """Experiments by id, and where the next page begins."""

    experiments: list[ExperimentResponse]
    next: str | None


class MetricResponse(BaseModel):
    """A metric's mean over an arm's buyers, and its difference from the control with an interval that holds at every
    look; an open end is null."""

    mean: float
    difference: float | None
    lower: float | None
    upper: float | None
    p_value: float | None


class ArmResponse(BaseModel):
    """One arm."""

    id: str
    buyers: int
    metrics: dict[str, MetricResponse]
    verdict: Literal["better", "worse", "undecided"]
    harmed: list[str]


class ResultsResponse(BaseModel):
    """What an experiment's buyers did. With a ``mismatch`` of the arms' sizes there is no verdict.

    Of an interleaving the metric is `preferred`: the mean over buyers of the share of searches that the arm won.
    """

    id: str
    metric: str
    arms: list[ArmResponse]
    sample_ratio: dict[str, Any] = Field(examples=[{"p_value": 0.8, "mismatch": False}])
    harm: str | None
    stopped: str | None


class SampleSizeResponse(BaseModel):
    """Buyers that each arm needs: at most, looking all the time; and for one look at the end."""

    at_most: int
    fixed: int


def experiment_answer(experiment: Experiment) -> Json:
    """Return an experiment as a body that puts it again, with its id and version."""
    return {"id": experiment.id, "version": experiment.version, **experiment_to_json(experiment)}


def results_answer(experiment: Experiment, found: Results) -> Json:
    """Return the results of an experiment."""
    return {
        "id": experiment.id,
        "metric": "preferred" if experiment.kind == "interleaving" else experiment.metric,
        "arms": [_arm(each) for each in found.arms],
        "sample_ratio": {"p_value": found.ratio_p_value, "mismatch": found.mismatch},
        "harm": found.harm,
        "stopped": experiment.stopped,
    }


def _arm(arm: ArmResult) -> Json:
    metrics = {name: _metric(sample.mean, arm.differences.get(name)) for name, sample in arm.samples.items()}
    return {
        "id": arm.id,
        "buyers": arm.buyers,
        "metrics": metrics,
        "verdict": arm.verdict,
        "harmed": list(arm.harmed),
    }


def _metric(mean: float, found: Difference | None) -> Json:
    if found is None:
        return {"mean": mean, "difference": None, "lower": None, "upper": None, "p_value": None}
    # JSON has no infinity: orjson writes null, which is what an open end is.
    return {
        "mean": mean,
        "difference": found.difference,
        "lower": found.lower,
        "upper": found.upper,
        "p_value": found.p_value,
    }
