"""Query words marked in a text that is safe to put into a page."""

from collections.abc import Collection
from html import escape

from language.analysis import Analyzer


def highlight(text: str, terms: Collection[str], prefix: str | None, analyzer: Analyzer) -> str | None:
    """Return ``text`` escaped for HTML with each matching word in ``<mark>``; None if no word matches."""
    found = analyzer.matches(text, terms, prefix)
    if not found:
        return None
    pieces: list[str] = []
    done = 0
    for start, end in found:
        pieces += (escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>")
        done = end
    return "".join((*pieces, escape(text[done:])))
