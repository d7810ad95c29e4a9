"""Relevance judgments: how well a product answers a query, as people rated it."""

import csv
import math
from collections.abc import Mapping
from pathlib import Path

from commerce.errors import MappingError

Judgments = Mapping[str, Mapping[str, float]]
"""Ratings by query and product id; 0 is not relevant."""
_COLUMNS = ("query", "product_id", "rating")


def read_judgments(path: Path) -> Judgments:
    """Read a CSV file with the columns query, product_id and rating.

    A pair that is rated twice keeps the later rating. Raises MappingError naming the file, the line and the mend.
    """
    judgments: dict[str, dict[str, float]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [name for name in _COLUMNS if name not in (reader.fieldnames or ())]:
                raise MappingError(
                    f"{path}: lacks the column {missing[0]!r}: its first line must be {','.join(_COLUMNS)}"
                )
            for row in reader:
                rating = _rating(row["rating"])
                if rating is None or not row["query"] or not row["product_id"]:
                    raise MappingError(
                        f"{path} line {reader.line_num}: needs a query, a product id and a rating from 0 up"
                    )
                judgments.setdefault(row["query"], {})[row["product_id"]] = rating
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MappingError(f"{path}: cannot be read: {error}") from error
    return judgments


def _rating(text: str | None) -> float | None:
    try:
        rating = float(text or "")
    except ValueError:
        return None
    return rating if math.isfinite(rating) and rating >= 0 else None
