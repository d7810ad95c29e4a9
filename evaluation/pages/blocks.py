"""The pieces that sections of a page are made of."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from evaluation.pages.markup import Child, Html, element

STYLE = Html(Path(__file__).with_name("style.css").read_text(encoding="utf-8"))
_SHORT = 24
_BAR, _GAP, _LABEL, _WIDTH = 18, 8, 220, 760
_LONGEST_LABEL = 34


def section(identity: str, title: str, note: str | None, *children: Child) -> Html:
    """Return a section with a heading that can be linked to."""
    head = element("h2", title, id=identity)
    return element("section", head, element("p", note, class_="note") if note else None, *children)


def table(headers: Sequence[str], rows: Iterable[Sequence[Child]], *, numeric: Iterable[int] = ()) -> Html:
    """Return a table whose ``numeric`` columns are set to the right."""
    right = frozenset(numeric)

    def style(at: int) -> str | None:
        return "n" if at in right else None

    head = element("tr", [element("th", text, scope="col", class_=style(at)) for at, text in enumerate(headers)])
    body = [element("tr", [element("td", cell, class_=style(at)) for at, cell in enumerate(row)]) for row in rows]
    return element("div", element("table", element("thead", head), element("tbody", body)), class_="wide")


def figure(plot: Html, caption: str | None = None) -> Html:
    """Return a plot with its caption."""
    return element("figure", plot, element("figcaption", caption) if caption else None)


def code(text: str) -> Html:
    """Return a text of the catalogue set as code; a short one is not broken into lines."""
    return element("code", text, class_="short" if len(text) <= _SHORT else None)


def bars(rows: Sequence[tuple[str, float, str]]) -> Html:
    """Return horizontal bars, one a (label, value, text); empty without rows."""
    if not rows:
        return Html("")
    most = max(value for _, value, _ in rows) or 1.0
    drawn: list[Child] = []
    for at, (label, value, text) in enumerate(rows):
        top = at * (_BAR + _GAP)
        short = label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"
        width = round(max(value, 0.0) / most * (_WIDTH - _LABEL - 120), 1)
        middle = top + _BAR * 0.75
        drawn += [
            element("text", short, x=_LABEL - 8, y=str(middle), text_anchor="end", fill="currentColor"),
            element("rect", x=_LABEL, y=top, width=str(width), height=_BAR, fill="var(--accent)"),
            element("text", text, x=str(_LABEL + width + 6), y=str(middle), fill="currentColor"),
        ]
    height = len(rows) * (_BAR + _GAP)
    label = ", ".join(f"{name}: {text}" for name, _, text in rows)
    return figure(element("svg", drawn, viewBox=f"0 0 {_WIDTH} {height}", role="img", aria_label=label, font_size=13))
