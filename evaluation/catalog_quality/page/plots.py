"""The report's plots as inline SVG that takes its colours from the page, for light and dark."""

import io
import re
import warnings
from collections.abc import Sequence
from typing import Any

import matplotlib
from lxml import etree
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from evaluation.catalog_quality.completeness import Lack
from evaluation.catalog_quality.outliers import Distribution, Outlier
from evaluation.catalog_quality.page.labels import Labels
from evaluation.catalog_quality.titles import LONGEST, SHORTEST, TitleLengths
from evaluation.pages.markup import Html, allowed

# Colours that stand for the page's own; no plot uses them otherwise.
_INK, _LINE, _ACCENT, _WARN, _SOFT = "#010203", "#040506", "#070809", "#0a0b0c", "#0d0e0f"
_PAGE_COLOURS = {
    _INK: "var(--ink)",
    _LINE: "var(--line)",
    _ACCENT: "var(--accent)",
    _WARN: "var(--warn)",
    _SOFT: "var(--soft)",
}
_STYLE: Any = {
    "svg.fonttype": "none",
    # Catalogue texts may hold dollar signs; they are no formulas.
    "text.parse_math": False,
    "text.color": _INK,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": _LINE,
    "hatch.color": _WARN,
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_WIDTH = 8.0
_SHOWN_TYPES = 14
_LONGEST_LABEL = 34
_MARGIN = 1.5


def missing_plot(lacks: Sequence[Lack], labels: Labels) -> Html:
    """Draw how many products lack each part, as bars with their shares written beside them."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 0.33 * len(lacks) + 0.3), layout="constrained")
        axes = figure.subplots()
        names = [labels(f"part_{lack.part}") for lack in lacks]
        bars = axes.barh(names, [100 * lack.share for lack in lacks], height=0.6, color=_ACCENT)
        axes.bar_label(
            bars, [f"{labels.share(lack.share)} ({labels.count(lack.products)})" for lack in lacks], padding=4
        )
        axes.set_xlim(0, 118)
        axes.set_xticks([0, 25, 50, 75, 100], [labels.share(share / 100) for share in (0, 25, 50, 75, 100)])
        axes.invert_yaxis()
        _quiet(axes)
        return _svg(figure, "missing", labels("missing"))


def prices_plot(distributions: Sequence[Distribution], outliers: Sequence[Outlier], labels: Labels) -> Html:
    """Draw the prices of the types that have most outliers, then of the largest, on a logarithmic axis."""
    shown = sorted(distributions, key=lambda each: (-each.outside, -each.count, each.group))[:_SHOWN_TYPES]
    far: dict[str, list[float]] = {}
    for outlier in outliers:
        if outlier.number > 0:
            far.setdefault(outlier.group, []).append(outlier.number)
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 0.36 * len(shown) + 0.7), layout="constrained")
        axes = figure.subplots()
        axes.set_xscale("log")
        for row, each in enumerate(shown):
            axes.barh(row, each.high - each.low, left=each.low, height=0.62, color=_SOFT)
            usual = [price for price in each.sample if each.low <= price <= each.high]
            axes.plot(usual, [row] * len(usual), "o", ms=2.5, color=_ACCENT, alpha=0.35, mew=0)
            axes.plot([each.median] * 2, [row - 0.36, row + 0.36], color=_INK, lw=1.6)
            odd = far.get(each.group, [])
            axes.plot(odd, [row] * len(odd), "x", ms=6, mew=1.6, color=_WARN)
        axes.set_yticks(range(len(shown)), [_short(each.group or labels("untyped")) for each in shown])
        seen = [price for each in shown for price in (*each.sample, *far.get(each.group, []))]
        axes.set_xlim(min(seen) / _MARGIN, max(seen) * _MARGIN)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: labels.number(value)))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_ylim(len(shown) - 0.4, -0.6)
        _quiet(axes)
        return _svg(figure, "prices", labels("prices_plot"))


def titles_plot(titles: TitleLengths, labels: Labels) -> Html:
    """Draw how many titles there are by length."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 2.3), layout="constrained")
        axes = figure.subplots()
        lengths = [10 * at for at in range(len(titles.histogram))]
        bars = axes.bar(lengths, titles.histogram, width=9, align="edge", color=_ACCENT)
        for length, bar in zip(lengths, bars, strict=True):
            if length < SHORTEST or length > LONGEST:
                bar.set(facecolor="none", edgecolor=_WARN, hatch="////", linewidth=1)
        ticks = lengths[:-1:2]
        axes.set_xticks([*ticks, lengths[-1]], [*map(str, ticks), f"{lengths[-1]}+"])
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: labels.count(int(value))))
        axes.grid(axis="y", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(length=0)
        axes.set_xlabel(labels("characters"))
        return _svg(figure, "titles", labels("titles_plot"))


def trend_plot(names: Sequence[str], days: Sequence[str], series: Sequence[Sequence[float]], labels: Labels) -> Html:
    """Draw one small line plot for each figure, ``series[i]`` over ``days``; an unknown point is NaN."""
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 1.45 * rows + 0.2), layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True)
        for place in range(rows * columns):
            axes = grid[place // columns][place % columns]
            if place >= len(names):
                axes.set_visible(False)
                continue
            values = series[place]
            axes.plot(range(len(days)), values, "-o", color=_ACCENT, ms=3.5, lw=1.4)
            axes.set_title(names[place], fontsize=9, loc="left")
            axes.set_ylim(bottom=0, top=max([value for value in values if value == value], default=0) * 1.25 or 1)
            axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: labels.count(int(value))))
            ends = [0, len(days) - 1] if len(days) > 1 else [0]
            axes.set_xticks(ends, [days[at] for at in ends])
            axes.set_xlim(-0.4, len(days) - 0.6)
            axes.tick_params(length=0, labelbottom=True)
            axes.grid(axis="y", linewidth=0.6)
        return _svg(figure, "trend", labels("trend_plot"))


