"""Regular expressions of rules, matched together in time linear in the query, whatever they say."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import re2

from language.errors import VitrineError

LONGEST_PATTERN = 200
_AT_ONCE = 500
_MEMORY = 64 << 20
_LARGEST = 1 << 20
_LARGE = 150


class InvalidPattern(VitrineError):
    """A regular expression that cannot be matched in linear time, or that is too large."""

    code = "invalid_request"


def check_pattern(pattern: str) -> None:
    """Raise InvalidPattern for what is no pattern of RE2, which knows no look-around and no back references."""
    if not pattern or len(pattern) > LONGEST_PATTERN:
        raise InvalidPattern(f"a pattern has 1 to {LONGEST_PATTERN} characters")
    try:
        # A pattern may be short and yet stand for a large machine: nested counts multiply.
        _compiled(pattern)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        said = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise InvalidPattern(f"not a pattern of RE2 (no look-around, no back references): {said}") from error


def matches(pattern: str, query: str) -> bool:
    """Say whether a pattern matches somewhere in a normalised query."""
    return _compiled(pattern).search(query) is not None


class Patterns:
    """Patterns that are matched together: one pass over the query for each five hundred of them.

    Large ones are matched one by one: together they could be too many states for the memory of a pass, which then finds
    nothing and does not say so.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._large = [(at, each) for at, each in enumerate(patterns) if _compiled(each).programsize > _LARGE]
        alone = {at for at, _ in self._large}
        together = [at for at in range(len(patterns)) if at not in alone]
        self._sets: list[tuple[Any, list[int]]] = []
        for first in range(0, len(together), _AT_ONCE):
            places = together[first : first + _AT_ONCE]
            matcher = re2.Set.SearchSet(_options(_MEMORY))
            for at in places:
                matcher.Add(patterns[at])
            matcher.Compile()
            self._sets.append((matcher, places))

    def matching(self, query: str) -> list[int]:
        """Return the places of the patterns that match somewhere in a normalised query."""
        found = [places[at] for matcher, places in self._sets for at in matcher.Match(query) or ()]
        return [*found, *(at for at, pattern in self._large if matches(pattern, query))]


@lru_cache(maxsize=10_000)
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern, _options(_LARGEST))


def _options(memory: int) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = memory
    return options
