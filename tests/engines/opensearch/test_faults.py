"""What is said, and what is tried, when a cluster is ill."""

from collections.abc import Iterator

import orjson
import pytest

from engines.opensearch import OpenSearchEngine, parse_url
from engines.opensearch.breaker import CircuitBreaker
from engines.opensearch.connection import (
    Connection,
    CredentialsRefused,
    NoDisk,
    Refused,
    VersionTooOld,
    pause_before,
)
from engines.opensearch.loading import DocumentsRefused, Loader, index_action
from engines.opensearch.mapping import MAPPING
from engines.plan import SearchPlan
from engines.port import EngineUnavailable
from tests.engines.opensearch.conftest import GREETING, IllCluster, refuse

FULL = {
    "error": {
        "type": "cluster_block_exception",
        "reason": "index [x] blocked",
        "root_cause": [{"type": "cluster_block_exception", "reason": "index [x] blocked by: read-only-allow-delete"}],
    },
    "status": 429,
}
BREAKER = {"error": {"type": "circuit_breaking_exception", "reason": "[parent] Data too large"}, "status": 429}
SHUT = {
    "error": {"type": "security_exception", "reason": "no permissions for [indices:data/write]"},
    "status": 403,
}


@pytest.fixture
def connection(ill_cluster: IllCluster) -> Iterator[Connection]:
    found = Connection(parse_url(ill_cluster.url, timeout=2.0, load_timeout=2.0))
    yield found
    found.close()


@pytest.mark.parametrize(
    ("status", "body", "error", "message"),
    [
        (401, {}, CredentialsRefused, "credentials"),
        (403, SHUT, CredentialsRefused, "credentials"),
        (429, FULL, NoDisk, "read-only-allow-delete"),
        (403, {**FULL, "status": 403}, NoDisk, "read-only-allow-delete"),
        (429, BREAKER, EngineUnavailable, "Data too large"),
        (503, {"error": {"type": "cluster_manager_not_discovered_exception", "reason": "x"}}, EngineUnavailable, "503"),
        (400, {"error": {"type": "parsing_exception", "reason": "unknown query"}}, Refused, "unknown query"),
    ],
)
def test_each_fault_is_told_in_its_own_words(
    connection: Connection, ill_cluster: IllCluster, status: int, body: object, error: type[Exception], message: str
) -> None:
    ill_cluster.answer = refuse(status, body)
    with pytest.raises(error, match=message):
        connection.call("POST", "/shop/_search", {})


@pytest.mark.parametrize(
    "version",
    [
        {"distribution": "opensearch", "number": "2.19.0"},
        {"distribution": "opensearch", "number": "1.3.20"},
        {"number": "8.15.0"},
    ],
)
def test_a_server_that_is_too_old_or_another_is_not_used(
    connection: Connection, ill_cluster: IllCluster, monkeypatch: pytest.MonkeyPatch, version: dict[str, str]
) -> None:
    monkeypatch.setitem(GREETING, "version", version)
    with pytest.raises(VersionTooOld, match=version["number"]):
        connection.call("POST", "/shop/_search", {})
    assert ill_cluster.asked == [("GET", "/")]


def test_a_cluster_that_is_away_is_unavailable_and_then_not_waited_for() -> None:
    away = Connection(parse_url("http://127.0.0.1:1"))
    for _ in range(5):
        with pytest.raises(EngineUnavailable, match="is it running"):
            away.call("GET", "/_alias/x")
    with pytest.raises(EngineUnavailable, match="every second"):
        away.call("GET", "/_alias/x")


def test_a_breaker_lets_one_request_try_after_each_pause() -> None:
    now = [0.0]
    breaker = CircuitBreaker(failures=2, pause=1.0, clock=lambda: now[0])
    breaker.failed()
    assert breaker.may_try()
    breaker.failed()
    assert not breaker.may_try()
    now[0] = 1.0
    assert [breaker.may_try(), breaker.may_try()] == [True, False]
    breaker.succeeded()
    assert breaker.may_try()


def test_pauses_grow_and_are_bounded() -> None:
    assert all(0.0 <= pause_before(attempt) <= min(5.0, 0.1 * 2**attempt) for attempt in range(12) for _ in range(20))


