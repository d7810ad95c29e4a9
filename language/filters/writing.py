"""A filter tree back to text."""

import re

from language.filters.tree import And, Compare, Exists, Filter, In, Not, Or, Scalar

_PLAIN = re.compile(r"[^\W\d][\w.]*")
_KEYWORDS = {"AND", "OR", "NOT", "IN", "EXISTS", "TRUE", "FALSE"}


def to_text(node: Filter) -> str:
    """Return the text form of a filter; ``parse_filter`` reads it back.

    Raises ValueError for what has no text form: a field with a backquote, an empty AND, OR or IN.
    """
    match node:
        case And(parts=parts) | Or(parts=parts):
            if not parts:
                raise ValueError("an empty AND or OR has no text form")
            word = " AND " if isinstance(node, And) else " OR "
            return word.join(f"({to_text(part)})" for part in parts)
        case Not(part=part):
            return f"NOT ({to_text(part)})"
        case Exists(field=field):
            return f"{_field(field)} EXISTS"
        case In(field=field, values=values):
            if not values:
                raise ValueError("an empty IN has no text form")
            return f"{_field(field)} IN ({', '.join(map(_literal, values))})"
        case Compare(field=field, op=op, value=value):
            return f"{_field(field)} {op} {_literal(value)}"


def _field(name: str) -> str:
    if _PLAIN.fullmatch(name) and name.upper() not in _KEYWORDS:
        return name
    if "`" in name or not name:
        raise ValueError(f"the field {name!r} has no text form")
    return f"`{name}`"


def _literal(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return repr(float(value))
