"""What buyers filter by is asked sooner."""

from datetime import UTC, datetime

from fastapi.testclient import TestClient

from api.guide_usage import usage_of
from api.shop import Shop
from commerce.event import SearchRecord
from ranking.guide.answerability import chance

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def searched(*fields: str) -> SearchRecord:
    return SearchRecord("q", NOW, "", 1, facets=fields)


def test_usage_is_the_share_of_narrowed_searches_and_few_of_them_say_little() -> None:
    assert usage_of([]) == {}
    few = usage_of([searched("brand"), searched()])
    many = usage_of([searched("brand", "price")] * 450 + [searched()] * 9_000)
    assert 0.0 < few["brand"] < 0.05
    assert many["brand"] == 0.9
    assert chance("attributes.width", {"attributes.width": 0.9}) > chance("attributes.width")


def test_the_guide_learns_of_searches_that_were_recorded(client: TestClient) -> None:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]
    records = [
        SearchRecord(f"q{at}", NOW, "", 1, filters=("attributes.width",), facets=("brand",)) for at in range(100)
    ]
    shop.records.append_searches("icecat", records)
    shop.guide_usage.refresh("icecat")
    assert shop.guide_usage.of("icecat") == {"attributes.width": 100 / 150, "brand": 100 / 150}
    assert client.post("/v1/icecat/guide", json={}).status_code == 200
