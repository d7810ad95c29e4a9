"""The rules for files of events, a row being one event."""

from commerce.readers.list_rules import ListedRows, TimeZoneName
from commerce.readers.rules import Rule


class EventRows(ListedRows):
    """What somebody did: an ``action`` such as ``click`` (a constant where all are the same) upon a ``product``.

    ``at`` is a date and time, ``format`` as in Python's ``strptime`` where it is not ISO 8601; ``timezone`` is that of
    times without an offset.
    """

    action: Rule
    at: Rule
    id: Rule | None = None
    product: Rule | None = None
    client: Rule | None = None
    session: Rule | None = None
    user: Rule | None = None
    account: Rule | None = None
    query: Rule | None = None
    position: Rule | None = None
    quantity: Rule | None = None
    format: str | None = None
    timezone: TimeZoneName = "UTC"
