"""What one load counts while it runs, and the file that names what could not be taken."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from commerce.errors import TooManyRejects
from commerce.product import Offer
from commerce.readers.bmecat.file import REJECTED, Account, Found
from commerce.readers.bmecat.ledger import Ledger
from commerce.readers.bmecat.updates import priced
from commerce.readers.rows import Reject
from commerce.records import Written

MAX_REJECT_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Mark:
    """How many products were taken and rejected up to a moment."""

    accepted: int
    rejected: int


class Tally:
    """The counts of a load. ``rejects`` is a JSONL file that exists only if something is in it."""

    def __init__(self, rejects: Path) -> None:
        self.account = Account(Ledger(), Counter(), self.tell)
        self.rejected: Counter[str] = Counter()
        self.accepted = self.written = self.removed = self.unchanged = 0
        self._path = rejects
        rejects.parent.mkdir(parents=True, exist_ok=True)
        rejects.unlink(missing_ok=True)

    @property
    def rejects(self) -> Path | None:
        """The file, if anything is in it."""
        return self._path if self._path.exists() else None

    def take(self, found: Found) -> None:
        """Count a product that is taken."""
        self.accepted += 1
        self.account.ledger.count(found.page)

    def priced(self, found: Found, before: Sequence[Offer]) -> None:
        """Count what an update of prices does to offers; ``before`` are empty for a variant of its own number."""
        if not priced(found):
            self.account.warnings["no usable price: the one before stays"] += 1
            self.unchanged += 1
            return
        now = found.item.offer if found.item else Offer()
        changed = not before or any((offer.net, offer.tiers) != (now.net, now.tiers) for offer in before)
        self.written += changed
        self.unchanged += not changed

    def refuse(self, found: Found, field: str, reason: str) -> None:
        """Count a product that is rejected, and name it."""
        self.account.ledger.count(found.page, rejected=REJECTED)
        self.reject(found.refused(field, reason))

    def pass_over(self, found: Found, reason: str) -> None:
        """Count a product that is left out without being wrong, and name it."""
        self.account.ledger.count(found.page, rejected=reason)
        self.tell(found.refused("id", reason))

    def reject(self, reject: Reject) -> None:
        """Note a product that is rejected."""
        self.rejected[f"{reject.field}: {_general(reject.reason)}"] += 1
        self._write(reject)

    def tell(self, reject: Reject) -> None:
        """Note a value that cannot be used, of a product that is taken all the same."""
        self.account.warnings[f"{reject.field}: {_general(reject.reason)}"] += 1
        self._write(reject)

    def wrote(self, written: Written) -> None:
        """Count what a write did."""
        self.written += written.written
        self.removed += written.removed
        self.unchanged += written.unchanged

    def mark(self) -> Mark:
        """Return the counts so far, for ``check``."""
        return Mark(self.accepted, self.rejected.total())

    def check(self, since: Mark) -> None:
        """Raise TooManyRejects if more than their share were rejected since then."""
        rejected = self.rejected.total() - since.rejected
        products = self.accepted - since.accepted + rejected
        if rejected > MAX_REJECT_SHARE * products:
            worst = ", ".join(f"{reason} ({count})" for reason, count in self.rejected.most_common(3))
            raise TooManyRejects(
                f"{rejected} of {products} products were rejected, more than {MAX_REJECT_SHARE:.0%}: {worst}. "
                f"Nothing was changed. See {self._path} and mend the file."
            )

    def _write(self, reject: Reject) -> None:
        with self._path.open("ab") as out:
            out.write(orjson.dumps(asdict(reject)) + b"\n")


def _general(reason: str) -> str:
    """Return a reason without what is particular to one value, so that reasons can be counted."""
    head = reason.partition(":")[0]
    return " ".join("…" if any(c.isdigit() for c in word) or "'" in word else word for word in head.split())
