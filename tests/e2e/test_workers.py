"""Several serving processes over one home: one writes, all see it; they end gracefully."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import jwt
import pytest

from commerce.product import Catalog, CatalogItem, Product
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild

ROOT = Path(__file__).parents[2]
SECRET = "a secret for tests that is long enough to be used"
_pause = Event()


class Service:
    """A running service on loopback; each call opens a connection of its own, so that any worker may answer."""

    def __init__(self, port: int) -> None:
        self.port = port
        claims = {
            "sub": "a",
            "scope": "search events admin",
            "location": "Berlin",
            "consent": {"analytics": True, "personalization": True},
        }
        token = jwt.encode(claims, SECRET, algorithm="HS256")
        self._headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), self._headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def available(self, product: str) -> dict[str, object]:
        """Return what the buyer, who is in Berlin, can have of a product."""
        found: dict[str, object] = json.loads(self("GET", f"/v1/shop/products/{product}")[1])["availability"]
        return found

    def total(self, query: str) -> int:
        return int(json.loads(self("POST", "/v1/shop/search", {"query": query})[1])["total"])


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    records = Records(f"sqlite:///{tmp_path / 'vitrine.db'}")
    records.upgrade()
    records.put_catalog(Catalog("shop", "EUR"))
    records.upsert("shop", [CatalogItem(Product(str(at), f"lamp {at}")) for at in range(20)])
    rebuild(records, EmbeddedEngine(tmp_path), "shop")
    records.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("VITRINE_", "PROMETHEUS_"))}
    environment |= {"VITRINE_HOME": str(tmp_path), "VITRINE_JWT_SECRET": SECRET, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port), "--workers", "2"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            running = Service(port)
            for _ in range(600):
                try:
                    if running("GET", "/health/ready")[0] == 200:
                        break
                except OSError:
                    _pause.wait(0.05)
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0


def test_every_worker_sees_a_write_and_metrics_are_shared(service: Service) -> None:
    assert service.total("lamp") == 20
    product = {"id": "new", "title": "zirkonium lamp"}
    assert service("PUT", "/v1/shop/products", [product])[0] == 200
    in_a_row = 0
    for _ in range(600):
        in_a_row = in_a_row + 1 if service.total("zirkonium") == 1 else 0
        if in_a_row == 40:
            break
        if in_a_row == 0:
            _pause.wait(0.05)
    # Two workers share the port: forty connections in a row are not all answered by one of them.
    assert in_a_row == 40
    assert 'vitrine_products{catalog="shop"} 21.0' in service("GET", "/metrics")[1]


def test_every_worker_sees_the_stock_of_a_location(service: Service) -> None:
    offers = [{"product_id": "7", "location": "Berlin", "stock": 4}, {"product_id": "7", "location": "Ulm", "stock": 0}]
    assert service("PATCH", "/v1/shop/offers", offers)[0] == 200
    in_a_row = 0
    for _ in range(600):
        found = service.available("7")
        seen = (found["quantity"], found["location"]) == (4, "Berlin")
        in_a_row = in_a_row + 1 if seen else 0
        if in_a_row == 40:
            break
        if in_a_row == 0:
            _pause.wait(0.05)
    assert in_a_row == 40


def test_every_worker_knows_what_a_buyer_did(service: Service) -> None:
    viewed = {"action_name": "view", "event_attributes": {"object": {"object_id": "7"}}}
    assert service("POST", "/v1/shop/events", viewed)[0] == 202
    in_a_row = 0
    for _ in range(600):
        answer = json.loads(service("POST", "/v1/shop/search", {"query": "lamp"})[1])
        is_known = answer["personalized"] and answer["hits"][0]["id"] == "7"
        in_a_row = in_a_row + 1 if is_known else 0
        if in_a_row == 40:
            break
        if in_a_row == 0:
            _pause.wait(0.05)
    assert in_a_row == 40
    assert service("DELETE", "/v1/shop/profiles/me")[0] == 200
    in_a_row = 0
    for _ in range(600):
        answer = json.loads(service("POST", "/v1/shop/search", {"query": "lamp"})[1])
        in_a_row = 0 if answer["personalized"] else in_a_row + 1
        if in_a_row == 40:
            break
        if in_a_row == 0:
            _pause.wait(0.05)
    assert in_a_row == 40
