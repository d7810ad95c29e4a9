"""``python -m benchmarks.recommender_scale HOME [--scale 0.1]``: train and serve for a million buyers.

Behaviour is made from the real distribution, that of the sample Online Retail in a home that `vitrine demo` prepared:
each of a million buyers repeats, thinned to some twenty lines, the orders of a real customer a few days off, and there
are 27 departments with articles like the real ones, of which a buyer has a home and now and then visits another.
Training and serving are processes of their own, so that the memory of each is known. Reading the records is no part of
it: training begins with the arrays.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import orjson
import psutil
import scipy.sparse as sp

from benchmarks.generated_behaviour import BUYERS, generated
from commerce.records import Records
from recommender.artefact import KIND, load
from recommender.serving import Asked, Recommender
from recommender.sessions import NO_SESSIONS
from recommender.training import Material, read_material, train_on
from registry import Registry, write_tensors
from registry.tensors import read_tensors

RESULTS = Path(__file__).with_name("recommender_scale.json")
REAL, CATALOG, SEED = "online_retail", "generated", 1
ASKED = 300
_GIBI, _MEBI = 2**30, 2**20


def main() -> None:
    """Train in one process, serve in another, and print what both took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--scale", type=float, default=1.0, help="share of a million buyers and 100,000 items")
    parser.add_argument("--store", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument("--stage", choices=["train", "serve"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.stage:
        found = _train(given.home, given.scale, given.folder) if given.stage == "train" else _serve(given.folder)
        sys.stdout.write(orjson.dumps(found).decode() + "\n")
        return
    busy = os.getloadavg()[0]
    print(f"load of the machine before: {busy:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        stages = {stage: _run(stage, given.home, given.scale, folder) for stage in ("train", "serve")}
    for stage, found in stages.items():
        print(stage + ": " + ", ".join(f"{name} {value:,}" for name, value in found.items()))
    if given.store:
        about = {"scale": given.scale, "cores": os.cpu_count(), "load": busy}
        RESULTS.write_bytes(orjson.dumps({**about, **stages}, option=orjson.OPT_INDENT_2))


def _run(stage: str, home: Path, scale: float, folder: str) -> dict[str, float]:
    options = ["--stage", stage, "--folder", folder, "--scale", str(scale)]
    command = [sys.executable, "-m", "benchmarks.recommender_scale", str(home), *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    found: dict[str, float] = orjson.loads(done.stdout.splitlines()[-1])
    return found


def _train(home: Path, scale: float, folder: Path) -> dict[str, float]:
    records = Records(f"sqlite:///{home.resolve() / 'vitrine.db'}")
    real = read_material(records, REAL)
    records.close()
    made = generated(real.behaviour, real.titles, round(BUYERS * scale), scale, SEED)
    behaviour, titles = made.behaviour, made.titles
    items = len(behaviour.items)
    material = Material(behaviour, titles, sp.csr_matrix((items, items), dtype=np.float32), NO_SESSIONS)
    wall, cpu = time.perf_counter(), time.process_time()
    stage = {"at": time.perf_counter()}

    def told(step: int, steps: int) -> None:
        now = time.perf_counter()
        print(f"  step {step} of {steps} after {now - stage['at']:.0f} s", file=sys.stderr)
        stage["at"] = now

    registry = Registry(folder / "models")
    outcome = train_on(material, registry, CATALOG, code_version="benchmark", seed=SEED, progress=told)
    took, computed = time.perf_counter() - wall, time.process_time() - cpu
    write_tensors(folder / "asked.safetensors", {"buyers": made.some_buyers})
    return {
        "buyers": len(behaviour.users),
        "items": items,
        "rows": len(behaviour),
        "seconds": round(took),
        "processor_seconds": round(computed),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _GIBI, 2),
        "artefact_mib": round(sum(each.stat().st_size for each in outcome.artefact.folder.iterdir()) / _MEBI),
        **{name: round(value, 4) for name, value in outcome.metrics.items()},
    }


def _serve(folder: Path) -> dict[str, float]:
    artefact = Registry(folder / "models").load(CATALOG, KIND)
    if artefact is None:
        raise RuntimeError("the training left no model")
    began = time.perf_counter()
    recommender = Recommender(load(artefact.folder))
    opened = time.perf_counter() - began
    histories = recommender.histories
    if histories is None:
        raise RuntimeError("the training left no histories")
    now = datetime.fromisoformat(artefact.manifest.training.until or "").astimezone(UTC)
    took: dict[str, list[float]] = {"next_basket": [], "bought_together": []}
    for buyer in read_tensors(folder / "asked.safetensors")["buyers"][:ASKED].tolist():
        history = histories.of(int(buyer))
        seed = recommender.items[int(history.item[0])]
        for strategy, times in took.items():
            began = time.process_time()
            found = recommender.recommend(Asked(strategy, [seed], now=now), history)  # type: ignore[arg-type]
            list(zip(found, range(18), strict=False))
            times.append((time.process_time() - began) * 1e3)
    memory = psutil.Process().memory_full_info()
    return {
        "opened_s": round(opened, 2),
        "resident_gib": round(memory.rss / _GIBI, 2),
        "own_gib": round((memory.rss - memory.shared) / _GIBI, 2),
        **{
            f"{strategy}_p{part}_ms": round(float(np.percentile(times, part)), 2)
            for strategy, times in took.items()
            for part in (50, 99)
        },
    }


if __name__ == "__main__":
    main()
