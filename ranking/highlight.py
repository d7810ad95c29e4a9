"""Query words marked in a text that is safe to put into a page."""

from collections.abc import Collection
from html import escape

from language.analysis import Analyzer


def highlight(text: str, terms: Collection[str], prefix: str | None, analyzer: Analyzer) -> str | None:
    """Return ``text`` escaped for HTML with each matching word in ``<mark>``; None if no word matches."""
    pieces: list[str] = []
    done = 0
    for term, start, end in analyzer.tokens(text):
        if term in terms or (prefix and text[start:end].casefold().startswith(prefix)):
            pieces += (escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>")
            done = end
    if not pieces:
        return None
    return "".join((*pieces, escape(text[done:])))
