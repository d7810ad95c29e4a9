"""Experiments as JSON objects, for the records and for answers: written and read back as the same."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from commerce.experiments import Arm, Experiment, Guardrail


def experiment_to_json(experiment: Experiment) -> dict[str, Any]:
    """Return all of an experiment but its id and version."""
    return {
        "kind": experiment.kind,
        "enabled": experiment.enabled,
        "arms": [
            {
                "id": arm.id,
                "weight": arm.weight,
                "mode": arm.mode,
                "strength": arm.strength,
                "learned": arm.learned,
                "relevance": arm.relevance,
                "strategies": dict(sorted(arm.strategies.items())),
            }
            for arm in experiment.arms
        ],
        "unit": experiment.unit,
        "share": experiment.share,
        "metric": experiment.metric,
        "guardrails": [{"metric": each.metric, "tolerance": each.tolerance} for each in experiment.guardrails],
        "baseline": experiment.baseline,
        "uplift": experiment.uplift,
        "alpha": experiment.alpha,
        "power": experiment.power,
        "from": experiment.begin and experiment.begin.isoformat(),
        "until": experiment.end and experiment.end.isoformat(),
        "stop_on_harm": experiment.stop_on_harm,
        "stopped": experiment.stopped,
    }


def experiment_from_json(identity: str, value: Mapping[str, Any], version: int = 0) -> Experiment:
    """Return the experiment that ``experiment_to_json`` wrote."""
    return Experiment(
        id=identity,
        arms=tuple(Arm(**each) for each in value["arms"]),
        kind=value.get("kind", "split"),
        enabled=value["enabled"],
        unit=value["unit"],
        share=value["share"],
        metric=value["metric"],
        guardrails=tuple(Guardrail(**each) for each in value["guardrails"]),
        baseline=value["baseline"],
        uplift=value["uplift"],
        alpha=value["alpha"],
        power=value["power"],
        begin=_moment(value["from"]),
        end=_moment(value["until"]),
        stop_on_harm=value["stop_on_harm"],
        stopped=value["stopped"],
        version=version,
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
