"""Offer updates over HTTP while others search: how fast, and when the last one is seen."""

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from benchmarks.service import Client

_BATCH = 5_000
_PATIENCE = 120.0
_PRICE = "12345.67"


@dataclass(frozen=True, slots=True)
class OfferLoad:
    """Updates written, the seconds until a search saw the last of them, and the searches answered meanwhile."""

    updates: int
    seconds: float
    queries: int
    failed: int
    p95_ms: float

    @property
    def rate(self) -> float:
        """Updates a second."""
        return self.updates / self.seconds


def update_offers(port: int, token: str, ids: Sequence[str], queries: Sequence[str]) -> OfferLoad:
    """Give every product one price in batches of 5,000, until a search finds them all at it; another client searches
    meanwhile."""
    stopped = threading.Event()
    took: list[float] = []
    failed = 0

    def search() -> None:
        nonlocal failed
        client = Client(port)
        at = 0
        while not stopped.is_set():
            try:
                took.append(client.search(queries[at % len(queries)])[0])
            except (OSError, RuntimeError):
                failed += 1
                client = Client(port)
            at += 1

    searcher = threading.Thread(target=search)
    searcher.start()
    began = time.perf_counter()
    try:
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            _patch(port, token, [{"product_id": each, "net": _PRICE} for each in batch])
        _wait_for(port, len(ids))
        seconds = time.perf_counter() - began
    finally:
        stopped.set()
        searcher.join()
    p95 = float(np.percentile(took, 95)) if took else float("nan")
    return OfferLoad(len(ids), seconds, len(took), failed, p95)


def _patch(port: int, token: str, offers: list[dict[str, str]]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    connection.request("PATCH", "/v1/icecat/offers", orjson.dumps(offers), headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"offers were refused: {answer.status} {answer.read()[:300]!r}")


def _wait_for(port: int, products: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    body = orjson.dumps({"filter": f"price = {_PRICE}", "facets": [], "page_size": 1})
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/v1/icecat/search", body, {"content-type": "application/json"})
        if orjson.loads(connection.getresponse().read())["total"] == products:
            return
        time.sleep(0.01)
    raise RuntimeError(f"{products:,} new prices were not all seen within {_PATIENCE:.0f} s")
