"""The tables of recommendations in documents, written from the stored results and from nothing else."""

from collections.abc import Mapping
from typing import Any

_TASKS = {"all": "the whole next order", "new": "new products of it"}


def render_quality(figures: Mapping[str, Any]) -> str:
    """Return what ``python -m benchmarks.recommendation_quality`` found as a Markdown table."""
    lines = [
        "| before | what | recommender | recall@20 (95 %) | nDCG@10 (95 %) | ours is better by |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for cut, tasks in figures["cuts"].items():
        for task, title in _TASKS.items():
            gains = tasks[task]["gains"]
            for row in tasks[task]["rows"]:
                gain = gains.get(row["name"])
                shown = f"{gain['recall']:+.1%} / {gain['ndcg']:+.1%}" if gain else ""
                intervals = f"{_interval(row['recall'])} | {_interval(row['ndcg'])}"
                lines.append(f"| {cut} | {title} | {row['name']} | {intervals} | {shown} |")
    return "\n".join(lines)


def _interval(figure: Mapping[str, float]) -> str:
    return f"{figure['value']:.4f} ({figure['low']:.3f}–{figure['high']:.3f})"
