"""The smallest conditions on units, and how conditions are joined, in the cluster's query language."""

from engines.opensearch.connection import Json

UNITS = "units"
NOTHING: Json = {"match_none": {}}
EVERYTHING: Json = {"match_all": {}}


def any_of(parts: list[Json]) -> Json:
    """Return the condition that any of these holds."""
    if not parts:
        return NOTHING
    return parts[0] if len(parts) == 1 else {"bool": {"should": parts, "minimum_should_match": 1}}
