"""The node of the conformance suite, and a cluster that answers as it is told."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
import pytest

from tests.conformance.conftest import opensearch as opensearch

Answer = Callable[[str, str, bytes], tuple[int, object]]
"""Method, path and body to status and JSON."""
GREETING = {"version": {"distribution": "opensearch", "number": "3.5.0"}}


def greet(_method: str, _path: str, _body: bytes) -> tuple[int, object]:
    """Answer everything as a healthy node answers to the first request."""
    return 200, GREETING


def refuse(status: int, value: object) -> Answer:
    """Return an answer that greets and then refuses everything."""

    def answer(method: str, path: str, body: bytes) -> tuple[int, object]:
        return greet(method, path, body) if path == "/" else (status, value)

    return answer


@dataclass
class IllCluster:
    """A small HTTP server in the place of a cluster; ``asked`` are the methods and paths that it was sent."""

    url: str
    answer: Answer = greet
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def ill_cluster() -> Iterator[IllCluster]:
    """Serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            cluster.asked.append((self.command, self.path))
            cluster.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, value = cluster.answer(self.command, self.path, body)
            content = orjson.dumps(value)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cluster = IllCluster(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield cluster
    server.shutdown()
    server.server_close()
    thread.join()
