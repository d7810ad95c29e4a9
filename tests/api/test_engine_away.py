"""The service while its search engine is away, and when it comes back."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import Settings
from commerce.product import Catalog
from commerce.records import Records
from engines.opensearch import OpenSearchSettings
from engines.opensearch.engine import OpenSearchEngine
from indexer import rebuild
from tests.conformance.conftest import opensearch as opensearch
from tests.sample import icecat_items

SEARCH = "/v1/icecat/search"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose records hold a few products, not indexed by any engine."""
    records = Records(f"sqlite:///{tmp_path / 'vitrine.db'}")
    records.upgrade()
    records.put_catalog(Catalog("icecat", "EUR"))
    records.replace("icecat", icecat_items(200))
    records.close()
    return tmp_path


def test_a_service_starts_without_its_engine_and_answers_with_problems(home: Path) -> None:
    settings = Settings(home=home, engine="opensearch", opensearch_url=SecretStr("http://127.0.0.1:1"))
    with TestClient(create_app(settings)) as client:
        assert client.get("/health/live").status_code == 200
        answer = client.post(SEARCH, json={"query": "laptop"})
        assert (answer.status_code, answer.json()["code"]) == (503, "engine_unavailable")
        assert answer.headers["content-type"] == "application/problem+json"
        assert client.get("/health/ready").status_code == 503
        metrics = client.get("/metrics")
        assert metrics.status_code == 200
        assert 'vitrine_engine_failures_total{kind="EngineUnavailable"}' in metrics.text


def test_the_same_service_over_a_real_cluster(home: Path, opensearch: OpenSearchSettings) -> None:
    host = opensearch.hosts[0]
    url = SecretStr(f"http://{host.name}:{host.port}")
    settings = Settings(home=home, engine="opensearch", opensearch_url=url, opensearch_prefix=opensearch.prefix)
    records = Records(settings.records_url())
    engine = OpenSearchEngine(opensearch)
    rebuild(records, engine, "icecat")
    records.close()
    with TestClient(create_app(settings)) as client:
        assert client.get("/health/ready").json() == {
            "status": "ready",
            "catalogs": ["icecat"],
            "loading": [],
            "models": {"icecat": {}},
        }
        answer = client.post(SEARCH, json={"query": "cable", "facets": ["brand", "price"], "page_size": 3}).json()
        assert answer["total_is_exact"] is True
        assert answer["total"] > 0
        assert [facet["field"] for facet in answer["facets"]] == ["brand", "price"]
        first = answer["hits"][0]["product"]["id"]
        assert client.get(f"/v1/icecat/products/{first}").status_code == 200
        assert client.post(SEARCH, json={"query": "cable", "cursor": "nonsense"}).status_code == 422
        typed = client.get("/v1/icecat/suggest", params={"q": "ca"})
        assert typed.status_code == 200
    engine.close()
