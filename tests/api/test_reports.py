"""The review of customers' behaviour in the back office."""

from datetime import UTC, datetime, timedelta

from fastapi.testclient import TestClient

from api.shop import Shop
from commerce.event import Event, SearchRecord
from tests.api.conftest import Token

PATH = "/v1/icecat/reports/behaviour"


def test_the_review_is_told_table_by_table(client: TestClient, token: Token) -> None:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]
    at = datetime.now(UTC) - timedelta(days=1)
    shop.records.append_searches("icecat", [SearchRecord(f"q{n}", at, "<b>lamp", 0, client=f"c{n}") for n in range(3)])
    shop.records.append_events("icecat", [Event("e", "click", at, client="c0", query_id="q0", object_id="p")])
    keeper = token(scope="search merchandise")
    found = client.get(PATH, headers=keeper).json()
    assert (found["searches"], found["events"]) == (3, 1)
    queries = found["tables"]["queries"]
    assert (queries["total"], queries["rows"][0][:2], queries["columns"][:2]) == (
        1,
        ["<b>lamp", 3],
        ["query", "searches"],
    )
    assert {"proposals", "units", "segments", "returns", "drift", "positions", "models"} <= found["tables"].keys()
    assert client.get(PATH, params={"days": 0}, headers=keeper).status_code == 422
    assert client.get(PATH, headers=token(scope="search")).status_code == 403
    assert client.get(PATH).status_code == 401
