"""The sections of the review about what changed since the time before."""

from collections.abc import Sequence

from evaluation.behaviour.measure import BehaviourReview
from evaluation.pages.blocks import bars, section, table
from evaluation.pages.markup import Child, Html

_VERDICTS = {"steady": "", "look": "worth a look", "changed": "changed", "too_little": "too few to say"}


def drift_section(found: BehaviourReview) -> Html:
    """Return what customers do otherwise than before."""
    plot = bars([(row.name, row.index, f"{row.index:.3f}") for row in found.drift if row.verdict != "too_little"])
    rows: list[Sequence[Child]] = [
        (
            row.name, f"{row.before:,}", f"{row.now:,}", f"{row.index:.3f}", f"{row.chance:.3f}",
            _VERDICTS[row.verdict],
            "; ".join(f"{name} {before:.1%} → {now:.1%}" for name, before, now in row.moved)
            if row.verdict in {"look", "changed"} else "",
        )
        for row in found.drift
    ]  # fmt: skip
    headers = ("what", "before", "now", "stability index", "by chance up to", "", "what moved")
    note = (
        "This time beside the one before, of the same length: population stability index, from 0.1 on worth a look, "
        "from 0.25 on a change, where it is beyond chance."
    )
    return section("drift", "What changed", note, plot, table(headers, rows, numeric=range(1, 5)))


def models_section(found: BehaviourReview) -> Html:
    """Return what searches and units bring now and before, and the models that serve."""
    outcomes: list[Sequence[Child]] = [
        (
            row.name, f"{row.before:.2%}", f"{row.now:.2%}",
            "" if row.lower is None or row.upper is None else f"{row.lower:+.2%} to {row.upper:+.2%}",
            "fell beyond chance: train anew, or look at what changed" if row.is_worse else "",
        )
        for row in found.outcomes
    ]  # fmt: skip
    models: list[Sequence[Child]] = [
        (
            each.kind, str(each.version), f"{each.trained_at:%Y-%m-%d}",
            "" if each.data_until is None else f"{each.data_until:%Y-%m-%d}",
            f"{(found.until - (each.data_until or each.trained_at)).days:,}",
        )
        for each in found.models
    ]  # fmt: skip
    what = table(("", "before", "now", "difference, 95 %", ""), outcomes, numeric=(1, 2, 3))
    serving = table(("model", "version", "trained", "data until", "days old"), models, numeric=(1, 4))
    return section("models", "What the models bring", None, what, serving)
