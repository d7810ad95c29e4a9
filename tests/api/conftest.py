"""The application in this process, over a slice of Icecat."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import jwt
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.shop import Shop
from tests.sample import build_icecat

SECRET = "a secret for tests that is long enough to be used"
Token = Callable[..., dict[str, str]]
Wait = Callable[[], None]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the slice indexed; copy it before writing."""
    home = tmp_path_factory.mktemp("built")
    build_icecat(home)
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """A home of the test's own."""
    shutil.copytree(built, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def records_url(home: Path) -> str:
    """Where the records of the test's own home are."""
    return f"sqlite:///{home / 'vitrine.db'}"


def make_settings(home: Path, **more: object) -> Settings:
    """Return settings that ignore the environment."""
    return Settings(home=home, jwt_secret=SECRET, log_level="error", **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def reading_app(built: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """An application for tests that only read; a search writes a record all the same, so the home is its own."""
    home = tmp_path_factory.mktemp("reading") / "home"
    shutil.copytree(built, home)
    return create_app(make_settings(home))


@pytest.fixture(scope="module")
def reader(reading_app: FastAPI) -> Iterator[TestClient]:
    """A client for tests that only read."""
    with TestClient(reading_app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(home: Path, records_url: str) -> Iterator[TestClient]:
    """A client for tests that write."""
    app = create_app(make_settings(home, database_url=records_url))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def token() -> Token:
    """Return a function that makes an Authorization header."""

    def mint(**claims: object) -> dict[str, str]:
        secret = str(claims.pop("secret", SECRET))
        return {"authorization": f"Bearer {jwt.encode(claims, secret, algorithm='HS256')}"}

    return mint


@pytest.fixture
def applied(client: TestClient) -> Wait:
    """Return a function that waits until the follower has applied what was written."""
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]
    pause = Event()

    def wait() -> None:
        for _ in range(500):
            index = shop.engine.open("icecat")
            if index is not None and index.stats().applied >= shop.records.last_seq("icecat"):
                return
            pause.wait(0.02)
        raise AssertionError("the change log was not applied")

    return wait
