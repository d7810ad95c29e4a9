"""Figures in documents are those that were measured."""

from pathlib import Path

import orjson

from benchmarks.queries import distinct_queries
from benchmarks.tables import BEGIN, END, render

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_the_stored_figures() -> None:
    figures = orjson.loads((ROOT / "benchmarks/results.json").read_bytes())
    section = (ROOT / "README.md").read_text().split(BEGIN, 1)[1].split(END, 1)[0]
    assert section.strip() == render(figures).strip()


def test_no_query_of_a_benchmark_is_repeated() -> None:
    titles = [f"{brand} {kind} cable adapter" for brand in ("hp", "dell", "acme") for kind in ("usb", "vga", "audio")]
    found = distinct_queries(titles, 30, seed=1)
    assert len(set(found)) == 30
    assert found == distinct_queries(titles, 30, seed=1)
