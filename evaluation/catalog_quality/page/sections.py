"""Sections of the page about the whole catalogue: overview, what is missing, titles, coverage, the last load, trend."""

import math
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from evaluation.catalog_quality.completeness import PARTS, GroupLack, Lack
from evaluation.catalog_quality.coverage import Coverage
from evaluation.catalog_quality.duplicates import SIGNS
from evaluation.catalog_quality.measure import figures
from evaluation.catalog_quality.page.blocks import ids, more
from evaluation.catalog_quality.page.content import PageInput
from evaluation.catalog_quality.page.labels import Labels
from evaluation.catalog_quality.page.plots import missing_plot, titles_plot, trend_plot
from evaluation.catalog_quality.titles import LONGEST, SHORTEST
from evaluation.pages.blocks import code, figure, section, table
from evaluation.pages.markup import Child, Html, element, fragment

_SHOWN_TYPES = 12
_SHOWN_ATTRIBUTES = 18
_SHOWN_MIXED = 25
_SHOWN_TITLES = 8
_SHOWN_LOADS = 30
_PLOTTED_FIGURES = 9


def overview(page: PageInput, labels: Labels) -> Html:
    """Return every check with its count, the worst first, and how it changed since the load before."""
    basics, outliers = page.quality.basics, page.quality.outliers
    now = figures(basics)
    past = [load.quality for load in page.loads[:-1] if load.quality]
    before: Mapping[str, float] = past[-1] if past else {}
    checks: list[tuple[str, str, int, str | None]] = [
        (labels(f"missing_{lack.part}"), "missing", lack.products, f"missing_{lack.part}") for lack in basics.lacks
    ]
    checks += [
        (labels(f"sign_{sign}"), "duplicates", basics.duplicates.products(sign), f"duplicate_{sign}") for sign in SIGNS
    ]
    checks += [
        (labels("price_outliers"), "prices", len(outliers.prices), None),
        (labels("number_outliers"), "numbers", len(outliers.numbers), None),
        (labels("short_titles"), "titles", basics.titles.short, "short_titles"),
        (labels("long_titles"), "titles", basics.titles.long, "long_titles"),
        (labels("without_attributes"), "coverage", basics.coverage.without_attributes, "without_attributes"),
        (labels("values_left_out"), "mixed", int(now["values_left_out"]), "values_left_out"),
    ]
    if page.loads:
        checks.append((labels("rejected"), "load", page.loads[-1].rejected, None))
    rows: list[Sequence[Child]] = []
    for text, anchor, count, name in sorted(checks, key=lambda check: -check[2]):
        is_of_products = anchor in {"missing", "titles", "duplicates", "coverage"} and basics.products
        share = labels.share(count / basics.products) if is_of_products else ""
        change = labels.signed(count - int(before[name])) if name and name in before else ""
        row = (element("a", text, href=f"#{anchor}"), labels.count(count), share)
        rows.append((*row, change) if before else row)
    headers = [labels("check"), labels("found"), labels("share"), *([labels("change")] if before else ())]
    return section("glance", labels("glance"), None, table(headers, rows, numeric=(1, 2, 3)))


def missing(page: PageInput, labels: Labels) -> Html:
    """Return what products lack, by part, with the worst brands and types."""
    lacks = page.quality.basics.lacks
    found = [lack for lack in lacks if lack.products]
    headers = (labels("part"), labels("products"), labels("worst_brands"), labels("worst_types"), labels("examples"))
    rows = [_lack_row(lack, labels) for lack in found]
    return section(
        "missing",
        labels("missing"),
        labels("missing_note"),
        figure(missing_plot(lacks, labels)),
        table(headers, rows, numeric=(1,)) if rows else element("p", labels("nothing")),
    )


def titles(page: PageInput, labels: Labels) -> Html:
    """Return the lengths of titles."""
    found = page.quality.basics.titles
    rows = [
        (labels(reason), code(odd.id), odd.title, labels.count(odd.length))
        for reason, sample in (("reason_short", found.short_sample), ("reason_long", found.long_sample))
        for odd in sample[:_SHOWN_TITLES]
    ]
    headers = (labels("reason"), labels("id"), labels("product_title"), labels("characters"))
    return section(
        "titles",
        labels("titles"),
        labels("titles_note", shortest=str(SHORTEST), longest=str(LONGEST)),
        figure(titles_plot(found, labels), labels("titles_plot")),
        table(headers, rows, numeric=(3,)) if rows else None,
        more(labels, len(rows), found.short + found.long, "outliers.csv"),
    )


def coverage(page: PageInput, labels: Labels) -> Html:
    """Return which attributes the products of each type have, as a heat map that is also a table of numbers."""
    found = page.quality.basics.coverage
    if not found.types:
        return section("coverage", labels("coverage"), labels("no_types"))
    return section("coverage", labels("coverage"), labels("coverage_note"), _heat_map(found, labels))


