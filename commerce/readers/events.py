"""Files of events into the records: as the contract has them, one a line, or any table by a mapping."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from commerce.event import Event
from commerce.event_documents import Sender, events_from_json
from commerce.readers.event_rules import EventRows
from commerce.readers.list_rules import ListedRows
from commerce.readers.listed import ListLoad, ListsReport, Outcome, source_of
from commerce.readers.mapping import Limits
from commerce.readers.mapping import Mapping as MappingFile
from commerce.readers.rows import Progress, Reject, Row
from commerce.readers.rules import FieldRule, SourceRule
from commerce.readers.values import number_of, text_of, value_of
from commerce.records import Records

_AT_ONCE = 5_000
_OF_THE_SHOP = Sender(trusted=True)


def load_events(
    records: Records,
    catalog_id: str,
    files: Sequence[Path],
    mapping: MappingFile | None = None,
    *,
    rejects: Path,
    progress: Progress | None = None,
) -> ListsReport:
    """Load events that files name; those that were loaded before change nothing.

    Without a mapping, or with one that has no ``events``, a line is an event as over HTTP. Files are read twice: first
    to see that they can be used, so that nothing is written from files that cannot. An event without an id, whose row
    names no time either, is a new one each time. Raises UnknownCatalog, MappingError, TooManyRejects.
    """
    records.catalog(catalog_id)
    rule = None if mapping is None else mapping.events
    if rule is None:
        source, limits = SourceRule(format="jsonl"), Limits() if mapping is None else mapping.limits
    else:
        assert mapping is not None
        source, limits = source_of(mapping, rule), mapping.limits
    now = datetime.now(UTC)
    load = ListLoad(source, limits, rule or ListedRows(), "events", rejects)
    named: set[str] = set()
    for event in _events(load, files, rule, now, progress):
        load.accepted += 1
        if event.object_id is not None:
            named.add(event.object_id)
    load.check()
    again = ListLoad(source, limits, rule or ListedRows(), "events", rejects.with_suffix(".again"))
    written = 0
    events = _events(again, files, rule, now, progress)
    while chunk := list(islice(events, _AT_ONCE)):
        written += records.append_events(catalog_id, chunk)
    if again.refused.path is not None:
        again.refused.path.unlink()
    unknown = records.unknown_articles(catalog_id, named)
    return load.finish(records, catalog_id, files, Outcome(written, load.accepted - written, unknown))


def _events(
    load: ListLoad, files: Sequence[Path], rule: EventRows | None, now: datetime, progress: Progress | None
) -> Iterator[Event]:
    for file, row in load.rows(files, progress):
        try:
            value = row.values if rule is None else _document(rule, row, load.source.decimal)
        except ValueError as error:
            load.refused.add(Reject(file, row.line, "at", str(error)))
            continue
        taken, rejected = events_from_json([value], _OF_THE_SHOP, now)
        yield from taken
        for each in rejected:
            field, _, reason = each.detail.rpartition(": ")
            load.refused.add(Reject(file, row.line, field, reason))


def _document(rule: EventRows, row: Row, decimal: str) -> dict[str, object]:
    """Return a row as an event of the contract. Raises ValueError for a time that cannot be read."""

    def text(given: FieldRule | None) -> str | None:
        return None if given is None else text_of(value_of(given, row.values)) or None

    return {
        "event_id": text(rule.id),
        "action_name": text(rule.action),
        "timestamp": _moment(rule, row),
        "client_id": text(rule.client),
        "session_id": text(rule.session),
        "user_id": text(rule.user),
        "account": text(rule.account),
        "query_id": text(rule.query),
        "event_attributes": {
            "object": {"object_id": text(rule.product)},
            "position": {"ordinal": _whole(text(rule.position), decimal)},
            "quantity": _plain(text(rule.quantity), decimal),
        },
    }


def _whole(text: str | None, decimal: str) -> object:
    number = None if text is None else number_of(text, decimal)
    return int(number) if number is not None and number == int(number) else text


def _plain(text: str | None, decimal: str) -> str | None:
    number = None if text is None else number_of(text, decimal)
    return text if number is None else str(number)


def _moment(rule: EventRows, row: Row) -> str:
    value = value_of(rule.at, row.values)
    text = text_of(value)
    try:
        if isinstance(value, datetime):
            moment = value
        elif rule.format is not None:
            moment = datetime.strptime(text, rule.format)  # noqa: DTZ007 - the zone follows
        elif text.isdecimal():
            moment = datetime.fromtimestamp(int(text), UTC)
        else:
            moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError("is not a date and time: set events.format to what the file has") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(rule.timezone))).isoformat()
