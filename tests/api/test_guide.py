"""The guide over HTTP: conversations that go on, go back, and cannot be forged."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Token

Json = dict[str, Any]


def turn(client: TestClient, body: Json, **options: Any) -> Json:
    response = client.post("/v1/icecat/guide", json=body, **options)
    assert response.status_code == 200, response.text
    found: Json = response.json()
    return found


def test_a_conversation_goes_on_with_its_id_and_new_answers(reader: TestClient) -> None:
    first = turn(reader, {"query": "toner cartridge"})
    question = first["question"]
    option = question["options"][0]
    second = turn(
        reader,
        {
            "conversation_id": first["conversation_id"],
            "answers": [{"question_id": question["id"], "value": option["value"]}],
        },
    )
    assert second["remaining"] == option["count"]
    assert [each["question_id"] for each in second["answers"]] == [question["id"]]
    asked = second["question"]
    third = turn(
        reader,
        {"conversation_id": second["conversation_id"], "answers": [{"question_id": asked["id"], "value": None}]},
    )
    assert third["remaining"] == second["remaining"]
    assert [each["question_id"] for each in third["answers"]] == [question["id"], asked["id"]]


def test_all_answers_at_once_say_the_same_without_an_id(reader: TestClient) -> None:
    first = turn(reader, {"query": "toner cartridge"})
    answers = [{"question_id": first["question"]["id"], "value": first["question"]["options"][0]["value"]}]
    whole = turn(reader, {"query": "toner cartridge", "answers": answers})
    going_on = turn(reader, {"conversation_id": first["conversation_id"], "answers": answers})
    repeated = turn(
        reader, {"query": "toner cartridge", "conversation_id": going_on["conversation_id"], "answers": answers}
    )
    for other in (going_on, repeated):
        assert {**other, "conversation_id": ""} == {**whole, "conversation_id": ""}


def test_an_earlier_id_takes_back_what_was_answered_since(reader: TestClient) -> None:
    first = turn(reader, {"query": "toner cartridge"})
    turn(reader, {"conversation_id": first["conversation_id"], "answers": [{"question_id": "brand", "value": "HP"}]})
    again = turn(reader, {"conversation_id": first["conversation_id"]})
    assert {**again, "conversation_id": ""} == {**first, "conversation_id": ""}


def test_a_changed_conversation_is_refused(reader: TestClient) -> None:
    identity = turn(reader, {"query": "toner cartridge"})["conversation_id"]
    swapped = "A" if identity[5] != "A" else "B"
    forged = [identity[:5] + swapped + identity[6:], identity[:-2], identity + "A", "nonsense", "", "ü.ü", "." * 50]
    for each in forged:
        response = reader.post("/v1/icecat/guide", json={"conversation_id": each})
        assert response.status_code == 422, each
        assert response.json()["code"] == "invalid_request"
        assert response.json()["errors"][0]["pointer"] == "/conversation_id"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"answers": [{"question_id": "brand"}]}, "/answers/0/value"),
        ({"answers": [{"question_id": "no_such_field", "value": 1}]}, "/answers/0/question_id"),
        ({"answers": [{"question_id": "brand", "value": {"gte": 1}}]}, "/answers/0/value"),
        ({"answers": [{"question_id": "price", "value": True}]}, "/answers/0/value"),
        ({"answers": [{"question_id": "brand", "value": "HP", "strength": "maybe"}]}, "/answers/0/strength"),
        ({"filter": "nothing = 1"}, "/filter"),
        ({"nothing": 1}, "/nothing"),
    ],
)
def test_a_turn_that_cannot_be_read_says_where(reader: TestClient, body: Json, pointer: str) -> None:
    response = reader.post("/v1/icecat/guide", json=body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer


def test_the_filter_stays_and_options_respect_it(reader: TestClient) -> None:
    first = turn(reader, {"filter": 'brand = "HP"'})
    hits = reader.post("/v1/icecat/search", json={"filter": 'brand = "HP"', "page_size": 1}).json()
    assert first["remaining"] == hits["total"]
    going_on = turn(reader, {"conversation_id": first["conversation_id"]})
    assert going_on["remaining"] == first["remaining"]


def test_candidates_are_hits_with_a_sentence(reader: TestClient) -> None:
    answer = turn(reader, {"query": "toner cartridge", "answers": [{"question_id": "brand", "value": "HP"}]})
    candidate = answer["candidates"][0]
    assert candidate["product"]["brand"] == "HP"
    assert candidate["position"] == 1
    assert candidate["explanation"]["text"].startswith("Fits Brand: HP")


def test_german_is_spoken_where_it_is_asked_for(reader: TestClient, token: Token) -> None:
    by_body = turn(reader, {"locale": "de"})
    by_token = turn(reader, {}, headers=token(sub="a", scope="search", locale="de"))
    assert by_body["question"]["text"] == by_token["question"]["text"]
    assert by_body["locale"] == "de"
    assert by_body["question"]["text"] != turn(reader, {})["question"]["text"]


def test_who_may_not_search_may_not_be_guided(reader: TestClient, token: Token) -> None:
    response = reader.post("/v1/icecat/guide", json={}, headers=token(sub="a", scope="events"))
    assert response.status_code == 403
