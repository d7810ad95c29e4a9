"""The history of a catalogue's loads, each with figures about the catalogue as it left it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.records.tables import changes, loads

CATALOG_KINDS = ("products", "deletions", "prices", "stock")
"""The kinds of load that change what a catalogue says; orders and events do not."""


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """One finished load.

    ``quality`` are figures by name about the catalogue as this load left it; None until they are taken.
    """

    catalog: str
    kind: str
    files: Sequence[str]
    started_at: datetime
    finished_at: datetime
    accepted: int
    rejected: int
    reasons: Mapping[str, int]
    quality: Mapping[str, float] | None = None


def insert(connection: Connection, load: LoadRecord) -> None:
    """Add a finished load."""
    values = {
        "catalog": load.catalog,
        "kind": load.kind,
        "files": orjson.dumps(list(load.files)).decode(),
        "started_at": load.started_at.isoformat(),
        "finished_at": load.finished_at.isoformat(),
        "accepted": load.accepted,
        "rejected": load.rejected,
        "reasons": orjson.dumps(dict(load.reasons)).decode(),
        "quality": None if load.quality is None else orjson.dumps(dict(load.quality)).decode(),
    }
    connection.execute(sa.insert(loads).values(values))


def latest(connection: Connection, catalog_id: str, limit: int) -> list[LoadRecord]:
    """Return the last ``limit`` loads that changed the catalogue, oldest first."""
    rows = connection.execute(_newest_first(catalog_id).limit(limit)).all()
    return [_load_of(row) for row in reversed(rows)]


def note_quality(connection: Connection, catalog_id: str, quality: Mapping[str, float]) -> bool:
    """Keep figures of the catalogue as it is now with its last load, and say whether they were kept.

    They are not where the last load has some already, or where the catalogue was changed behind it.
    """
    load = connection.execute(_newest_first(catalog_id).limit(1)).first()
    if load is None or load.quality is not None:
        return False
    # What buyers have of their own is no part of the catalogue's quality.
    of_products = (changes.c.catalog == catalog_id) & changes.c.kind.not_in(("prices", "assort"))
    last_change = sa.select(changes.c.at).where(of_products).order_by(changes.c.seq.desc()).limit(1)
    changed = connection.scalar(last_change)
    if changed is not None and datetime.fromisoformat(changed) > datetime.fromisoformat(load.finished_at):
        return False
    values = {"quality": orjson.dumps(dict(quality)).decode()}
    connection.execute(sa.update(loads).where(loads.c.id == load.id).values(values))
    return True


def _newest_first(catalog_id: str) -> sa.Select[tuple[object, ...]]:
    key = (loads.c.catalog == catalog_id) & loads.c.kind.in_(CATALOG_KINDS)
    return sa.select(loads).where(key).order_by(loads.c.id.desc())


def _load_of(row: sa.Row[tuple[object, ...]]) -> LoadRecord:
    return LoadRecord(
        catalog=row.catalog,
        kind=row.kind,
        files=orjson.loads(row.files),
        started_at=datetime.fromisoformat(row.started_at),
        finished_at=datetime.fromisoformat(row.finished_at),
        accepted=row.accepted,
        rejected=row.rejected,
        reasons=orjson.loads(row.reasons),
        quality=None if row.quality is None else orjson.loads(row.quality),
    )
