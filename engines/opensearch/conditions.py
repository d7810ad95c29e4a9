"""The smallest conditions on units, and how conditions are joined, in the cluster's query language."""

from collections.abc import Iterable, Mapping, Sequence

from engines.opensearch.connection import Json

UNITS = "units"
NOTHING: Json = {"match_none": {}}
EVERYTHING: Json = {"match_all": {}}
_MOST_TERMS = 60_000
"""Of one condition; the cluster takes no more than 65,536."""


def any_of(parts: Sequence[Json]) -> Json:
    """Return the condition that any of these holds; terms of one field become one condition, for the cluster takes
    only so many."""
    terms: dict[str, dict[str, None]] = {}
    joined: list[Json] = []
    for part in parts:
        [(kind, content)] = part.items()
        if kind != "terms":
            joined.append(part)
            continue
        [(field, values)] = content.items()
        known = terms.setdefault(field, {})
        if isinstance(values, Mapping) or len(known) + len(values) > _MOST_TERMS:
            joined.append(part)
        else:
            known.update(dict.fromkeys(values))
    joined += [{"terms": {field: list(values)}} for field, values in terms.items() if values]
    if not joined:
        return NOTHING
    return joined[0] if len(joined) == 1 else {"bool": {"should": joined, "minimum_should_match": 1}}


def all_of(conditions: Iterable[Json]) -> Json:
    """Return the condition that all of these hold."""
    parts = list(conditions)
    return parts[0] if len(parts) == 1 else {"bool": {"filter": parts}} if parts else EVERYTHING
