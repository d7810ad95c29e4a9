"""Comparisons as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from api.comparing import Comparing
from ranking.comparison.sentences import Speaker, language_of
from ranking.comparison.table import Row, Value

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_HEADS: Mapping[str, tuple[str, str, str, str, str]] = {
    "en": ("Group", "Attribute", "Unit", "Quantity", "Best for"),
    "de": ("Gruppe", "Merkmal", "Einheit", "Menge", "Am besten für"),
}


class CsvResponse(Response):
    """A file to save."""

    media_type = "text/csv"

    def __init__(self, content: str) -> None:
        super().__init__(content, headers={"content-disposition": 'attachment; filename="comparison.csv"'})


def to_csv(found: Comparing) -> str:
    """Return the table with a column a product, the rows in the order of the answer."""
    group, attribute, unit, quantity, best = _HEADS[language_of(found.locale)]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([group, attribute, unit, *(_safe(each.stored.title) for each in found.products)])
    writer.writerow(["", "ID", "", *(_safe(each.stored.id) for each in found.products)])
    writer.writerow(["", quantity, "", *(each.quantity for each in found.products)])
    speaker = Speaker(found.locale)
    for row in found.answer.rows:
        writer.writerow([*(_safe(each or "") for each in _head(row)), *_cells(row, speaker)])
    writer.writerow(["", best, "", *(_safe(each) for each in found.answer.sentences)])
    return written.getvalue()


def wants_csv(accept: str) -> bool:
    """Say whether a request's ``Accept`` names CSV and prefers it to JSON.

    >>> wants_csv("text/csv"), wants_csv("application/json, text/csv;q=0.5"), wants_csv("*/*")
    (True, False, False)
    """
    weights = {"text/csv": 0.0, "application/json": 0.0}
    for part in accept.lower().split(","):
        name, *parameters = (each.strip() for each in part.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        if name in weights:
            weights[name] = float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
    return weights["text/csv"] > weights["application/json"]


def _head(row: Row) -> Sequence[str | None]:
    return row.head.group, row.head.label, row.unit


def _cells(row: Row, speaker: Speaker) -> list[str | float]:
    return ["" if each is None else _written(each, speaker) for each in row.values]


def _written(value: Value, speaker: Speaker) -> str | float:
    # Numbers stay numbers, also negative ones: they cannot be a formula.
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return _safe(speaker.value(value, None))


def _safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before what would begin one."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) or text.startswith(_FORMULA) else text
