"""The service killed while events come in: every one that was acknowledged is on record."""

import http.client
import signal
from pathlib import Path
from threading import Event, Lock, Thread

from commerce.product import Catalog, CatalogItem, Product
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild
from tests.e2e.test_killed_service import Service, running

SENDERS = 3
BATCHES_BEFORE_DEATH = 20


def test_no_acknowledged_event_is_lost_when_the_service_is_killed(database: str, tmp_path: Path) -> None:
    records = Records(database)
    records.upsert(Catalog("shop", "EUR"), [CatalogItem(Product("p", "lamp"))])
    rebuild(records, EmbeddedEngine(tmp_path), "shop")
    acknowledged: set[str] = set()
    asked: set[str] = set()
    enough, lock = Event(), Lock()

    def send(service: Service, sender: int) -> None:
        try:
            for batch in range(10_000):
                ids = [f"{sender}-{batch}-{at}" for at in range(20)]
                with lock:
                    asked.update(ids)
                events = [{"event_id": each, "action_name": "click"} for each in ids]
                status, answer = service("POST", "/v1/shop/events", [*events, {"action_name": ""}])
                assert status == 202
                assert isinstance(answer, dict)
                assert (answer["accepted"], len(answer["rejected"])) == (20, 1)
                with lock:
                    acknowledged.update(ids)
                    if len(acknowledged) >= BATCHES_BEFORE_DEATH * 20:
                        enough.set()
        except (OSError, http.client.HTTPException):
            return

    with running(tmp_path, database) as service:
        senders = [Thread(target=send, args=(service, at)) for at in range(SENDERS)]
        for each in senders:
            each.start()
        assert enough.wait(120)
        service.process.send_signal(signal.SIGKILL)
        service.process.wait()
        for each in senders:
            each.join()
    stored = [event.id for event in records.events("shop")]
    assert len(stored) == len(set(stored))
    assert acknowledged <= set(stored) <= asked
    records.close()