def test_an_api_key_and_a_password_sign_on(ill_cluster: IllCluster) -> None:
    for settings in (parse_url(ill_cluster.url, api_key="k3y"), parse_url(ill_cluster.url.replace("//", "//u:p@"))):
        found = Connection(settings)
        found.call("GET", "/_cluster/health")
        found.close()
    assert [each["authorization"] for each in ill_cluster.headers[::2]] == ["ApiKey k3y", "Basic dTpw"]


def test_documents_put_off_are_sent_again_and_bad_ones_are_told(
    connection: Connection, ill_cluster: IllCluster
) -> None:
    seen: list[list[str]] = []

    def answer(method: str, path: str, sent: bytes) -> tuple[int, object]:
        if path == "/":
            return 200, GREETING
        ids = [orjson.loads(line)["index"]["_id"] for line in sent.splitlines()[::2]]
        seen.append(ids)
        busy = {"type": "rejected_execution_exception", "reason": "queue is full"}
        bad = {"type": "mapper_parsing_exception", "reason": "failed to parse", "caused_by": {"reason": "not a number"}}
        items = []
        for identity in ids:
            if identity == "=bad":
                items.append({"index": {"status": 400, "error": bad}})
            elif len(seen) == 1 and identity == "=late":
                items.append({"index": {"status": 429, "error": busy}})
            else:
                items.append({"index": {"status": 201}})
        return 200, {"errors": any("error" in item["index"] for item in items), "items": items}

    ill_cluster.answer = answer
    loader = Loader(connection, "shop")
    loader.send(index_action(key, {}) for key in ("=good", "=late", "=bad"))
    with pytest.raises(DocumentsRefused) as caught:
        loader.finish()
    loader.close()
    assert caught.value.refused == (("bad", "failed to parse not a number"),)
    assert seen == [["=good", "=late", "=bad"], ["=late"]]


def test_an_unavailable_cluster_is_a_problem_answer() -> None:
    engine = OpenSearchEngine(parse_url("http://127.0.0.1:1"))
    with pytest.raises(EngineUnavailable) as caught:
        engine.open("icecat")
    assert caught.value.code == "engine_unavailable"


def half_a_cluster(method: str, path: str, body: bytes) -> tuple[int, object]:
    """Answer as a cluster in which one of two shards is gone."""
    control = {"batch": 1, "rows": 2, "applied": 1, "varied": False, "dimensions": 0, "knowledge": []}
    schema = {"locales": ["en"], "texts": ["title"], "kinds": [], "phrases": [], "dictionary": [], "currency": "EUR"}
    source = {
        "stored": {"id": "1", "title": "lamp", "document": "{}", "more": ""},
        "popularity": 0.5,
        "units": [{"id": "", "net": 9_990_000, "stock": None}],
    }
    index = "vitrine.shop.v000001"
    settings = {"index": {"number_of_shards": "2"}}
    answers: dict[str, object] = {
        "/": GREETING,
        "/_mget": {"docs": [{"_index": index, "found": True, "_source": {"control": control}}]},
        f"/{index}/_doc/%23schema": {"found": True, "_source": {"control": schema}},
        f"/{index}": {index: {"mappings": {"_meta": {"vitrine": MAPPING}}, "settings": settings}},
        f"/{index}/_search/point_in_time": {"pit_id": "x"},
        f"/{index}/_stats/store": {"_all": {"total": {"store": {"size_in_bytes": 1}}}},
        "/_search": {
            "timed_out": False,
            "_shards": {"total": 2, "failed": 1},
            "hits": {"total": {"value": 1}, "hits": [{"_source": source, "_score": None, "sort": [0.5, 0]}]},
        },
    }
    return 200, answers.get(path.split("?")[0], {})


def test_an_answer_without_a_shard_says_that_it_is_not_whole(ill_cluster: IllCluster) -> None:
    ill_cluster.answer = half_a_cluster
    index = OpenSearchEngine(parse_url(ill_cluster.url)).open("shop")
    assert index is not None
    ill_cluster.asked.clear()
    result = index.search(SearchPlan())
    assert not result.exact
    assert [str(hit.product.net) for hit in result.hits] == ["9.99"]
    # Another copy of the lost shard was looked for before half an answer was given.
    assert [path.split("?")[0].rsplit("/", 1)[1] for _, path in ill_cluster.asked] == [
        "_search",
        "point_in_time",
        "_search",
    ]
