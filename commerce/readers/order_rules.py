"""The rules for files of orders, a row being one line of one order."""

from commerce.readers.list_rules import ListedRows, TimeZoneName
from commerce.readers.rules import Match, Rule


class OrderRows(ListedRows):
    """An order's line: so many of ``product`` (a product or a variant) at ``net`` each, bought by ``account``.

    ``cancellation`` matches lines that take a purchase back; their quantity counts as negative whatever its sign.
    ``placed_at`` is a date and time, ``format`` as in Python's ``strptime`` where it is not ISO 8601; ``timezone`` is
    that of times without an offset.
    """

    order: Rule
    placed_at: Rule
    product: Rule
    quantity: Rule | None = None
    account: Rule | None = None
    user: Rule | None = None
    net: Rule | None = None
    currency: Rule | None = None
    cancellation: Match | None = None
    format: str | None = None
    timezone: TimeZoneName = "UTC"
