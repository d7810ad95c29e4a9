"""Texts of a BMEcat file as people read them, and by locale."""

from collections import Counter
from collections.abc import Sequence

from commerce.readers.bmecat.languages import by_locale
from commerce.readers.bmecat.ledger import Ledger
from commerce.readers.bmecat.nodes import Node
from commerce.readers.markup import plain_text
from commerce.reading import LONGEST_TEXT, clean_text


class Cleaner:
    """Takes markup out of texts and reads entities in them; counts in ``warnings`` what it mended."""

    def __init__(self, warnings: Counter[str]) -> None:
        self._warnings = warnings

    def __call__(self, node: Node) -> str:
        """Return what an element says, in one line."""
        text, mended = plain_text(node.words())
        if mended:
            self._warnings[mended] += 1
        if len(text) > LONGEST_TEXT:
            self._warnings["a text was cut to its longest length"] += 1
        return clean_text(text[:LONGEST_TEXT])


def texts_by_locale(nodes: Sequence[Node], default: str, clean: Cleaner, ledger: Ledger) -> dict[str, tuple[str, ...]]:
    """Return what elements of one kind say, each text once, by locale; and account for them."""
    found: dict[str, dict[str, None]] = {}
    for locale, node in by_locale(nodes, default):
        text = clean(node)
        if not text:
            continue
        own = found.setdefault(locale, {})
        if text in own:
            ledger.merge(node)
        else:
            own[text] = None
            ledger.keep(node)
    return {locale: tuple(texts) for locale, texts in found.items()}
