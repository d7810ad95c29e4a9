"""What a load of BMEcat files did, down to every kind of element."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from commerce.readers.bmecat.ledger import ElementCount
from commerce.readers.load import LoadReport


@dataclass(frozen=True, slots=True)
class BmecatReport(LoadReport):
    """A load's report with its account: ``elements`` are by kind, such as "FEATURE/FVALUE" or "PRODUCT@mode".

    ``warnings`` also count values that were left out because they cannot be used; they and the rejected products are
    named by file and line in ``rejects``. ``skipped_by_reason`` sums up what the account says was left out.
    """

    elements: Mapping[str, ElementCount] = field(default_factory=dict)
