"""Takes markup out of texts."""

import html
import re

from selectolax.lexbor import LexborHTMLParser

_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>")
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")


def plain_text(text: str) -> tuple[str, str | None]:
    """Return the text without markup, with entities read and spaces single; and what was mended, if anything."""
    mended = None
    if _MARKUP.search(text):
        mended = "markup taken out of a text"
        text = LexborHTMLParser(text).text(separator=" ")
    elif _ENTITY.search(text):
        mended = "entities read in a text"
        text = html.unescape(text)
    return " ".join(text.split()), mended
