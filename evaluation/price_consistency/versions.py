"""Versions of one contract: lists whose ids differ in a year, a date or a version number at their end alone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from commerce.pricing import PriceList
from commerce.records import PriceListHead
from evaluation.price_consistency.findings import Finding, FindingKind

_VERSION = re.compile(r"(?P<contract>.+?)[-_ ./:](?:v\d{1,4}|(?:19|20)\d\d(?:[-.]?\d\d){0,2}|(?:19|20)\d\d-?[qQ][1-4])")
_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def contract_of(identity: str) -> str | None:
    """Return what a list's id says before its version, None for an id without one.

    >>> contract_of("4711-2027"), contract_of("4711/v2"), contract_of("contract-0815")
    ('4711', '4711', None)
    """
    found = _VERSION.fullmatch(identity)
    return found["contract"] if found else None


def contract_versions(heads: Iterable[PriceListHead]) -> list[list[PriceListHead]]:
    """Return the lists of each contract that has several, in the order in which they begin to hold.

    A list named as the contract itself is one of them. Where none of them has an end or a beginning, they are no
    versions but lists whose names look alike.
    """
    groups: dict[str, list[PriceListHead]] = {}
    for head in heads:
        groups.setdefault(contract_of(head.id) or head.id, []).append(head)
    several = [group for group in groups.values() if len(group) > 1]
    timed = [group for group in several if any(each.valid_from or each.valid_until for each in group)]
    return [sorted(group, key=_beginning) for group in timed]


def overlaps(versions: Sequence[PriceListHead], now: datetime) -> Iterator[Finding]:
    """Yield versions that begin before one of those before them has ended; those that have ended by now are past."""
    holding = [version for version in versions if _end(version) > now]
    for latest, version in _successions(holding):
        if _beginning(version) < _end(latest) and version.currency == latest.currency:
            until = "without end" if latest.valid_until is None else f"until {latest.valid_until.isoformat()}"
            yield Finding(FindingKind.OVERLAP, version.id, detail=f"{latest.id} holds {until}")


def successor_gaps(before: PriceList, after: PriceList) -> Iterator[Finding]:
    """Yield what a version priced and the next one does not, unless that has a rule for all articles."""
    if any(rule.filter is None for rule in after.rules):
        return
    now = {row.article_id for row in after.rows}
    for row in before.rows:
        if row.article_id not in now:
            now.add(row.article_id)
            detail = f"priced by {before.id}"
            yield Finding(FindingKind.SUCCESSOR_GAP, after.id, row.article_id, None, None, row.net, detail)


def _successions(versions: Sequence[PriceListHead]) -> Iterator[tuple[PriceListHead, PriceListHead]]:
    """Yield each version but the first with the one of those before it that ends last."""
    latest: PriceListHead | None = None
    for version in versions:
        if latest is not None:
            yield latest, version
        if latest is None or _end(version) > _end(latest):
            latest = version


def _beginning(head: PriceListHead) -> datetime:
    return head.valid_from or _EARLIEST


def _end(head: PriceListHead) -> datetime:
    return head.valid_until or _LATEST
