"""Tokens checked by a key set that another server publishes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from fastapi.testclient import TestClient
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from pydantic import ValidationError

from api.app import create_app
from api.settings import Settings

SEARCH = "/v1/icecat/search"
SHARED = "a secret that somebody put into the key set"
KEYS: dict[str, Any] = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
WRITERS: dict[str, Any] = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}


@dataclass
class Publisher:
    """What the server of the key set answers, and how often it was asked."""

    status: int = 200
    body: bytes = b""
    asked: int = 0
    address: str = field(default="", compare=False)


def key_set() -> bytes:
    keys = [{**json.loads(WRITERS[name].to_jwk(key.public_key())), "kid": name} for name, key in KEYS.items()]
    encoded = jwt.utils.base64url_encode(SHARED.encode()).decode()
    return json.dumps({"keys": [*keys, {"kty": "oct", "kid": "shared", "k": encoded}]}).encode()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    published = Publisher(body=key_set())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            published.asked += 1
            self.send_response(published.status)
            self.end_headers()
            self.wfile.write(published.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    published.address = f"http://127.0.0.1:{server.server_port}/keys"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield published
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(home: Path, publisher: Publisher) -> Iterator[TestClient]:
    settings = Settings(home=home, log_level="error", jwks_url=publisher.address)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def ask(client: TestClient, token: str) -> tuple[int, str]:
    response = client.post(SEARCH, json={"page_size": 1}, headers={"authorization": f"Bearer {token}"})
    return response.status_code, response.json().get("code", "")


def test_every_kind_of_key_is_good_and_the_set_is_fetched_once(client: TestClient, publisher: Publisher) -> None:
    for name, key in KEYS.items():
        assert ask(client, jwt.encode({"sub": "eva"}, key, name, {"kid": name})) == (200, ""), name
    assert publisher.asked == 1


def test_a_token_cannot_choose_an_algorithm_that_its_key_is_not_for(client: TestClient) -> None:
    for name, key in KEYS.items():
        for other in set(KEYS) - {name}:
            token = jwt.encode({"sub": "eva"}, key, name, {"kid": other})
            assert ask(client, token) == (401, "unauthenticated"), (name, other)


def test_a_shared_secret_in_a_key_set_signs_nothing(client: TestClient) -> None:
    for key, algorithm in ((SHARED, "HS256"), (KEYS["ES256"], "ES256")):
        assert ask(client, jwt.encode({"sub": "eva"}, key, algorithm, {"kid": "shared"})) == (401, "unauthenticated")


def test_unknown_keys_and_nonsense_are_401_and_cause_no_flood_of_fetches(
    client: TestClient, publisher: Publisher
) -> None:
    for kid in ("a", "b", "c", "\ud800"):
        token = jwt.encode({"sub": "eva"}, KEYS["RS256"], "RS256", {"kid": kid})
        assert ask(client, token) == (401, "unauthenticated")
    assert ask(client, jwt.encode({"sub": "eva"}, KEYS["RS256"], "RS256")) == (401, "unauthenticated")
    assert ask(client, "x.y.z") == (401, "unauthenticated")
    assert publisher.asked <= 2


@pytest.mark.parametrize(("status", "body"), [(500, b""), (200, b"<html>"), (200, b'{"keys": []}'), (200, b"\xff")])
def test_a_key_set_that_is_away_is_503_and_anonymous_buyers_go_on(
    client: TestClient, publisher: Publisher, status: int, body: bytes
) -> None:
    publisher.status, publisher.body = status, body
    token = jwt.encode({"sub": "eva"}, KEYS["RS256"], "RS256", {"kid": "RS256"})
    assert ask(client, token) == (503, "keys_unavailable")
    assert client.post(SEARCH, json={"page_size": 1}).status_code == 200


def test_there_is_one_way_to_check_tokens_and_it_is_http() -> None:
    with pytest.raises(ValidationError, match="not both"):
        Settings(jwks_url="https://keys.example", jwt_secret="x" * 32)  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="begins with https"):
        Settings(jwks_url="file:///etc/passwd")
