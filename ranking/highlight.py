"""Query words marked in a text that is safe to put into a page."""

import re
from collections.abc import Collection
from html import escape

from language.analysis import Analyzer

_UNSAFE = re.compile("[&<>\"']")


def highlight(text: str, terms: Collection[str], prefix: str | None, analyzer: Analyzer) -> str | None:
    """Return ``text`` escaped for HTML with each matching word in ``<mark>``; None if no word matches."""
    found = analyzer.matches(text, terms, prefix)
    if not found:
        return None
    safe = escape if _UNSAFE.search(text) else str
    pieces: list[str] = []
    done = 0
    for start, end in found:
        pieces += (safe(text[done:start]), "<mark>", safe(text[start:end]), "</mark>")
        done = end
    return "".join((*pieces, safe(text[done:])))
