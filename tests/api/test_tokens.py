"""Who asks, by token."""

import time
from pathlib import Path

import jwt
import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from api.app import create_app
from api.settings import Settings
from tests.api.conftest import SECRET, Token, make_settings

SEARCH = "/v1/icecat/search"


def status_of(client: TestClient, headers: dict[str, str], path: str = SEARCH) -> int:
    return client.post(path, json={"page_size": 1}, headers=headers).status_code


def test_a_good_token_searches(reader: TestClient, token: Token) -> None:
    claims = {"account": "4711", "price_lists": ["a"], "consent": {"personalization": True}, "exp": time.time() + 60}
    assert status_of(reader, token(sub="eva", **claims)) == 200


def test_a_bad_token_is_401_and_never_the_anonymous_buyer(reader: TestClient, token: Token) -> None:
    unsigned = jwt.encode({"sub": "eva"}, None, algorithm="none")
    bad = [
        token(sub="eva", secret="another secret that is long enough for it"),
        token(sub="eva", exp=time.time() - 60),
        token(sub="eva", nbf=time.time() + 60),
        token(sub=1),
        token(sub="eva", price_lists="a"),
        token(sub="eva", consent={"personalization": "yes"}),
        {"authorization": f"Bearer {unsigned}"},
        {"authorization": "Bearer x.y.z"},
        {"authorization": "Bearer"},
        {"authorization": "Basic abc"},
        {"authorization": ""},
    ]
    for headers in bad:
        response = reader.post(SEARCH, json={}, headers=headers)
        assert response.status_code == 401, headers
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.json()["code"] == "unauthenticated"


def test_back_office_needs_a_token_with_its_scope(reader: TestClient, token: Token) -> None:
    path = "/v1/icecat/status"
    assert reader.get(path).status_code == 401
    assert reader.get(path, headers=token(sub="eva", scope="search")).status_code == 403
    for scope in ("merchandise", "search admin"):
        assert reader.get(path, headers=token(sub="eva", scope=scope)).status_code == 200
    assert status_of(reader, token(sub="eva", scope="events")) == 403


def test_a_token_for_other_catalogues_sees_none(reader: TestClient, token: Token) -> None:
    headers = token(sub="eva", catalogs=["other"])
    assert status_of(reader, headers) == 404
    assert reader.get("/v1/catalogs", headers=headers).json() == {"catalogs": []}


def test_audience_and_issuer_count_only_when_configured(home: Path, token: Token, reader: TestClient) -> None:
    assert status_of(reader, token(sub="eva", aud="else", iss="else")) == 200
    with TestClient(create_app(make_settings(home, jwt_audience="shop", jwt_issuer="me"))) as strict:
        assert status_of(strict, token(sub="eva", aud="shop", iss="me")) == 200
        assert status_of(strict, token(sub="eva", aud="else", iss="me")) == 401
        assert status_of(strict, token(sub="eva")) == 401


def test_the_anonymous_buyer_can_be_switched_off(home: Path, token: Token) -> None:
    with TestClient(create_app(make_settings(home, anonymous=False))) as client:
        assert status_of(client, {}) == 401
        assert status_of(client, token(sub="eva")) == 200


def test_a_short_secret_is_refused_with_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_JWT_SECRET", "short")
    with pytest.raises(ValidationError, match="openssl rand"):
        Settings()


def test_without_a_secret_no_token_is_good(home: Path, token: Token) -> None:
    with TestClient(create_app(Settings(home=home, log_level="error"))) as client:
        assert status_of(client, token(sub="eva", secret=SECRET)) == 401
        assert status_of(client, {}) == 200


def test_other_origins_are_allowed_only_when_named(home: Path, reader: TestClient) -> None:
    asked = {"origin": "https://shop.example", "access-control-request-method": "POST"}
    assert "access-control-allow-origin" not in reader.options(SEARCH, headers=asked).headers
    with TestClient(create_app(make_settings(home, cors_origins=("https://shop.example",)))) as client:
        allowed = client.options(SEARCH, headers=asked).headers
        assert allowed["access-control-allow-origin"] == "https://shop.example"
