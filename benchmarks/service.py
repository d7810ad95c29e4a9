"""The service as a process of its own, and clients that ask it over one kept connection each."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import orjson
import psutil

_TRIES = 3_600


@contextmanager
def serving(home: Path, workers: int = 1) -> Iterator[tuple[int, psutil.Process]]:
    """Serve what ``home`` holds on a free loopback port until the block ends; yield the port and the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "VITRINE_HOME": str(home), "VITRINE_LOG_LEVEL": "warning"}
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, env=environment)
    try:
        for _ in range(_TRIES):
            if _ready(port):
                break
            time.sleep(0.05)
        else:
            raise RuntimeError("the service was not ready within three minutes")
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


def processor_ms(process: psutil.Process) -> float:
    """Return the processor's milliseconds that a process has had so far."""
    spent = process.cpu_times()
    return float(spent.user + spent.system) * 1e3


class Client:
    """One kept connection, read by hand: what is measured is the service, not a client library."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def search(self, query: str, token: str | None = None, mode: str = "hybrid") -> tuple[float, int]:
        """Search with automatic facets; return the milliseconds until the whole body was read, and its bytes."""
        took, answer = self.post({"query": query, "mode": mode}, token)
        return took, len(answer)

    def total(self, condition: str, token: str | None = None) -> int:
        """Return how many products meet a filter."""
        _, answer = self.post({"filter": condition, "facets": [], "page_size": 1}, token)
        return int(orjson.loads(answer)["total"])

    def post(
        self, request: Mapping[str, object], token: str | None, path: str = "/v1/icecat/search"
    ) -> tuple[float, bytes]:
        """Send one request, a search if nothing else is said; return the milliseconds until the whole body was read,
        and the body."""
        body = orjson.dumps(request)
        credentials = f"authorization: Bearer {token}\r\n" if token else ""
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            f"{credentials}"
            f"content-length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        self._socket.sendall(head.encode() + body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._socket.recv(1 << 18)
        headers, _, rest = answer.partition(b"\r\n\r\n")
        size = int(headers.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        pieces, missing = [rest], size - len(rest)
        while missing > 0:
            pieces.append(self._socket.recv(1 << 18))
            missing -= len(pieces[-1])
        took = (time.perf_counter() - began) * 1e3
        if not headers.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{request}: {headers[:200]!r}")
        return took, b"".join(pieces)


def load(port: int, queries: Sequence[str], clients: int) -> tuple[list[float], float]:
    """Ask all queries once from several client processes; return the milliseconds of each and requests a second."""
    shares = [queries[at::clients] for at in range(clients)]
    began = time.perf_counter()
    with ProcessPoolExecutor(clients) as pool:
        took = [each for part in pool.map(_ask, [port] * clients, shares) for each in part]
    return took, len(queries) / (time.perf_counter() - began)


def _ask(port: int, queries: Sequence[str]) -> list[float]:
    client = Client(port)
    return [client.search(query)[0] for query in queries]


def _ready(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
