"""What a buyer tells the guide shapes their profile, if they agreed to it."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Token
from tests.api.test_profiles import AGREED, ME, did

GUIDE = "/v1/icecat/guide"
HP = {"query": "Notebook", "answers": [{"question_id": "brand", "value": "HP"}]}


def tastes(client: TestClient, headers: dict[str, str]) -> dict[tuple[str, str], float]:
    """Return a profile when everything that was told is written: events are written in their order."""
    did(client, headers, "nothing", action="impression")
    found = client.get(ME, headers=headers).json()
    return {(each["field"], each["value"]): each["affinity"] for each in found["affinities"]}


def told(client: TestClient, headers: dict[str, str], **body: Any) -> dict[str, Any]:
    answer = client.post(GUIDE, json={**HP, **body}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_answer_is_a_taste_and_the_same_turn_again_tells_nothing_new(client: TestClient, token: Token) -> None:
    ann = token(sub="ann", consent=AGREED)
    first = told(client, ann)
    once = tastes(client, ann)
    assert once == {("brand", "HP"): pytest.approx(3 / 7, abs=1e-3)}
    told(client, ann, conversation_id=first["conversation_id"])
    assert tastes(client, ann) == pytest.approx(once, abs=1e-3)
    assert client.get(ME, headers=ann).json()["recent"] == []


def test_ranges_not_knowing_and_answers_that_do_not_hold_are_no_taste(client: TestClient, token: Token) -> None:
    ann = token(sub="ann", consent=AGREED)
    answers = [
        {"question_id": "price", "value": {"gte": 100, "lt": 500}},
        {"question_id": "attributes.touchscreen", "value": None},
        {"question_id": "brand", "value": "no such brand"},
        {"question_id": "category", "value": "any"},
    ]
    told(client, ann, answers=answers)
    assert tastes(client, ann) == {}


@pytest.mark.parametrize("consent", [{}, {"analytics": True}, {"personalization": True}])
def test_without_either_consent_nothing_is_kept(client: TestClient, token: Token, consent: dict[str, bool]) -> None:
    told(client, token(sub="ann", consent=consent))
    told(client, {})
    assert tastes(client, token(sub="ann", consent=AGREED)) == {}


def test_a_visitors_answers_are_the_devices_and_join_who_signs_on(client: TestClient, token: Token) -> None:
    visitor, ann = token(consent=AGREED), token(sub="ann", consent=AGREED)
    told(client, visitor, client_id="c", session_id="s")
    told(client, visitor)  # nobody to remember it of
    did(client, ann, "nothing", action="login", client_id="c", session_id="s")
    assert ("brand", "HP") in tastes(client, ann)


def test_a_preview_tells_nothing(client: TestClient, token: Token) -> None:
    merchandiser = token(sub="max", scope="search events merchandise", consent=AGREED)
    assert client.put("/v1/icecat/accounts/acme", json={}, headers=merchandiser).status_code == 200
    answer = client.post(f"{GUIDE}?as_account=acme", json=HP, headers=merchandiser)
    assert answer.status_code == 200
    assert tastes(client, merchandiser) == {}
