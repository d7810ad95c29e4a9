"""The demo over slices of its samples, for tests that look at it in a browser."""

import io
import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import zstandard

from tests.e2e.conftest import PRODUCTS, clean_environment, serving

SAMPLES = Path(__file__).parents[2] / "samples"
ORDER_LINES = 2_000


@contextmanager
def sliced_demo(work: Path) -> Iterator[str]:
    """Run ``vitrine demo`` over the first lines of its samples; yield the address."""
    for name, file, lines in (
        ("icecat", "products.jsonl.zst", PRODUCTS),
        ("online_retail", "order_lines.csv.zst", ORDER_LINES),
    ):
        (work / name).mkdir()
        shutil.copy(SAMPLES / name / "mapping.toml", work / name)
        _first(SAMPLES / name / file, work / name / file, lines)
    shutil.copy(SAMPLES / "icecat" / "buyers.json", work / "icecat")
    with serving(clean_environment(work / "home"), "demo", work / "demo.log", "--samples", str(work)) as address:
        yield address


def _first(source: Path, target: Path, lines: int) -> None:
    """Copy the first lines of a compressed file into another one."""
    with source.open("rb") as packed:
        text = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(packed), encoding="utf-8", newline="\n")
        target.write_bytes(zstandard.compress("".join(itertools.islice(text, lines)).encode()))
