"""A point in time: what an index held at one moment, kept by the cluster for as long as it is asked about."""

import weakref
from contextlib import suppress
from threading import Lock

import orjson

from engines.opensearch.connection import Connection, ContextLost, Json
from language.errors import VitrineError

_KEPT = "5m"
_SHARE = 0.8


class PointInTime:
    """Searches one index as it was when this was made.

    The cluster forgets a point that nobody asks about for five minutes, or whose node dies; then the searches go on
    with the index as it is at that time.
    """

    def __init__(self, connection: Connection, index: str) -> None:
        self._connection = connection
        self._index = index
        # A shard that is slower than this hands over what it has, before the request as a whole takes too long.
        self._budget = f"{int(connection.settings.timeout * _SHARE * 1000)}ms"
        self._lock = Lock()
        self._id = self._open()

    def search(self, body: Json, params: Json | None = None) -> Json:
        """Send one search.

        Where a shard's node died, another copy of the shard is asked; ``is_whole`` says whether all of them answered.
        """
        known = self._id
        try:
            answer = self._search(body, known, params)
            if not answer["_shards"]["failed"]:
                return answer
        except ContextLost:
            pass
        return self._search(body, self._renewed(known), params)

    def search_many(self, bodies: list[Json]) -> list[Json]:
        """Send several searches in one request; an answer may be an error."""
        known = self._id
        answers = self._search_many(bodies, known)
        if any("search_context_missing" in str(answer.get("error", "")) for answer in answers):
            answers = self._search_many(bodies, self._renewed(known))
        return answers

    def _search(self, body: Json, point: str, params: Json | None) -> Json:
        limited = {**body, "pit": self._pit(point), "timeout": self._budget}
        return self._connection.call("POST", "/_search", limited, params=params)

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
        params = {"keep_alive": _KEPT, "allow_partial_pit_creation": "true"}
        answer = self._connection.call("POST", f"/{self._index}/_search/point_in_time", params=params)
        point = str(answer["pit_id"])
        weakref.finalize(self, _let_go, self._connection, point).atexit = False
        return point


def is_whole(answer: Json) -> bool:
    """Say whether every shard answered, and in time."""
    return not answer["_shards"]["failed"] and not answer["timed_out"]


def _lines(values: list[Json]) -> bytes:
    return b"".join(orjson.dumps(value) + b"\n" for value in values)


def _let_go(connection: Connection, point: str) -> None:
    # Where this fails the cluster forgets the point by itself.
    with suppress(VitrineError):
        connection.call("DELETE", "/_search/point_in_time", {"pit_id": [point]}, ignore=(404,))
