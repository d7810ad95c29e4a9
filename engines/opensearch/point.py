"""A point in time: what an index held at one moment, kept by the cluster for as long as it is asked about."""

import weakref
from contextlib import suppress
from threading import Lock

import orjson

from engines.opensearch.connection import Connection, ContextLost, Json
from language.errors import VitrineError

_KEPT = "5m"


class PointInTime:
    """Searches one index as it was when this was made.

    The cluster forgets a point that nobody asks about for five minutes, or whose node dies; then the searches go on
    with the index as it is at that time.
    """

    def __init__(self, connection: Connection, index: str) -> None:
        self._connection = connection
        self._index = index
        self._lock = Lock()
        self._id = self._open()

    def search(self, body: Json, params: Json | None = None) -> Json:
        """Send one search."""
        known = self._id
        try:
            return self._search(body, known, params)
        except ContextLost:
            return self._search(body, self._renewed(known), params)

    def search_many(self, bodies: list[Json]) -> list[Json]:
        """Send several searches in one request; an answer may be an error."""
        known = self._id
        answers = self._search_many(bodies, known)
        if any("search_context_missing" in str(answer.get("error", "")) for answer in answers):
            answers = self._search_many(bodies, self._renewed(known))
        return answers

    def _search(self, body: Json, point: str, params: Json | None) -> Json:
        answer = self._connection.call("POST", "/_search", {**body, "pit": self._pit(point)}, params=params)
        shards = answer["_shards"]
        if shards["failed"] and "search_context_missing" in str(shards.get("failures", "")):
            raise ContextLost("the point in time of a search is gone")
        return answer

    def _search_many(self, bodies: list[Json], point: str) -> list[Json]:
        lines: list[Json] = []
        for body in bodies:
            lines += [{}, {**body, "pit": self._pit(point)}]
        found: list[Json] = self._connection.call("POST", "/_msearch", _lines(lines))["responses"]
        return found

    def _pit(self, point: str) -> Json:
        return {"id": point, "keep_alive": _KEPT}

    def _renewed(self, lost: str) -> str:
        with self._lock:
            if self._id == lost:
                self._id = self._open()
            return self._id

    def _open(self) -> str:
        answer = self._connection.call("POST", f"/{self._index}/_search/point_in_time", params={"keep_alive": _KEPT})
        point = str(answer["pit_id"])
        weakref.finalize(self, _let_go, self._connection, point).atexit = False
        return point


def _lines(values: list[Json]) -> bytes:
    return b"".join(orjson.dumps(value) + b"\n" for value in values)


def _let_go(connection: Connection, point: str) -> None:
    # Where this fails the cluster forgets the point by itself.
    with suppress(VitrineError):
        connection.call("DELETE", "/_search/point_in_time", {"pit_id": [point]}, ignore=(404,))
