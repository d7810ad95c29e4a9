"""What a load counts besides products and rejects."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Notes:
    """Counts by reason of what a load leaves out (``skipped``) and mends or drops (``warnings``); ``rows`` are what was
    read of each part."""

    skipped: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Notes") -> None:
        """Add another's counts."""
        self.skipped.update(other.skipped)
        self.warnings.update(other.warnings)
        self.rows.update(other.rows)
