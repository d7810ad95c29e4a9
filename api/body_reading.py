"""Reads the bodies of the back office member by member, and writes filters and amounts as bodies say them."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

import orjson

from api.problems import RequestProblem
from commerce.reading import LONGEST_ID, clean_text
from engines.port import FieldInfo
from language.errors import InvalidFilter, VitrineError
from language.filters import LONGEST, Filter, fields_of, filter_from_json, parse_filter, to_json, to_text
from ranking.fields import resolve_filter

Fields = Mapping[str, FieldInfo]
_Read = TypeVar("_Read")
_OF_THE_BUYER = ("price", "list_price", "in_stock", "on_offer", "available_by")
MOST_ERRORS = 100
_LARGEST_TWIN = 5 * LONGEST


class BodyProblems:
    """What is wrong with a body, as (JSON pointer, message) pairs."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def add(self, pointer: str, message: str) -> None:
        """Note one."""
        self.found.append((pointer, message))

    def read(self, pointer: str, value: object, reader: Callable[[object], _Read], instead: _Read) -> _Read:
        """Return what a reader makes of a value; ``instead`` where it raises ValueError, which is noted."""
        try:
            return reader(value)
        except ValueError as error:
            self.add(pointer, str(error))
            return instead

    def members(self, pointer: str, value: object, known: Sequence[str]) -> Mapping[str, object]:
        """Return an object's members, an empty one in place of what is no object."""
        if not isinstance(value, Mapping):
            self.add(pointer, f"an object with {', '.join(known)} is needed")
            return {}
        for name in [each for each in value if each not in known][:MOST_ERRORS]:
            self.add(f"{pointer}/{_escaped(str(name)[:100])}", f"is not one of {', '.join(known)}")
        return value

    def listed(self, pointer: str, value: object) -> list[object]:
        """Return a list's entries, none in place of what is no list."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.add(pointer, "a list is needed")
            return []
        return value

    def check(self) -> None:
        """Raise RequestProblem if there is anything."""
        if self.found:
            message = f"{len(self.found)} fields are not valid; nothing was changed"
            raise RequestProblem("invalid_request", message, self.found[:MOST_ERRORS])


def read_ids(problems: BodyProblems, at: str, value: object) -> frozenset[str]:
    """Read a list of ids and note which are none."""
    found: set[str] = set()
    for number, each in enumerate(problems.listed(at, value)):
        text = clean_text(each) if isinstance(each, str) else ""
        if not text or len(text) > LONGEST_ID:
            problems.add(f"{at}/{number}", f"a text of 1 to {LONGEST_ID} characters is needed")
        found.add(text)
    return frozenset(found)


def read_filter(given: object, pointer: str, fields: Fields, *, for_each_buyer: bool = False) -> Filter | None:
    """Read a filter in either form, with every literal in its field's kind; None for none.

    Raises UnknownField, InvalidFilter, also for fields that differ from buyer to buyer unless it is looked at
    ``for_each_buyer``, and RequestProblem for one that is too long.
    """
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if (len(given) if isinstance(given, str) else _size(given) - _LARGEST_TWIN + LONGEST) > LONGEST:
        raise RequestProblem("too_large", "the filter is too long", [(pointer, f"has at most {LONGEST:,} characters")])
    try:
        node = parse_filter(given) if isinstance(given, str) else filter_from_json(given)
        for field in fields_of(node):
            if field in _OF_THE_BUYER and not for_each_buyer:
                message = f"{field!r} differs from buyer to buyer, so it cannot decide what they see and pay"
                raise InvalidFilter(message)
        node = resolve_filter(node, fields)
        # Parentheses of a text may hold more levels than the filter can be kept with.
        return filter_from_json(to_json(node))
    except VitrineError as error:
        below = error.pointer.removeprefix("/filter") if error.pointer else ""
        error.pointer = pointer + below
        raise


def _size(given: object) -> int:
    try:
        return len(orjson.dumps(given))
    except orjson.JSONEncodeError:
        return 0  # too deep to be written is too deep to be read, and reading says so better


def filter_as_given(node: Filter | None) -> object:
    """Return a filter as text where it has one that is read back as the same, else in its JSON form."""
    if node is None:
        return None
    try:
        text = to_text(node)
        if len(text) <= LONGEST and parse_filter(text) == node:
            return text
    except (ValueError, InvalidFilter):
        pass
    return to_json(node)


def amount_as_given(amount: Decimal | None) -> str | None:
    """Return an amount as decimal text."""
    return None if amount is None else f"{amount:f}"


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
