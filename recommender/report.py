"""The evaluation as one HTML page that needs nothing else: plots as drawn here, and the figures as a table.

The plots are points with lines, twenty lines of SVG. A library for plots would draw them by scripts from another host,
or by a megabyte of scripts within the page, and the page is to be sent by mail and opened behind a firewall.
"""

from collections.abc import Mapping, Sequence
from html import escape

from recommender.evaluation import CUT, DEPTH, OURS, Figure, Row

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #14191d; }
table { border-collapse: collapse; margin: 1rem 0 2rem; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.8rem 0.3rem 0; text-align: right; border-bottom: 1px solid #dfe4e7; }
th:first-child, td:first-child { text-align: left; }
tr.ours td { font-weight: 600; }
text { font: 13px system-ui, sans-serif; }
"""
_TASKS = {"all": "The whole next order", "new": "New products of it only"}
_LABELS, _WIDTH, _LINE = 240, 620, 26


def report_page(catalog: str, seed: int, found: Mapping[str, Sequence[Row]]) -> str:
    """Return the page; ``found`` are the rows by the name of their cut."""
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        f"<title>Recommendations of {escape(catalog)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>Recommendations of {escape(catalog)}</h1>",
        "<p>Trained on what happened before each cut, asked for every known buyer's first order from then on. All "
        "products are ranked, ties fall to the disadvantage of the model, bars show 95 % bootstrap intervals over "
        f"buyers. Seed {seed}.</p>",
    ]
    for name, rows in found.items():
        parts.append(f"<h2>{escape(name)}</h2>")
        for task, title in _TASKS.items():
            of_task = [row for row in rows if row.task == task]
            if of_task:
                parts += [f"<h3>{title}</h3>", _plot(of_task), _table(of_task)]
    return "\n".join([*parts, "</body></html>", ""])


def _plot(rows: Sequence[Row]) -> str:
    """Draw nDCG of each recommender as a point with its interval."""
    most = max(row.ndcg.high for row in rows) or 1.0
    height = _LINE * (len(rows) + 1)
    label = f"nDCG@{CUT} with 95 % intervals"
    marks = [f"<svg viewBox='0 0 {_LABELS + _WIDTH + 90} {height}' role='img' aria-label='{label}'>"]
    for at, row in enumerate(sorted(rows, key=lambda each: -each.ndcg.value)):
        y = _LINE * at + _LINE / 2
        low, value, high = (_LABELS + _WIDTH * each / most for each in (row.ndcg.low, row.ndcg.value, row.ndcg.high))
        colour = "#0b6472" if row.name == OURS else "#7d8890"
        marks += [
            f"<text x='{_LABELS - 12}' y='{y + 4:.0f}' text-anchor='end'>{escape(row.name)}</text>",
            f"<line x1='{low:.1f}' x2='{high:.1f}' y1='{y}' y2='{y}' stroke='{colour}' stroke-width='3'/>",
            f"<circle cx='{value:.1f}' cy='{y}' r='6' fill='{colour}'/>",
            f"<text x='{high + 12:.1f}' y='{y + 4:.0f}'>{row.ndcg.value:.4f}</text>",
        ]
    marks.append(f"<text x='{_LABELS}' y='{height - 6}' fill='#55606a'>{label}; the line begins at 0</text></svg>")
    return "".join(marks)


def _table(rows: Sequence[Row]) -> str:
    names = (
        "",
        f"recall@{DEPTH}",
        f"nDCG@{CUT}",
        "by revenue",
        "hit rate",
        "coverage",
        "novelty",
        "calibration",
        "buyers",
    )
    lines = ["<table><tr>" + "".join(f"<th>{name}</th>" for name in names) + "</tr>"]
    for row in rows:
        cells = (
            escape(row.name),
            *(_shown(each) for each in (row.recall, row.ndcg, row.revenue)),
            f"{row.hit_rate:.3f}",
            f"{row.coverage:.3f}",
            f"{row.novelty:.2f}",
            f"{row.calibration:.3f}",
            f"{row.buyers:,}",
        )
        mark = " class='ours'" if row.name == OURS else ""
        lines.append(f"<tr{mark}>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return "".join([*lines, "</table>"])


def _shown(figure: Figure) -> str:
    return f"{figure.value:.4f} ({figure.low:.3f}–{figure.high:.3f})"