def _quiet(axes: Axes) -> None:
    axes.grid(axis="x", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines["left"].set_visible(False)


def _short(text: str) -> str:
    """Return a text of the catalogue as a label of one line; of a long path its last steps."""
    text = allowed(" ".join(text.split()))
    steps = text.split(" > ")
    while len(steps) > 1 and len(" > ".join(steps)) > _LONGEST_LABEL:
        del steps[0]
    label = " > ".join(steps)
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"


def _svg(figure: Figure, name: str, description: str) -> Html:
    """Return a figure as an ``svg`` element with ids of its own and the page's colours and font."""
    out = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with warnings.catch_warnings():
        # The page's fonts show letters that matplotlib's own font lacks.
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        with matplotlib.rc_context({"svg.hashsalt": name}):
            figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    root = etree.fromstring(out.getvalue().encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    for node in root.iter():
        _adapt(node, name)
    for attribute in ("width", "height", "version"):
        if attribute in root.attrib:
            del root.attrib[attribute]
    root.set("role", "img")
    root.set("aria-label", description)
    etree.strip_elements(root, "style", with_tail=False)
    etree.cleanup_namespaces(root)
    return Html(etree.tostring(root, encoding="unicode"))


def _adapt(node: etree._Element, name: str) -> None:
    node.tag = etree.QName(node).localname
    for key, value in list(node.attrib.items()):
        local = etree.QName(key).localname
        text = str(value)
        if local == "id":
            text = f"{name}-{text}"
        elif local == "href":
            text = text.replace("#", f"#{name}-", 1)
        elif local == "style":
            text = re.sub(r"font-family: [^;]*;?", "", text)
            text = re.sub("#[0-9a-f]{6}", lambda found: _PAGE_COLOURS.get(found[0], found[0]), text)
        text = text.replace("url(#", f"url(#{name}-")
        del node.attrib[key]
        node.set(local, text)
