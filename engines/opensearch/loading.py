"""Bulk requests with back-pressure: a bounded number under way, what the cluster is too busy for sent again."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import orjson
import structlog

from engines.opensearch.connection import Connection, Json, pause_before
from engines.port import EngineUnavailable
from language.errors import VitrineError

_BYTES = 4_000_000
_ACTIONS = 1_000
_UNDER_WAY = 2
_ATTEMPTS = 8
_AGAIN = frozenset({429, 502, 503, 504})
_SHOWN = 20
_log = structlog.get_logger()


class DocumentsRefused(VitrineError):
    """The cluster refused documents for good; nothing was committed. ``refused`` are (document id, reason) pairs."""

    code = "documents_refused"

    def __init__(self, refused: Sequence[tuple[str, str]]) -> None:
        identity, reason = refused[0]
        super().__init__(f"OpenSearch refused {len(refused)} documents, the first {identity!r}: {reason}")
        self.refused = tuple(refused)


@dataclass(frozen=True, slots=True)
class Action:
    """One line or two of a bulk request: what to do with which document."""

    deed: str
    key: str
    body: bytes = b""

    def lines(self) -> bytes:
        """Return the action as it is sent."""
        head = orjson.dumps({self.deed: {"_id": self.key}})
        return head + b"\n" + self.body + b"\n" if self.body else head + b"\n"


def index_action(key: str, source: object) -> Action:
    """Return the action that puts a document in place of whatever had its id."""
    return Action("index", key, orjson.dumps(source))


class Loader:
    """Sends actions to one index; every action may be sent twice without harm."""

    def __init__(self, connection: Connection, index: str) -> None:
        self._connection = connection
        self._path = f"/{index}/_bulk"
        self._pool = ThreadPoolExecutor(_UNDER_WAY, thread_name_prefix="bulk")
        self._under_way: deque[Future[list[tuple[str, str]]]] = deque()
        self._waiting: list[Action] = []
        self._bytes = 0
        self._refused: list[tuple[str, str]] = []

    def send(self, actions: Iterable[Action]) -> None:
        """Take actions; waits while as many requests are under way as the cluster is given at a time."""
        for action in actions:
            self._waiting.append(action)
            self._bytes += len(action.body) + 64
            if self._bytes >= _BYTES or len(self._waiting) >= _ACTIONS:
                self._post()

    def finish(self) -> None:
        """Wait until all that was taken is done. Raises DocumentsRefused, EngineUnavailable."""
        self._post()
        while self._under_way:
            self._settle()
        if self._refused:
            refused, self._refused = self._refused, []
            for identity, reason in refused[:_SHOWN]:
                _log.warning("document_refused", id=identity, reason=reason)
            raise DocumentsRefused(refused)

    def close(self) -> None:
        """Let what is under way finish, and forget the rest."""
        self._waiting.clear()
        self._pool.shutdown(wait=True)
        self._under_way.clear()

    def _post(self) -> None:
        if not self._waiting:
            return
        while len(self._under_way) >= _UNDER_WAY:
            self._settle()
        self._under_way.append(self._pool.submit(self._send, self._waiting))
        self._waiting, self._bytes = [], 0

    def _settle(self) -> None:
        self._refused += self._under_way.popleft().result()

    def _send(self, actions: list[Action]) -> list[tuple[str, str]]:
        """Send actions until each is done or refused for good; return those refused."""
        refused: list[tuple[str, str]] = []
        for attempt in range(_ATTEMPTS):
            body = b"".join(action.lines() for action in actions)
            answer = self._connection.patiently(
                "POST", self._path, body, params={"filter_path": "errors,items.*.status,items.*.error"}
            )
            if not answer["errors"]:
                return refused
            again = []
            for action, item in zip(actions, answer["items"], strict=True):
                result: Json = next(iter(item.values()))
                status = result["status"]
                if status in _AGAIN:
                    again.append(action)
                elif "error" in result and not (action.deed in {"delete", "update"} and status == 404):
                    error = result["error"]
                    cause = error.get("caused_by", {}).get("reason", "")
                    refused.append((action.key[1:], f"{error['reason']} {cause}".strip()[:300]))
            if not again:
                return refused
            actions = again
            time.sleep(pause_before(attempt))
        raise EngineUnavailable(
            f"OpenSearch is too busy to take documents: {len(actions)} were refused {_ATTEMPTS} times"
        )
