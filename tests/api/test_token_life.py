"""How long a token is good: clocks that differ, the longest life, and tokens that the shop takes back."""

import time
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from api.revocation import RevokedTokens
from commerce.records import Records, Revocations
from tests.api.conftest import Token, make_settings

SEARCH = "/v1/icecat/search"
TOKENS = "/v1/tokens/revoked"
USERS = "/v1/tokens/revoked-users"


def status_of(client: TestClient, headers: dict[str, str]) -> int:
    return client.post(SEARCH, json={"page_size": 1}, headers=headers).status_code


@pytest.fixture
def admin(token: Token) -> dict[str, str]:
    return token(sub="admin", scope="admin", iat=time.time())


def test_clocks_may_differ_by_the_leeway(home: Path, reader: TestClient, token: Token) -> None:
    now = time.time()
    for shift in (20, -20):
        assert status_of(reader, token(sub="eva", exp=now + 25 - shift, nbf=now - shift, iat=now - shift)) == 200
    late = token(sub="eva", exp=now - 5)
    assert status_of(reader, late) == 200
    with TestClient(create_app(make_settings(home, jwt_leeway=0))) as strict:
        assert status_of(strict, late) == 401


def test_tokens_that_live_too_long_are_refused_where_that_is_set(home: Path, reader: TestClient, token: Token) -> None:
    now = time.time()
    long, endless = token(sub="eva", iat=now, exp=now + 4_000), token(sub="eva", iat=now)
    unsaid = token(sub="eva", exp=now + 4_000)
    for headers in (long, endless, unsaid):
        assert status_of(reader, headers) == 200
    with TestClient(create_app(make_settings(home, jwt_max_lifetime=3_600))) as client:
        for headers in (long, endless, unsaid):
            assert status_of(client, headers) == 401
        assert status_of(client, token(sub="eva", iat=now - 10, exp=now + 3_500)) == 200
        assert status_of(client, {}) == 200


def test_a_revoked_token_is_refused_until_it_is_restored(
    client: TestClient, token: Token, admin: dict[str, str]
) -> None:
    lost, kept = token(sub="eva", jti="lost/1"), token(sub="eva", jti="kept")
    assert client.put(f"{TOKENS}/lost/1", headers=admin).json() == {"jti": "lost/1", "sub": None, "issued_before": None}
    assert client.put(f"{TOKENS}/lost/1", headers=admin).status_code == 200
    assert (status_of(client, lost), status_of(client, kept)) == (401, 200)
    assert client.post(SEARCH, json={}, headers=lost).json()["code"] == "unauthenticated"
    assert client.delete(f"{TOKENS}/lost/1", headers=admin).json() == {"deleted": 1}
    assert status_of(client, lost) == 200
    gone = client.delete(f"{TOKENS}/lost/1", headers=admin)
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")


def test_a_user_s_tokens_from_before_are_refused(client: TestClient, token: Token, admin: dict[str, str]) -> None:
    moment = "2026-01-01T00:00:00+01:00"
    seconds = datetime.fromisoformat(moment).timestamp()
    before, after = token(sub="eva/x", iat=seconds - 1), token(sub="eva/x", iat=seconds)
    unsaid, other = token(sub="eva/x"), token(sub="eva", iat=seconds - 1)
    answer = client.put(f"{USERS}/eva/x", headers=admin, params={"issued_before": moment}).json()
    assert answer == {"jti": None, "sub": "eva/x", "issued_before": "2025-12-31T23:00:00+00:00"}
    assert [status_of(client, each) for each in (before, after, unsaid, other)] == [401, 200, 401, 200]
    client.put(f"{USERS}/eva/x", headers=admin)
    assert status_of(client, after) == 401
    assert status_of(client, token(sub="eva/x", iat=time.time() + 5)) == 200
    assert client.delete(f"{USERS}/eva/x", headers=admin).json() == {"deleted": 1}
    assert status_of(client, before) == 200


def test_every_process_sees_what_another_revoked(
    client: TestClient, home: Path, records_url: str, token: Token
) -> None:
    # What another process wrote is in the records, and nowhere in this one.
    records = Records(records_url)
    records.revoke_token("lost")
    records.close()
    pause = Event()
    for _ in range(200):
        if status_of(client, token(sub="eva", jti="lost")) == 401:
            break
        pause.wait(0.02)
    else:
        raise AssertionError("the revocation was not seen")


def test_who_may_not_revoke_is_refused(client: TestClient, token: Token, admin: dict[str, str]) -> None:
    refused = [
        token(sub="eva"),
        token(sub="eva", scope="merchandise"),
        token(sub="a", scope="admin", catalogs=["icecat"]),
    ]
    for path in (f"{TOKENS}/t", f"{USERS}/u"):
        for method in ("PUT", "DELETE"):
            assert [client.request(method, path, headers=each).status_code for each in refused] == [403] * 3
            assert client.request(method, path).status_code == 401
    for bad in (f"{TOKENS}/%20", f"{TOKENS}/", f"{USERS}/{'a' * 513}"):
        assert client.put(bad, headers=admin).status_code == 422
    assert client.put(f"{USERS}/u", headers=admin, params={"issued_before": "yesterday"}).status_code == 422


@given(
    issued=st.none() | st.integers(0, 10),
    before=st.none() | st.integers(0, 10),
    jti=st.none() | st.sampled_from("ab"),
)
def test_a_token_is_revoked_by_its_id_or_by_its_age(issued: int | None, before: int | None, jti: str | None) -> None:
    revoked = RevokedTokens()
    revoked.take(Revocations(frozenset("a"), () if before is None else (("eva", float(before)),)))
    claims = {name: value for name, value in (("sub", "eva"), ("iat", issued), ("jti", jti)) if value is not None}
    is_old = before is not None and (issued or 0) < before
    assert revoked.has(claims) == (jti == "a" or is_old)
