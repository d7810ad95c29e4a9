"""Proposed synonyms in the back office."""

from datetime import UTC, datetime, timedelta

from fastapi.testclient import TestClient

from commerce.event import Event, SearchRecord
from commerce.records import Records
from tests.api.conftest import Token

PATH = "/v1/icecat/synonym-proposals"


def test_a_proposal_is_accepted_by_putting_it_and_is_gone_then(
    client: TestClient, token: Token, records_url: str
) -> None:
    scope = token(scope="merchandise")
    assert client.get(PATH, headers=scope).json() == {"proposals": []}
    records = Records(records_url)
    now = datetime.now(UTC) - timedelta(days=2)
    for query, products in (("zzbeamer lamp", "abc"), ("projector lamp", "abb")):
        for at, product in enumerate(products):
            name = f"{query}-{at}"
            records.append_searches("icecat", [SearchRecord(name, now, query, 3)])
            records.append_events("icecat", [Event(name, "click", now, name, query_id=name, object_id=product)])
    records.close()
    [found] = client.get(PATH, headers=scope).json()["proposals"]
    assert found["synonym"] == {"kind": "equivalent", "from": ["projector"], "to": ["zzbeamer"], "locale": "en"}
    assert (found["because"], found["shared"]) == ("clicks", 2)
    assert client.get(PATH, params={"days": 1}, headers=scope).json() == {"proposals": []}
    put = client.put(f"/v1/icecat/synonyms/{found['id']}", json=found["synonym"], headers=scope)
    assert put.json()["changed"]
    assert client.get(PATH, headers=scope).json() == {"proposals": []}


def test_merchandisers_alone_see_them(reader: TestClient, token: Token) -> None:
    assert reader.get(PATH).status_code == 401
    assert reader.get(PATH, headers=token(scope="search")).status_code == 403
    assert reader.get(PATH, params={"days": 0}, headers=token(scope="merchandise")).status_code == 422
