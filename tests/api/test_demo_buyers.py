"""Tokens for the demo's buyers: good where the demo serves, and handed out nowhere else."""

from pathlib import Path

from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.buyer import Tokens
from api.demo_buyers import DemoBuyers
from api.settings import Settings
from commerce.account import Account
from tests.api.conftest import SECRET

DEMO = DemoBuyers((Account("dealer", ("dealers",)), Account("contract", ("c",), ("narrow",))), ("a", "b"), "a")


def settings(**more: object) -> Settings:
    return Settings(home=Path("unused"), log_level="error", **more)  # type: ignore[arg-type]


def test_a_service_that_is_no_demo_hands_out_no_tokens(reader: TestClient) -> None:
    assert reader.get("/demo/buyers").json() == {"buyers": []}


def test_a_demo_token_is_good_and_says_what_its_account_has() -> None:
    strict = settings(jwt_secret=SECRET, jwt_audience="shop", jwt_issuer="us", jwt_max_lifetime=60)
    anonymous, dealer, contract = DEMO.minted(strict)
    assert anonymous == {"id": "anonymous", "token": None, "expires_in": None}
    assert dealer["expires_in"] == 60
    found = Tokens(strict).buyer(f"Bearer {dealer['token']}")
    assert (found.account, found.price_lists, found.assortments) == ("dealer", ("dealers",), None)
    assert (found.catalogs, found.scopes) == ({"a", "b"}, {"search", "events"})
    narrow = Tokens(strict).buyer(f"Bearer {contract['token']}")
    assert (narrow.assortments, narrow.catalogs) == (("narrow",), {"a"})


def test_there_is_nobody_to_choose_where_another_system_mints_tokens() -> None:
    assert DEMO.minted(settings(jwks_url="https://shop.example/keys")) == []


def test_the_anonymous_buyer_is_left_out_where_they_are_switched_off() -> None:
    closed = settings(jwt_secret=SecretStr(SECRET), anonymous=False)
    assert [each["id"] for each in DEMO.minted(closed)] == ["dealer", "contract"]


def test_consent_of_who_looks_stands_in_every_demo_token() -> None:
    usual = settings(jwt_secret=SECRET)
    for each in DEMO.minted(usual, consent=True):
        found = Tokens(usual).buyer(f"Bearer {each['token']}")
        assert found.consent == {"analytics": True, "personalization": True}
        assert (found.user is None) == (each["id"] == "anonymous")