def mixed(page: PageInput, labels: Labels) -> Html:
    """Return the attributes that are given in several kinds."""
    found = page.quality.basics.coverage.mixed
    if not found:
        return section("mixed", labels("mixed"), None, element("p", labels("nothing")))
    headers = (labels("attribute"), labels("kind"), labels("values"), labels("left_out"), labels("examples"))
    rows = [
        (
            code(each.attribute),
            labels(f"kind_{each.kind}"),
            labels.count(each.values),
            ", ".join(f"{labels.count(count)} {labels(f'kind_{kind}')}" for kind, count in each.others),
            ids(each.sample),
        )
        for each in found[:_SHOWN_MIXED]
    ]
    rest = more(labels, len(rows), len(found), "kinds.csv")
    return section("mixed", labels("mixed"), labels("mixed_note"), table(headers, rows, numeric=(2,)), rest)


def last_load(page: PageInput, labels: Labels) -> Html:
    """Return what the last load refused and why."""
    if not page.loads:
        return section("load", labels("load"), None, element("p", labels("no_load")))
    load = page.loads[-1]
    line = labels(
        "load_line",
        kind=labels(f"load_{load.kind}"),
        moment=labels.moment(load.finished_at),
        accepted=labels.count(load.accepted),
        rejected=labels.count(load.rejected),
        files=", ".join(PurePath(file).name for file in load.files),
    )
    reasons = sorted(load.reasons.items(), key=lambda entry: (-entry[1], entry[0]))
    by_reason = table((labels("reason"), labels("count")), [(r, labels.count(n)) for r, n in reasons], numeric=(1,))
    rows = [(each.file, labels.count(each.line), each.field, each.reason, each.value) for each in page.rejects]
    headers = (labels("file"), labels("line"), labels("field"), labels("reason"), labels("value"))
    why = element("p", labels("refused")) if page.refused else None
    first = fragment(element("h3", labels("first_rejects")), why, table(headers, rows, numeric=(1,))) if rows else None
    rest = more(labels, len(rows), load.rejected, "rejects.csv") if rows and not page.refused else None
    return section("load", labels("load"), None, element("p", line), by_reason if reasons else None, first, rest)


def trend(page: PageInput, labels: Labels) -> Html:
    """Return how the figures went from load to load; those that are not always 0, the largest first."""
    loads = [load for load in page.loads if load.quality][-_SHOWN_LOADS:]
    if len(loads) < 2:
        return section("trend", labels("trend"), labels("trend_note"), element("p", labels("trend_few")))
    named = {name: labels(name) for name in (f"missing_{part}" for part in PARTS)}
    named |= {f"duplicate_{sign}": labels(f"sign_{sign}") for sign in SIGNS}
    named |= {name: labels(name) for name in ("short_titles", "long_titles", "values_left_out", "without_attributes")}
    series = {name: [(load.quality or {}).get(name, math.nan) for load in loads] for name in named}
    series = {name: values for name, values in series.items() if any(value > 0 for value in values)}
    # What moved stands before what is merely large.
    order = sorted(series, key=lambda name: (-len(set(series[name])), -max(series[name]), name))[:_PLOTTED_FIGURES]
    days = [labels.day(load.finished_at) for load in loads]
    plot = trend_plot([named[name] for name in order], days, [series[name] for name in order], labels)
    headers = (labels("loaded_at"), labels("products"), *(named[name] for name in order))
    rows = [
        (
            labels.moment(load.finished_at),
            labels.count(int((load.quality or {}).get("products", 0))),
            *("" if math.isnan(series[name][at]) else labels.count(int(series[name][at])) for name in order),
        )
        for at, load in enumerate(loads)
    ]
    values = table(headers, rows, numeric=range(1, len(headers)))
    return section(
        "trend",
        labels("trend"),
        labels("trend_note"),
        figure(plot, labels("trend_plot")) if order else None,
        values,
    )


def _lack_row(lack: Lack, labels: Labels) -> Sequence[Child]:
    name = labels(f"part_{lack.part}")
    return (
        name,
        labels.count(lack.products),
        _groups(lack.brands, labels),
        _groups(lack.types, labels),
        ids(lack.sample),
    )


def _groups(groups: Sequence[GroupLack], labels: Labels) -> Child:
    lines = [
        element("li", f"{each.name}: {labels.count(each.lacking)} ({labels.share(each.share)})") for each in groups[:5]
    ]
    return element("ul", lines) if lines else None


def _heat_map(found: Coverage, labels: Labels) -> Html:
    types = [name for name, _ in found.types[:_SHOWN_TYPES]]
    shares = {(each.type, each.attribute): each.share for each in found.by_type if each.type in types}
    attributes = [name for name, _ in found.attributes[:_SHOWN_ATTRIBUTES]]
    counts = dict(found.types)
    head = [element("th", element("span", name), scope="col", class_="up") for name in attributes]
    rows = []
    for name in types:
        label = element("th", name, " ", element("small", labels.count(counts[name])), scope="row")
        rows.append(element("tr", label, [_heat(shares.get((name, each), 0.0)) for each in attributes]))
    header = element("tr", element("th", labels("type"), scope="col"), head)
    heat = element("table", element("thead", header), element("tbody", rows), class_="heat")
    return element("div", heat, class_="wide")


def _heat(share: float) -> Html:
    percent = round(100 * share)
    return element("td", str(percent) if percent else "·", style=f"--heat:{percent}%")
