"""The one way to the cluster: every request, its time-out, its errors in this project's words, its retries."""

import random
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any

import orjson
from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ConflictError,
    ConnectionError,
    ConnectionTimeout,
    SSLError,
    TransportError,
)
from opensearchpy.serializer import JSONSerializer

from engines.opensearch.breaker import CircuitBreaker
from engines.opensearch.settings import OpenSearchSettings
from engines.port import EngineUnavailable

Json = Mapping[str, Any]
"""A JSON object as the cluster takes and returns it; it never leaves this package."""

OLDEST = (3, 0)
_CONNECTIONS = 16
_BUSY = frozenset({429, 502, 503, 504})
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0


class Conflict(Exception):
    """Something stands there already, or was changed by somebody else meanwhile."""


class Refused(Exception):
    """The cluster understood a request and refused it: a mistake in this adapter, or an index of another make."""


class Connection:
    """Sends requests to any of the cluster's nodes; safe for concurrent use, connects at the first request."""

    def __init__(self, settings: OpenSearchSettings) -> None:
        self.settings = settings
        self.breaker = CircuitBreaker()
        self._checked = False
        self._lock = Lock()
        headers = {"Authorization": f"ApiKey {settings.api_key}"} if settings.api_key else None
        secure = any(host.secure for host in settings.hosts)
        self._client = OpenSearch(
            hosts=[
                {"host": host.name, "port": host.port, "use_ssl": host.secure, "url_prefix": host.path}
                for host in settings.hosts
            ],
            http_auth=None if settings.user is None else (settings.user, settings.password or ""),
            headers=headers,
            verify_certs=True,
            ca_certs=str(settings.ca_file) if settings.ca_file and secure else None,
            timeout=settings.timeout,
            # Another node is asked at once where one is gone; pauses are the business of ``patiently``.
            max_retries=len(settings.hosts),
            retry_on_status=(),
            pool_maxsize=_CONNECTIONS,
            serializer=_Serializer(),
        )

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: Mapping[str, object] | None = None,
        timeout: float | None = None,
        ignore: tuple[int, ...] = (),
    ) -> Json:
        """Send one request and return its answer; ``ignore`` are statuses whose answer is wanted all the same.

        Raises EngineUnavailable where the cluster does not answer, is too busy or refuses the credentials, Conflict on
        409, Refused on other errors.
        """
        if not self._checked:
            self._check_version()
        return self._send(method, path, body, params, timeout or self.settings.timeout, ignore)

    def patiently(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: Mapping[str, object] | None = None,
        attempts: int = 6,
        ignore: tuple[int, ...] = (),
    ) -> Json:
        """Send a request that may be repeated, up to ``attempts`` times while the cluster is away or busy."""
        for attempt in range(attempts):
            try:
                return self.call(method, path, body, params=params, timeout=self.settings.load_timeout, ignore=ignore)
            except EngineUnavailable as error:
                if attempt == attempts - 1 or isinstance(error, CredentialsRefused):
                    raise
                time.sleep(pause_before(attempt))
        raise AssertionError("attempts is at least one")

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _check_version(self) -> None:
        with self._lock:
            if self._checked:
                return
            told = self._send("GET", "/", None, None, self.settings.timeout, ())["version"]
            number = tuple(int(part) for part in str(told["number"]).split(".")[:2] if part.isdigit())
            if told.get("distribution") != "opensearch" or number < OLDEST:
                raise VersionTooOld(
                    f"VITRINE_OPENSEARCH_URL: {told.get('distribution') or 'this server'} {told['number']} cannot be "
                    f"used: OpenSearch {OLDEST[0]}.{OLDEST[1]} or newer is needed"
                )
            self._checked = True

    def _send(
        self,
        method: str,
        path: str,
        body: object,
        params: Mapping[str, object] | None,
        timeout: float,
        ignore: tuple[int, ...],
    ) -> Json:
        if not self.breaker.may_try():
            raise EngineUnavailable("OpenSearch does not answer: trying again every second")
        query = {**(params or {}), "request_timeout": timeout, "ignore": ignore}
        try:
            answer = self._client.transport.perform_request(method, path, params=query, body=body)
        except ConnectionTimeout as error:
            self.breaker.failed()
            raise EngineUnavailable(f"OpenSearch took longer than {timeout:g} s to answer") from error
        except SSLError as error:
            self.breaker.failed()
            raise EngineUnavailable(
                "the certificate of OpenSearch cannot be verified: set VITRINE_OPENSEARCH_CA_FILE to its authority's"
            ) from error
        except ConnectionError as error:
            self.breaker.failed()
            raise EngineUnavailable("OpenSearch does not answer: is it running at VITRINE_OPENSEARCH_URL?") from error
        except TransportError as error:
            self.breaker.succeeded()
            raise _translated(error) from error
        self.breaker.succeeded()
        # HEAD is not used: every answer is an object.
        return answer  # type: ignore[no-any-return]


class CredentialsRefused(EngineUnavailable):
    """The cluster does not know the credentials, or they may not do what is needed."""


class VersionTooOld(EngineUnavailable):
    """The server is no OpenSearch, or one that lacks what is needed."""


class NoDisk(EngineUnavailable):
    """The cluster's disks are full: it takes no writes."""


class ContextLost(EngineUnavailable):
    """A point in time is gone: it expired, or the nodes that held it died."""


def pause_before(attempt: int) -> float:
    """Return the seconds to wait before trying again: doubling, with full jitter, so that many clients spread out."""
    return random.uniform(0.0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**attempt))  # noqa: S311 - not a secret


def _translated(error: TransportError) -> Exception:
    status, kind = error.status_code, str(error.error)
    reason = _reason(error)
    if "cluster_block_exception" in kind and "read-only" in reason:
        return NoDisk(f"OpenSearch takes no writes: {reason}: free disk space or lift the block")
    if isinstance(error, AuthenticationException | AuthorizationException):
        return CredentialsRefused("OpenSearch refuses the credentials: mend VITRINE_OPENSEARCH_URL or its API key")
    if isinstance(error, ConflictError):
        return Conflict(reason)
    if "search_context_missing_exception" in f"{kind} {error.info}":
        return ContextLost("the point in time of a search is gone")
    if status in {500, 503} and "search_phase_execution_exception" in kind:
        return ContextLost(f"no node can search this index now: {reason}")
    if status in _BUSY or "circuit_breaking_exception" in kind:
        return EngineUnavailable(f"OpenSearch cannot answer now ({status} {kind}): {reason}")
    return Refused(f"{status} {kind}: {reason}")


def _reason(error: TransportError) -> str:
    info = error.info
    if isinstance(info, Mapping) and isinstance(cause := info.get("error"), Mapping):
        roots = cause.get("root_cause") or [cause]
        return str(roots[0].get("reason", ""))[:300]
    return str(info)[:300]


class _Serializer(JSONSerializer):
    """JSON by the same library as everywhere else; several times faster than the client's own."""

    def dumps(self, data: Any) -> Any:
        return data if isinstance(data, str | bytes) else orjson.dumps(data)

    def loads(self, data: str) -> Any:
        return orjson.loads(data)
