"""One page about a search's quality for people: figures with their intervals, every query, who won and who lost.

The page asks for nothing else, so it can be sent and opened anywhere.
"""

from collections.abc import Sequence

from evaluation.comparison import Comparison, Difference
from evaluation.pages.markup import Html, element
from evaluation.search_quality import CUT, RECALLED, Mean, QueryQuality, SearchQuality

_STYLE = Html(
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430;"
    "background:#fff}h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}table{border-collapse:collapse}"
    "td,th{padding:.25rem .8rem .25rem 0;text-align:left;border-bottom:1px solid #dde3ea}"
    "td.number{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}"
    "@media (prefers-color-scheme:dark){body{background:#12161c;color:#e6ebf2}td,th{border-color:#303a47}}"
)
_WIN, _LOSS, _PLAIN, _SOFT = "#2a7f62", "#b3412e", "#3f6fb0", "#8fa3bd"
_WIDTH, _LABELS, _ROW = 640, 200, 20
_LONGEST = 30
_MOST_ROWS = 40
_NAMES = {
    "ndcg": "nDCG, unjudged as 0",
    "ndcg_judged": "nDCG, judged only",
    "reciprocal_rank": "reciprocal rank",
    "recall": "recall",
}


def search_report(catalog: str, quality: SearchQuality, comparison: Comparison | None = None, beside: str = "") -> str:
    """Return the page as HTML; with a comparison also what differs from the search named ``beside``."""
    title = f"Search quality of {catalog}"
    body = [
        element("h1", title),
        element(
            "p",
            f"{len(quality.queries)} judged queries; {quality.left_out} without a positive judgment are left out. "
            f"Linear gain, first {CUT} hits, 95 % bootstrap intervals over queries.",
        ),
        element("h2", "Figures"),
        _figures(quality),
        _whiskers(quality),
    ]
    if comparison is not None:
        body += _differences(comparison, beside)
    body += [element("h2", "Every query, the worst first"), _query_bars(quality.queries), _queries(quality.queries)]
    head = element("head", element("meta", charset="utf-8"), element("title", title), element("style", _STYLE))
    return "<!doctype html>\n" + element("html", head, element("body", body), lang="en")


def _means(quality: SearchQuality) -> Sequence[tuple[str, Mean]]:
    return (
        (f"nDCG@{CUT}, unjudged as 0", quality.ndcg),
        (f"nDCG@{CUT}, judged only", quality.ndcg_judged),
        ("reciprocal rank", quality.reciprocal_rank),
        (f"recall@{RECALLED}", quality.recall),
    )


def _figures(quality: SearchQuality) -> Html:
    return _table(
        ("figure", "mean", "from", "to"),
        [(name, *(f"{value:.3f}" for value in (mean.value, mean.low, mean.high))) for name, mean in _means(quality)],
    )


def _whiskers(quality: SearchQuality) -> Html:
    """Draw each mean as a point within its interval, from 0 to 1."""
    marks = []
    for at, (name, mean) in enumerate(_means(quality)):
        y = _ROW * at + _ROW // 2
        low, middle, high = (_LABELS + (_WIDTH - _LABELS) * share for share in (mean.low, mean.value, mean.high))
        marks += [
            _label(name, y),
            element("line", x1=f"{low:.1f}", x2=f"{high:.1f}", y1=y, y2=y, stroke=_PLAIN, stroke_width=3),
            element("circle", cx=f"{middle:.1f}", cy=y, r=5, fill=_PLAIN),
        ]
    return _plot(len(_means(quality)), marks, "Means with their intervals, from 0 to 1")


def _differences(comparison: Comparison, beside: str) -> list[Html]:
    table = _table(
        ("difference", "mean", "from", "to"),
        [
            (_NAMES[name], *(f"{value:+.3f}" for value in (mean.value, mean.low, mean.high)))
            for name, mean in comparison.difference.items()
        ],
    )
    said = f"{len(comparison.wins)} queries won, {len(comparison.losses)} lost. An interval that holds 0 may be chance."
    return [
        element("h2", f"Beside {beside}"),
        element("p", said),
        table,
        _difference_bars([*comparison.wins, *reversed(comparison.losses)]),
        element("h2", "Losses"),
        _table(
            ("query", "now", f"{beside}"),
            [(each.query, f"{each.one:.3f}", f"{each.other:.3f}") for each in comparison.losses],
        ),
    ]


def _difference_bars(rows: Sequence[Difference]) -> Html:
    """Draw what each query won or lost, to the right or to the left of the middle."""
    shown = rows if len(rows) <= _MOST_ROWS else [*rows[: _MOST_ROWS // 2], *rows[-_MOST_ROWS // 2 :]]
    middle, scale = _LABELS + (_WIDTH - _LABELS) / 2, (_WIDTH - _LABELS) / 2
    marks = []
    for at, row in enumerate(shown):
        change = row.one - row.other
        length = abs(change) * scale
        begin = middle if change > 0 else middle - length
        marks += [_label(row.query, _ROW * at + _ROW // 2), _bar(begin, at, length, _WIN if change > 0 else _LOSS)]
    return _plot(len(shown), marks, "What queries won and lost in nDCG")


def _query_bars(queries: Sequence[QueryQuality]) -> Html:
    shown = sorted(queries, key=lambda each: (each.ndcg, each.query))[:_MOST_ROWS]
    marks = []
    for at, row in enumerate(shown):
        scale = _WIDTH - _LABELS
        marks += [
            _label(row.query, _ROW * at + _ROW // 2),
            _bar(_LABELS, at, row.ndcg_judged * scale, _SOFT),
            _bar(_LABELS, at, row.ndcg * scale, _PLAIN),
        ]
    return _plot(len(shown), marks, "nDCG of the worst queries: dark with unjudged products as 0, light judged only")


def _queries(queries: Sequence[QueryQuality]) -> Html:
    ordered = sorted(queries, key=lambda each: (each.ndcg, each.query))
    rows = [
        (each.query, *(f"{value:.3f}" for value in (each.ndcg, each.ndcg_judged, each.recall)), f"{each.hits:,}")
        for each in ordered
    ]
    return _table(("query", "nDCG", "judged only", "recall", "hits"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    names = element("tr", [element("th", name, scope="col") for name in head])
    lines = [
        element("tr", element("td", first), [element("td", each, class_="number") for each in rest])
        for first, *rest in rows
    ]
    return element("table", element("thead", names), element("tbody", lines))


def _plot(rows: int, marks: Sequence[Html], said: str) -> Html:
    size = f"0 0 {_WIDTH} {max(rows, 1) * _ROW}"
    picture = element("svg", marks, viewBox=size, role="img", aria_label=said, xmlns="http://www.w3.org/2000/svg")
    return element("figure", picture, element("figcaption", said))


def _label(text: str, y: int) -> Html:
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return element("text", short, x=_LABELS - 8, y=y + 4, text_anchor="end", font_size=12, fill="currentColor")


def _bar(x: float, row: int, length: float, colour: str) -> Html:
    return element("rect", x=f"{x:.1f}", y=_ROW * row + 3, width=f"{length:.1f}", height=_ROW - 6, fill=colour)
