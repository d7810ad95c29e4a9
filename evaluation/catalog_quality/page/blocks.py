"""The pieces that sections of the page are made of."""

from collections.abc import Iterable, Sequence

from evaluation.catalog_quality.page.labels import Labels
from evaluation.catalog_quality.page.markup import Child, Html, element, fragment

_SHORT = 24


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


def ids(identities: Sequence[str], most: int = 5) -> Html:
    """Return some ids, set as code."""
    return fragment(*(fragment(code(each), " ") for each in identities[:most]))


def more(labels: Labels, shown: int, total: int, file: str) -> Html | None:
    """Return where the rest is; None if all is shown."""
    if shown >= total:
        return None
    return element("p", labels("more", count=labels.count(total - shown), file=file), class_="note")
