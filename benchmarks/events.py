"""``python -m benchmarks.events``: events over HTTP in batches of 100, each batch on the disk before it is answered.

Two workers serve a small catalogue; eight clients, each with a connection of its own, send batches in turn. Then
the service is killed (SIGKILL, all its processes at once) while they send, and started again on the same records:
every event that was acknowledged is looked for. ``--postgresql`` also starts a PostgreSQL of its own, with its durable
defaults, and measures there; ``--database`` names one that runs.
"""

import argparse
import http.client
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier, Semaphore
from multiprocessing.synchronize import Event as Signal
from pathlib import Path

import jwt
import orjson
import psutil

from benchmarks.postgresql import own_postgresql
from benchmarks.service import serving
from commerce.product import Catalog, CatalogItem, Product
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild

SECONDS = 10.0
BATCH = 100
CLIENTS = 8
WORKERS = 2
PRODUCTS = 500
KILLED_AFTER = 100
RESULTS = Path("benchmarks/events.json")
_SECRET = "a secret of the benchmark, which serves loopback only"
Figures = dict[str, object]


@dataclass
class Sent:
    """What one client sent: the ids that were acknowledged, the milliseconds of each batch, and its time in all."""

    ids: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0


def main() -> None:
    """Measure on SQLite and, where it is asked for, on PostgreSQL; print, and store the figures of both."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--postgresql", action="store_true", help="Also a PostgreSQL of the benchmark's own")
    options.add_argument("--database", help="Only the PostgreSQL at this URL, whose database is empty")
    given = options.parse_args()
    os.environ["VITRINE_JWT_SECRET"] = _SECRET
    stored: Figures = orjson.loads(RESULTS.read_bytes()) if RESULTS.exists() else {}
    if given.database:
        stored["postgresql"] = _measured(given.database)
    else:
        stored["sqlite"] = _measured(None)
    if given.postgresql:
        with own_postgresql() as url:
            stored["postgresql"] = _measured(url)
    RESULTS.write_bytes(orjson.dumps(stored, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    print(f"stored in {RESULTS}")


def _measured(database: str | None) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        url = database or f"sqlite:///{home / 'vitrine.db'}"
        os.environ["VITRINE_DATABASE_URL"] = url
        records = Records(url)
        records.upgrade()
        records.upsert(Catalog("shop", "EUR"), (CatalogItem(Product(str(at), f"lamp {at}")) for at in range(PRODUCTS)))
        rebuild(records, EmbeddedEngine(home), "shop")
        figures: Figures = {
            "workers": WORKERS,
            "clients": CLIENTS,
            "batch": BATCH,
            "cores": os.cpu_count(),
            "intake": _intake(home, records),
            "killed": _killed(home, records),
            "load_average": round(os.getloadavg()[0], 1),
        }
        records.close()
    print("postgresql" if database else "sqlite", orjson.dumps(figures).decode())
    return figures


def _intake(home: Path, records: Records) -> Figures:
    with serving(home, WORKERS) as (port, _):
        before = records.last_event()
        sent = _send(port, "steady", SECONDS)
    acknowledged = [identity for each in sent for identity in each.ids]
    stored = {stored.event.id for stored in _stored(records, before)}
    times = sorted(each for client in sent for each in client.milliseconds)
    return {
        "events_per_s": round(len(acknowledged) / max(each.seconds for each in sent)),
        "acknowledged": len(acknowledged),
        "lost": len(set(acknowledged) - stored),
        "batch_p50_ms": round(statistics.median(times), 1),
        "batch_p95_ms": round(times[int(len(times) * 0.95)], 1),
    }


def _killed(home: Path, records: Records) -> Figures:
    before = records.last_event()
    with serving(home, WORKERS) as (port, process):
        victims = [process, *process.children(recursive=True)]
        sent = _send(port, "killed", 10 * SECONDS, victims)
    acknowledged = {identity for each in sent for identity in each.ids}
    with serving(home, WORKERS) as (port, _):
        again = _send(port, "after", 1.0)
    stored = {stored.event.id for stored in _stored(records, before)}
    return {
        "acknowledged": len(acknowledged),
        "lost": len(acknowledged - stored),
        "stored_without_answer": len([each for each in stored if each.startswith("killed")]) - len(acknowledged),
        "accepted_after_restart": sum(len(each.ids) for each in again),
    }


def _stored(records: Records, seq: int) -> list:  # type: ignore[type-arg]
    found = []
    while page := records.events_since("shop", seq):
        found += [stored for _, stored in page]
        seq = page[-1][1].seq
    return found


def _send(port: int, name: str, seconds: float, victims: Sequence[psutil.Process] = ()) -> list[Sent]:
    """Send from client processes until the time is over or the service is gone; ``victims`` are killed midway."""
    context = get_context("spawn")
    gone = context.Event()
    answered, together = context.Semaphore(0), context.Barrier(CLIENTS)
    queue: object = context.Queue()
    clients = [
        context.Process(target=_client, args=(port, f"{name}-{at}", seconds, gone, answered, together, queue))
        for at in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    if victims:
        for _ in range(KILLED_AFTER):
            answered.acquire()
        for victim in victims:
            victim.kill()
    sent = [queue.get() for _ in clients]  # type: ignore[attr-defined]
    for client in clients:
        client.join()
    return sent


def _client(
    port: int, name: str, seconds: float, gone: Signal, answered: Semaphore, together: Barrier, queue: object
) -> None:
    claims = {"sub": name, "scope": "events", "consent": {"analytics": True, "personalization": True}}
    token = jwt.encode(claims, _SECRET, algorithm="HS256")
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    sent = Sent()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    together.wait()
    started, number = time.perf_counter(), 0
    try:
        while time.perf_counter() < started + seconds and not gone.is_set():
            ids = [f"{name}-{number + at}" for at in range(BATCH)]
            body = orjson.dumps([_event(name, identity, number + at) for at, identity in enumerate(ids)])
            number += BATCH
            began = time.perf_counter()
            connection.request("POST", "/v1/shop/events", body, headers)
            response = connection.getresponse()
            answer = orjson.loads(response.read())
            sent.milliseconds.append((time.perf_counter() - began) * 1e3)
            if response.status != 202 or answer["rejected"]:
                raise RuntimeError(f"{response.status}: {answer}")
            sent.ids += ids
            answered.release()
    except (OSError, http.client.HTTPException):
        gone.set()
    sent.seconds = time.perf_counter() - started
    queue.put(sent)  # type: ignore[attr-defined]


def _event(client: str, identity: str, number: int) -> dict[str, object]:
    return {
        "event_id": identity,
        "action_name": ("impression", "click", "view", "add_to_cart")[number % 4],
        "query_id": f"{client}-{number // 20}",
        "client_id": client,
        "session_id": f"{client}-{number // 500}",
        "event_attributes": {
            "object": {"object_id": str(number % PRODUCTS), "object_id_field": "product_id"},
            "position": {"ordinal": number % 24 + 1},
        },
    }


if __name__ == "__main__":
    main()
