"""``python -m benchmarks.guide``: how many questions simulated shoppers answer until they see what they have in mind.

Targets are drawn at random from the 20 largest types of Icecat. A shopper begins with the type's name as query, or with
nothing, answers truthfully, and does not know one answer in five; what neither the target's data nor its texts say is
not known either. What was read from its texts is true as often as such readings are: else the shopper has another value
in mind, says so, and the target is lost. No question has more than eight options and price is never asked. The guide
stands beside a question at random and the most common facet first, on the same targets with the same doubts. Intervals
are of 2,000 bootstrap samples. Also: the time of a turn over HTTP with the embedded engine, and with OpenSearch where a
node is named. The guide's settings were chosen with the seeds 7, 8 and 9.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import orjson

from benchmarks.guide_latency import latency, latency_on_opensearch
from benchmarks.sample import SAMPLE, build
from benchmarks.shoppers import Played, Target, asked_by, at_random, draw_targets, guided, most_common_first
from benchmarks.tables import render_guide, write_into
from engines.embedded import EmbeddedEngine

SEED = 20_261_125
RESULTS = Path("benchmarks/guide.json")
README = Path("README.md")
_SAMPLES = 2_000
_CONVERSATIONS = 40
Figures = dict[str, object]


def main() -> int:
    """Measure, print, and with ``--store`` keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a home with Icecat indexed; else it is built anew")
    parser.add_argument("--shoppers", type=int, default=300)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--opensearch", metavar="URL", help="a node on which turns are timed too")
    parser.add_argument("--store", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        if options.home is None:
            files, extraction = [SAMPLE / "products.jsonl.zst"], SAMPLE / "models" / "extraction"
            build(home, "icecat", files, SAMPLE / "mapping.toml", extraction)
        index = EmbeddedEngine(home).open("icecat")
        if index is None:
            raise RuntimeError(f"{home} has no indexed catalogue icecat")
        targets = draw_targets(index, options.shoppers, options.seed)
        policies: dict[str, Callable[[Target, str], Played]] = {
            "guide": lambda target, query: guided(index, target, query, options.seed),
            "most_common_first": lambda target, query: asked_by(most_common_first, index, target, query, options.seed),
            "at_random": lambda target, query: asked_by(at_random, index, target, query, options.seed),
        }
        figures: Figures = {
            "seed": options.seed,
            "shoppers": len(targets),
            "from_type": {
                name: _summary([play(target, target.type) for target in targets]) for name, play in policies.items()
            },
            "from_nothing": {"guide": _summary([policies["guide"](target, "") for target in targets])},
        }
        times: Figures = {"embedded": latency(home, targets[:_CONVERSATIONS], options.seed)}
        if options.opensearch:
            times["opensearch"] = latency_on_opensearch(
                home, options.opensearch, targets[:_CONVERSATIONS], options.seed
            )
        figures["turn_ms"] = {**times, "load_average": round(os.getloadavg()[0], 1), "processors": os.cpu_count()}
    print(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode())
    if options.store:
        RESULTS.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        write_into(README, "guide", render_guide(figures))
    return 0


def _summary(played: Sequence[Played]) -> Figures:
    questions = np.array([each.questions for each in played])
    early = [each.found_early for each in played if each.found_early is not None]
    asked = sum(each.asked for each in played)
    found: Figures = {
        "median": float(np.median(questions)),
        "median_interval": _interval(questions, np.median),
        "mean": round(float(questions.mean()), 2),
        "mean_interval": _interval(questions, np.mean),
        "within_3": round(float((questions <= 3).mean()), 3),
        "answers_missing_in_data": round(sum(each.missing for each in played) / max(asked, 1), 3),
    }
    if early:
        hits = np.array(early, dtype=np.float64)
        found["top_3_after_6"] = round(float(hits.mean()), 3)
        found["top_3_after_6_interval"] = _interval(hits, np.mean)
    return found


def _interval(values: np.ndarray, statistic: Callable[..., object]) -> list[float]:  # type: ignore[type-arg]
    drawn = np.random.default_rng(0).integers(0, len(values), (_SAMPLES, len(values)))
    found = np.asarray(statistic(values[drawn], axis=1), dtype=np.float64)
    return [round(float(each), 2) for each in np.percentile(found, (2.5, 97.5))]


if __name__ == "__main__":
    sys.exit(main())
