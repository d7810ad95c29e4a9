"""The service killed while a shop writes: what it said yes to is there when it is back."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread

import jwt

from commerce.product import Catalog, CatalogItem, Product
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild

ROOT = Path(__file__).parents[2]
SECRET = "a secret for tests that is long enough to be used"
DEATHS = 3
_pause = Event()


class Service:
    """A running service on loopback."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self._port = port
        claims = {"sub": "a", "scope": "search events admin", "consent": {"analytics": True}}
        token = jwt.encode(claims, SECRET, algorithm="HS256")
        self._headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, body: object = None) -> tuple[int, object]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), self._headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def found(self) -> set[str]:
        """Return the ids of all lamps."""
        ids: set[str] = set()
        for page in range(1, 20):
            _, answer = self("POST", "/v1/shop/search", {"query": "lamp", "page_size": 100, "page": page})
            assert isinstance(answer, dict)
            hits = {hit["id"] for hit in answer["hits"]}
            ids |= hits
            if len(hits) < 100:
                break
        return ids


@contextmanager
def running(home: Path, database: str) -> Iterator[Service]:
    """Serve until the block ends, by a kill if not before."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("VITRINE_", "PROMETHEUS_"))
    }
    environment |= {"VITRINE_HOME": str(home), "VITRINE_DATABASE_URL": database, "VITRINE_JWT_SECRET": SECRET}
    environment |= {"PYTHONPATH": str(ROOT), "VITRINE_LOG_LEVEL": "error"}
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            service = Service(process, port)
            for _ in range(1_200):
                assert process.poll() is None
                try:
                    if service("GET", "/health/ready")[0] == 200:
                        break
                except OSError:
                    _pause.wait(0.05)
            yield service
        finally:
            process.kill()


def test_what_was_acknowledged_is_found_after_the_service_was_killed(database: str, tmp_path: Path) -> None:
    records = Records(database)
    records.put_catalog(Catalog("shop", "EUR"))
    records.upsert("shop", [CatalogItem(Product(f"old-{at}", f"lamp {at}")) for at in range(20)])
    rebuild(records, EmbeddedEngine(tmp_path), "shop")
    random = Random(7)
    acknowledged = {f"old-{at}" for at in range(20)}
    asked = set(acknowledged)
    for death in range(DEATHS):
        enough = Event()
        with running(tmp_path, database) as service:

            def write(service: Service = service, death: int = death, enough: Event = enough) -> None:
                last = random.randrange(2, 25)
                try:
                    for at in range(1_000):
                        identity = f"new-{death}-{at}"
                        asked.add(identity)
                        if service("PUT", "/v1/shop/products", [{"id": identity, "title": f"lamp {at}"}])[0] == 200:
                            acknowledged.add(identity)
                        if at == last:
                            enough.set()
                except (OSError, http.client.HTTPException):
                    return

            writer = Thread(target=write)
            writer.start()
            assert enough.wait(60)
            service.process.send_signal(signal.SIGKILL)
            service.process.wait()
            writer.join()
        kept = {item.product.id for item in records.items("shop")}
        assert acknowledged <= kept <= asked
        acknowledged.update(kept)
    with running(tmp_path, database) as service:
        for _ in range(600):
            if (found := service.found()) == acknowledged:
                break
            _pause.wait(0.05)
        assert found == acknowledged
    records.close()
