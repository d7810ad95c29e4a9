"""Figures in documents are those that were measured."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks.queries import distinct_queries
from benchmarks.recommendation_tables import render_quality
from benchmarks.tables import (
    render,
    render_buyers,
    render_guide,
    render_personal,
    render_scale,
    render_visibility,
)

ROOT = Path(__file__).parents[2]
PAGES = {"personal": "docs/behaviour.md", "quality": "docs/recommendations.md"}


@pytest.mark.parametrize(
    ("name", "file", "shown"),
    [
        ("figures", "results.json", render),
        ("scale", "scale.json", render_scale),
        ("buyers", "buyers.json", render_buyers),
        ("buyers-opensearch", "buyers_opensearch.json", render_buyers),
        ("visibility", "visibility.json", render_visibility),
        ("personal", "personal.json", render_personal),
        ("guide", "guide.json", render_guide),
        ("quality", "recommendation_quality.json", render_quality),
    ],
)
def test_documents_show_the_stored_figures(name: str, file: str, shown: Callable[[Any], str]) -> None:
    figures = orjson.loads((ROOT / "benchmarks" / file).read_bytes())
    section = (
        (ROOT / PAGES.get(name, "README.md"))
        .read_text()
        .split(f"<!-- {name} -->", 1)[1]
        .split(f"<!-- /{name} -->", 1)[0]
    )
    assert section.strip() == shown(figures).strip()


def test_no_query_of_a_benchmark_is_repeated() -> None:
    titles = [f"{brand} {kind} cable adapter" for brand in ("hp", "dell", "acme") for kind in ("usb", "vga", "audio")]
    found = distinct_queries(titles, 30, seed=1)
    assert len(set(found)) == 30
    assert found == distinct_queries(titles, 30, seed=1)
