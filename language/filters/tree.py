"""The filter tree: what a filter expression means, free of any syntax and of any engine.

A missing value fails every comparison, ``!=`` included, and ``Not`` of a failed comparison holds.
On a multi-valued field ``=`` and ``IN`` mean "has". Text comparison is exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Scalar = str | float | bool
Operator = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Compare:
    """``field op value``."""

    field: str
    op: Operator
    value: Scalar


@dataclass(frozen=True, slots=True)
class In:
    """``field IN (values)``: has at least one of them."""

    field: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """``field EXISTS``: has any value."""

    field: str


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold; an empty one holds."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds; an empty one does not."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Filter"


Filter = Compare | In | Exists | And | Or | Not


def fields_of(node: Filter) -> Iterator[str]:
    """Yield every field that the tree names, in order of appearance, repeats included."""
    match node:
        case Compare(field=field) | In(field=field) | Exists(field=field):
            yield field
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from fields_of(part)
        case Not(part=part):
            yield from fields_of(part)
