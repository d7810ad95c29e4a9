"""The account of a file: what became of every element and attribute that it holds.

While a unit is mapped, each value is decided upon: kept, merged (it says what another value says already, or became
part of one), or left out for a reason. When the unit is settled, everything in it is counted, decided or not; so
nothing is lost without a trace.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from commerce.readers.bmecat.nodes import Node
from commerce.readers.bmecat.vocabulary import is_known

KEPT: Final = "kept"
MERGED: Final = "merged"
UNKNOWN: Final = "no element of BMEcat"
EXTENSION: Final = "a user-defined extension"
UNUSED: Final = "Vitrine has no field for it"
EMPTY: Final = "is empty"
NOTHING_INSIDE: Final = "nothing in it is used"
STRAY_TEXT: Final = "text between elements"
# Attributes that say how their element is to be read. All others are left out.
_READ_ATTRIBUTES = frozenset({"lang", "type", "price_type", "mode", "default"})


@dataclass(frozen=True, slots=True)
class ElementCount:
    """How many elements of one kind were read and what became of them; ``left_out`` is by reason.

    ``read`` is always ``kept + merged`` and all of ``left_out``.
    """

    read: int
    kept: int
    merged: int
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Page:
    """What was decided upon one unit, and the element that it stands in."""

    unit: Node
    above: str
    decided: Mapping[Node, str]


@dataclass(slots=True)
class _Count:
    kept: int = 0
    merged: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


class Ledger:
    """Counts by kind: "PARENT/ELEMENT", "PARENT/ELEMENT@attribute", and "PARENT/ELEMENT/#text" for stray text."""

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}
        self._decided: dict[Node, str] = {}

    def keep(self, *nodes: Node) -> None:
        """Decide that values became a value of the catalogue; what stands inside them counts as merged."""
        for node in nodes:
            self._decided[node] = KEPT

    def merge(self, *nodes: Node) -> None:
        """Decide that values are part of another value, or say the same."""
        for node in nodes:
            self._decided[node] = MERGED

    def leave(self, node: Node, reason: str) -> None:
        """Decide that a value, with all that it holds, is not taken."""
        self._decided[node] = reason

    def settle(self, unit: Node, above: str) -> None:
        """Count a unit whose mapping is done."""
        self.count(self.close(unit, above))

    def close(self, unit: Node, above: str) -> Page:
        """Return what was decided upon a unit, to be counted when it is known whether it is taken at all."""
        decided, self._decided = self._decided, {}
        return Page(unit, above, decided)

    def count(self, page: Page, *, rejected: str | None = None) -> None:
        """Count a unit; with ``rejected`` nothing of it was taken, for that reason."""
        self._settle(page.unit, page.above, {} if rejected else page.decided, rejected)

    def counts(self) -> dict[str, ElementCount]:
        """Return the account by kind."""
        return {
            kind: ElementCount(
                read=count.kept + count.merged + count.left_out.total(),
                kept=count.kept,
                merged=count.merged,
                left_out=dict(count.left_out),
            )
            for kind, count in sorted(self._counts.items())
        }

    def _settle(self, node: Node, above: str, decisions: Mapping[Node, str], inherited: str | None) -> bool:
        """Count an element and all below; return whether any of it is kept or merged."""
        decided = decisions.get(node) or inherited
        below = MERGED if decided == KEPT else decided
        used = False
        for child in node.children:
            used |= self._settle(child, node.written, decisions, below)
        outcome = decided or self._default(node, used)
        kind = f"{above}/{node.written}" if above else node.written
        self._count(kind, outcome)
        for name in node.attributes:
            self._count(f"{kind}@{name}", outcome if name in _READ_ATTRIBUTES else UNUSED)
        if node.children and node.text and outcome not in (KEPT, MERGED):
            self._count(f"{kind}/#text", STRAY_TEXT)
        return outcome in (KEPT, MERGED)

    def _default(self, node: Node, used: bool) -> str:
        if used:
            return KEPT
        if not is_known(node.tag):
            return EXTENSION if node.tag.startswith("UDX") else UNKNOWN
        if node.children:
            return NOTHING_INSIDE
        return UNUSED if node.text else EMPTY

    def _count(self, kind: str, outcome: str) -> None:
        count = self._counts.setdefault(kind, _Count())
        if outcome == KEPT:
            count.kept += 1
        elif outcome == MERGED:
            count.merged += 1
        else:
            count.left_out[outcome] += 1
