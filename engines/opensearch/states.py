"""Fields that an offer makes true or false of every unit: what is in stock, what is on offer."""

from collections.abc import Callable

from engines.opensearch.conditions import any_of
from engines.opensearch.connection import Json
from engines.opensearch.encoding import spelling
from language.filters.tree import Compare, Exists, In, Operator

_HOLDS: dict[Operator, tuple[int, ...]] = {"=": (0,), "!=": (-1, 1), "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}


def of_states(node: Compare | In | Exists, condition: Callable[[bool], Json]) -> Json:
    """Return a filter's condition on units, for such a field; ``condition`` is that it is true, or that it is not."""
    return any_of([condition(state) for state in (True, False) if _holds(node, state)])


def _holds(node: Compare | In | Exists, state: bool) -> bool:
    match node:
        case Exists():
            return True
        case In(values=values):
            return any(spelling(value) == spelling(state) for value in values)
        case Compare(op=op, value=value):
            have, wanted = spelling(state), spelling(value)
            return (have > wanted) - (have < wanted) in _HOLDS[op]
