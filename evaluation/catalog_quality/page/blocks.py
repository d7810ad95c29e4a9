"""The pieces that sections of this page alone are made of."""

from collections.abc import Sequence

from evaluation.catalog_quality.page.labels import Labels
from evaluation.pages.blocks import code
from evaluation.pages.markup import Html, element, fragment


def ids(identities: Sequence[str], most: int = 5) -> Html:
    """Return some ids, set as code."""
    return fragment(*(fragment(code(each), " ") for each in identities[:most]))


def more(labels: Labels, shown: int, total: int, file: str) -> Html | None:
    """Return where the rest is; None if all is shown."""
    if shown >= total:
        return None
    return element("p", labels("more", count=labels.count(total - shown), file=file), class_="note")
