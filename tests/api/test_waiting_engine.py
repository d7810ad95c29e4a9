"""A process that waits for a cluster goes on answering others."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from tests.api.conftest import make_settings
from tests.engines.opensearch.conftest import GREETING, IllCluster
from tests.engines.opensearch.conftest import ill_cluster as ill_cluster


def test_a_search_that_waits_for_the_cluster_holds_nobody_up(tmp_path: Path, ill_cluster: IllCluster) -> None:
    asked, answered_another = Event(), Event()
    in_time: list[bool] = []

    def slow(method: str, path: str, body: bytes) -> tuple[int, object]:
        if path == "/":
            return 200, GREETING
        asked.set()
        in_time.append(answered_another.wait(20))
        return 503, {"error": {"type": "x", "reason": "away"}}

    ill_cluster.answer = slow
    # The cluster gives up before the service does: a process that is held up comes too late.
    settings = make_settings(
        tmp_path, engine="opensearch", opensearch_url=SecretStr(ill_cluster.url), opensearch_timeout=60
    )
    with TestClient(create_app(settings)) as client, ThreadPoolExecutor(1) as others:
        search = others.submit(client.post, "/v1/icecat/search", json={"query": "lamp"})
        assert asked.wait(20)
        assert client.get("/health/live").status_code == 200
        answered_another.set()
        assert search.result().status_code == 503
    assert in_time[0]
