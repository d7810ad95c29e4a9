"""The README's figures, written from the stored results and from nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


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
        f"({search['memory_resident_mb']} MB with mapped files). Meaning and the learned order add "
        f"{search['meaning_adds_ms']} ms to the median.",
        f"By words alone nDCG@10 is {quality['ndcg_at_10']} with unjudged products as 0 "
        f"and {quality['ndcg_at_10_judged']} over judged products.",
    ]
    return "\n".join(lines)


def render_scale(figures: Mapping[str, Any]) -> str:
    """Return the figures of ``make bench-scale`` as a Markdown table."""
    search = figures["search_ms"]
    rows = [
        ("load from a file, s", figures["load_s"]),
        ("records to served version, s", figures["index_s"]),
        ("anonymous memory while indexing, MB", figures["index_anonymous_mb"]),
        ("index on disk, GB", figures["index_gb"]),
        ("anonymous memory while serving, MB", figures["serving_anonymous_mb"]),
        (
            "search with automatic facets at one client, p50 / p95 / p99, ms",
            f"{search['p50']} / {search['p95']} / {search['p99']}",
        ),
        ("offer updates a second while searching, until visible", f"{figures['offers_per_s']:,}"),
        ("of these searches failed", f"{figures['queries_failed']} of {figures['queries_while_updating']:,}"),
    ]
    lines = [f"| {figures['products']:,} products recombined from Icecat | |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| {name} | {value} |" for name, value in rows)])


def render_personal(figures: Mapping[str, Any]) -> str:
    """Return the figures of ``python -m benchmarks.personal`` as a Markdown table."""
    lines = [
        f"| nDCG@10 behind {figures['cut']}, strength {figures['strength']} | buyers | without profile | with profile "
        "| gain | 95 % interval of the difference |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for kind in ("returning", "new"):
        row = figures[kind]
        low, high = row["difference_interval"]
        lines.append(
            f"| {kind} | {row['buyers']:,} | {row['ndcg_plain']} | {row['ndcg_personal']} | {row['gain_percent']} % "
            f"| {low} to {high} |"
        )
    said = "; ".join(
        f"{name} {row['p50_plain_ms']} without and {row['p50_personal_ms']} with a profile, "
        f"at the first sight of products {row['p50_rise_at_first_ms']} more"
        for name, row in figures["cost"].items()
    )
    return "\n".join([*lines, "", f"A search of Icecat in the same run, p50 of processor time in ms: {said}."])


def render_buyers(figures: Mapping[str, Any]) -> str:
    """Return the figures of ``make bench-buyers`` as a Markdown table."""
    search = figures["search_ms"]
    lines = [
        f"| {figures['lists']:,} price lists with {figures['rows']:,} prices, {figures['assortments']} assortments, ms "
        "| p50 | p95 | p99 |",
        "| --- | --- | --- | --- |",
    ]
    names = {"without": "no buyer", "first": "another buyer each time", "again": "the same buyers again"}
    rows = [(name, search[key]) for key, name in names.items()]
    for kind, took in figures.get("kinds", {}).items():
        rows += [(f"{kind}: no buyer", took["without"]), (f"{kind}: another buyer each time", took["with"])]
    lines += [f"| {name} | {row['p50']} | {row['p95']} | {row['p99']} |" for name, row in rows]
    if "checked" in figures:
        lines += [
            "",
            f"{figures['equal']} of {figures['checked']} random buyers and queries have the answer that brute force "
            "over all products has.",
        ]
    lines += [
        "",
        f"A changed price is seen by searches after {figures['change_seen_s']} s, {figures['changes']:,} of them after "
        f"{figures['changes_seen_s']} s; memory grows by {figures['memory_grown_mb']} MB.",
    ]
    return "\n".join(lines)


def render_visibility(figures: Mapping[str, Any]) -> str:
    """Return the figures of ``python -m benchmarks.visibility`` as a Markdown table."""
    lines = [
        f"| {figures['changes_of_each_kind']} changes of each kind to {figures['products']:,} products on OpenSearch, "
        f"{figures['workers']} workers, s until {figures['connections_in_a_row']} new connections in a row saw each "
        "| median | max |",
        "| --- | --- | --- |",
    ]
    names = {"offers": "price of a product", "put": "product put", "delete": "product deleted"}
    for key, name in names.items():
        row = figures["seconds"][key]
        lines.append(f"| {name} | {row['median']} | {row['max']} |")
    lines += ["", f"The two cores were shared: the load average was {figures['load_average']} at the end."]
    return "\n".join(lines)


def render_guide(figures: Mapping[str, Any]) -> str:
    """Return the figures of ``python -m benchmarks.guide`` as a Markdown table."""
    lines = [
        f"| {figures['shoppers']} simulated shoppers, questions until ten products are left, the target among them "
        "| median | mean | within 3 | target among the first 3 after 6 |",
        "| --- | --- | --- | --- | --- |",
    ]
    names = {"guide": "the guide", "most_common_first": "the most common facet first", "at_random": "any question"}
    rows = [(f"from the type's name: {names[key]}", row) for key, row in figures["from_type"].items()]
    rows.append(("from nothing: the guide", figures["from_nothing"]["guide"]))
    for name, row in rows:
        early = f"{row['top_3_after_6']:.1%}" if "top_3_after_6" in row else ""
        low, high = row["mean_interval"]
        lines.append(f"| {name} | {row['median']:g} | {row['mean']} ({low}–{high}) | {row['within_3']:.1%} | {early} |")
    missing = figures["from_type"]["guide"]["answers_missing_in_data"]
    times = figures["turn_ms"]
    engines = [
        f"{each}: p50 {times[each]['all']['p50']} ms, p95 {times[each]['all']['p95']} ms"
        for each in ("embedded", "opensearch")
        if each in times
    ]
    lines += [
        "",
        f"Of the guide's questions {missing:.1%} are about what the target's data do not say. A turn over HTTP takes, "
        f"{'; '.join(engines)} (load average {times['load_average']} on {times['processors']} cores).",
    ]
    return "\n".join(lines)


def write_into(page: Path, name: str, content: str) -> None:
    """Replace what stands between the marks of a name on a page, such as ``<!-- figures -->`` and
    ``<!-- /figures -->``."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(f"<!-- {name} -->", 1)
    after = rest.split(f"<!-- /{name} -->", 1)[1]
    page.write_text(f"{before}<!-- {name} -->\n{content}\n<!-- /{name} -->{after}", encoding="utf-8")
