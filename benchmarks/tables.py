"""The README's figures, written from the stored results and from nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


def render(figures: Mapping[str, Any]) -> str:
    """Return the figures as a Markdown table."""
    build, search, quality = figures["build"], figures["search"], figures["quality"]
    lines = [
        "| Icecat, automatic facets, 24 whole products an answer, no query repeated | p50 | p95 | p99 | requests/s |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, row in search["milliseconds"].items():
        rate = row.get("requests_s", "")
        lines.append(f"| {name}, ms | {row['p50']} | {row['p95']} | {row['p99']} | {rate} |")
    lines += [
        "",
        f"{build['products']:,} products: loading takes {build['load_s']} s, indexing {build['index_s']} s; "
        f"the index has {build['index_mb']} MB on disk, "
        f"the serving process {search['memory_own_mb']} MB of its own memory "
        f"({search['memory_resident_mb']} MB with mapped files).",
        f"nDCG@10 is {quality['ndcg_at_10']} with unjudged products as 0 "
        f"and {quality['ndcg_at_10_judged']} over judged products.",
    ]
    return "\n".join(lines)


def write_into(page: Path, figures: Mapping[str, Any]) -> None:
    """Replace what stands between the marks of a page."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    page.write_text(f"{before}{BEGIN}\n{render(figures)}\n{END}{after}", encoding="utf-8")
