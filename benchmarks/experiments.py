"""How often experiments mislead when they are looked at all the time, and how often they find what is there.

Simulates buyers of two arms in batches and looks after each batch, as an impatient merchandiser would, beside a test
that promises 5 % for one look only. Writes benchmarks/experiments.json. Run: python -m benchmarks.experiments
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.experiments.planning import sample_size, share_deviation
from evaluation.experiments.sequential import Sample, compared, interval

OUT = Path(__file__).parent / "experiments.json"
_ONE_LOOK = 1.959964


def cumulated(rng: np.random.Generator, shape: tuple[int, int], each: int, share: float) -> NDArray[np.int64]:
    """Draw how many of ``each`` buyers more bought at each look, summed up over looks; (simulations, looks)."""
    return rng.binomial(each, share, shape).cumsum(axis=1)


def false_positives(*, simulations: int, looks: int, each: int, share: float, seed: int) -> float:
    """Return the share of experiments without a difference that any look calls one."""
    rng = np.random.default_rng(seed)
    control, arm = (cumulated(rng, (simulations, looks), each, share) for _ in range(2))
    return float(np.mean([first_look(a, b, each, 0.05) is not None for a, b in zip(control, arm, strict=True)]))


def naive_false_positives(*, simulations: int, looks: int, each: int, share: float, seed: int) -> float:
    """Return the same for a test that is made for one look."""
    rng = np.random.default_rng(seed)
    a, b = (cumulated(rng, (simulations, looks), each, share) for _ in range(2))
    count = each * np.arange(1, looks + 1)
    pooled = (a + b) / (2 * count)
    error = np.sqrt(2 * pooled * (1 - pooled) / count)
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.mean((np.abs(b - a) / count / error > _ONE_LOOK).any(axis=1)))


def found_uplifts(
    *, simulations: int, share: float, uplift: float, per_arm: int, looks: int, seed: int
) -> tuple[float, float]:
    """Return the share of experiments with an uplift that find it, and the buyers in each arm by then, on average."""
    rng = np.random.default_rng(seed)
    each = -(-per_arm // looks)
    control = cumulated(rng, (simulations, looks), each, share)
    arm = cumulated(rng, (simulations, looks), each, share * (1 + uplift))
    found = [first_look(a, b, each, uplift) for a, b in zip(control, arm, strict=True)]
    used = [each * (looks if at is None else at + 1) for at in found]
    return float(np.mean([at is not None for at in found])), float(np.mean(used))


def first_look(control: NDArray[np.int64], arm: NDArray[np.int64], each: int, uplift: float) -> int | None:
    """Return the first look at which the arms are called different; None if none is."""
    for at, (a, b) in enumerate(zip(control.tolist(), arm.tolist(), strict=True)):
        count = each * (at + 1)
        found = compared(Sample(count, a, a), Sample(count, b, b), uplift=uplift, alpha=0.05)
        if found.verdict != "undecided":
            return at
    return None


def found_preferences(*, simulations: int, looks: int, each: int, lead: float, seed: int) -> float:
    """Return the share of interleavings that any look decides; ``lead`` is the difference of the shares won.

    Of searches 40 in 100 are ties.
    """
    rng = np.random.default_rng(seed)
    won = rng.multinomial(each, [0.3 - lead / 2, 0.4, 0.3 + lead / 2], (simulations, looks)).cumsum(axis=1)
    decided = 0
    for counts in won.tolist():
        looked = (
            interval(Sample(first + ties + second, second - first, first + second), tau=0.05, alpha=0.05)
            for first, ties, second in counts
        )
        decided += any(found.verdict != "undecided" for found in looked)
    return decided / simulations


def main() -> None:
    """Simulate, print and store."""
    figures: dict[str, object] = {"simulations": 1_000, "alpha": 0.05, "power": 0.8, "seed": 7}
    for share in (0.02, 0.1, 0.4):
        setting = {"simulations": 1_000, "looks": 1_000, "each": 50, "share": share, "seed": 7}
        planned = sample_size(share, share_deviation(share), 0.05)
        found, used = found_uplifts(
            simulations=1_000, share=share, uplift=0.05, per_arm=planned.at_most, looks=500, seed=7
        )
        figures[f"share {share}"] = {
            "false positives, 1,000 looks": false_positives(**setting),  # type: ignore[arg-type]
            "false positives of a test for one look, 1,000 looks": naive_false_positives(**setting),  # type: ignore[arg-type]
            "planned buyers an arm": planned.at_most,
            "planned for one look": planned.fixed,
            "uplift of 5 % found": found,
            "buyers an arm by then": round(used),
        }
    interleaved = {"simulations": 1_000, "looks": 1_000, "each": 20, "seed": 7}
    figures["interleaving"] = {
        "false positives, 1,000 looks": found_preferences(**interleaved, lead=0.0),
        "a lead of 5 % found within 20,000 buyers": found_preferences(**interleaved, lead=0.05),
    }
    OUT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
