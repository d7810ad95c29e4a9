"""Filters: their tree, their text and JSON forms."""

from language.filters.grammar import LONGEST, parse_filter
from language.filters.tree import And, Compare, Exists, Filter, In, Not, Or, Scalar, fields_of
from language.filters.twin import filter_from_json, to_json
from language.filters.writing import to_text

__all__ = [
    "LONGEST",
    "And",
    "Compare",
    "Exists",
    "Filter",
    "In",
    "Not",
    "Or",
    "Scalar",
    "fields_of",
    "filter_from_json",
    "parse_filter",
    "to_json",
    "to_text",
]
