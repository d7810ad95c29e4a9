"""``python -m benchmarks.recommendation_quality HOME``: how well orders are foretold, beside the references.

Of Online Retail in a home that `vitrine demo` prepared: at each of several dates everything is trained on what happened
before it and asked for every known buyer's first order from then on. ``--store`` writes the figures and the table of
docs/recommendations.md. A date takes about two minutes.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from benchmarks.recommendation_tables import render_quality
from benchmarks.tables import write_into
from commerce.records import Records
from recommender.behaviour import day_of
from recommender.evaluation import OURS, Row, Scores, score_cut
from recommender.training import read_material

CATALOG, SEED = "online_retail", 1
CUTS = ("2011-06-01", "2011-07-01", "2011-08-01", "2011-09-01")
ALL = "all dates"
RESULTS = Path(__file__).with_name("recommendation_quality.json")
PAGE = Path("docs/recommendations.md")


def main() -> None:
    """Print each date as soon as it is done, and all of them together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--cut", action="append", help="other dates than the usual ones")
    parser.add_argument("--store", action="store_true", help=f"write {RESULTS.name} and the table of {PAGE}")
    given = parser.parse_args()
    records = Records(f"sqlite:///{given.home.resolve() / 'vitrine.db'}")
    material = read_material(records, CATALOG)
    records.close()
    found: dict[str, Any] = {}
    pooled: Scores | None = None
    for day in given.cut or CUTS:
        began = time.process_time()
        moment = day_of(datetime.fromisoformat(day).replace(tzinfo=UTC))
        scores = score_cut(material.behaviour, moment, material.titles, seed=SEED)
        found[day] = _figures(scores.rows())
        print(f"{day} took {time.process_time() - began:.0f} s of processor time", flush=True)
        print(render_quality({"cuts": {day: found[day]}}), flush=True)
        if pooled is None:
            pooled = scores
        else:
            pooled.take(scores)
    if pooled is None:
        return
    found[ALL] = _figures(pooled.rows())
    figures = {"catalog": CATALOG, "seed": SEED, "cuts": found}
    print(render_quality(figures))
    if given.store:
        RESULTS.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
        write_into(PAGE, "quality", render_quality(figures))


def _figures(rows: Sequence[Row]) -> Mapping[str, Any]:
    """Return by task the rows, rounded, and by how much ours is better than each reference, as a share."""
    found: dict[str, Any] = {}
    for task in ("all", "new"):
        of_task = [row for row in rows if row.task == task]
        ours = next((row for row in of_task if row.name == OURS), None)
        found[task] = {
            "rows": [_rounded(asdict(row)) for row in of_task],
            "gains": {
                row.name: {
                    "recall": round(ours.recall.value / row.recall.value - 1, 3),
                    "ndcg": round(ours.ndcg.value / row.ndcg.value - 1, 3),
                }
                for row in of_task
                if ours is not None and row.name != OURS
            },
        }
    return found


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _rounded(value) if isinstance(value, dict) else round(value, 4) if isinstance(value, float) else value
        for name, value in row.items()
    }


if __name__ == "__main__":
    main()
