"""Comparing over HTTP."""

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Token, Wait

Json = dict[str, Any]
BASE: Json = {"brand": "Acme", "category": ["Test lamps"]}
LAMPS: list[Json] = [
    {
        **BASE,
        "id": "lamp-a",
        "title": "=Desk lamp A",
        "attributes": {"cable_length": {"value": 1.5, "unit": "m"}, "colour": "Black", "dimmable": True},
        "price": {"net": "20.00", "tiers": [{"min_quantity": 10, "net": "15.00"}]},
    },
    {
        **BASE,
        "id": "lamp-b",
        "title": "Desk lamp B",
        "attributes": {"cable_length": {"value": 150, "unit": "cm"}, "colour": "-White", "quantity_per_pack": 4},
        "price": {"net": "18.00"},
    },
    {
        **BASE,
        "id": "lamp-c",
        "title": "Desk lamp C",
        "variants": [
            {"id": "c1", "attributes": {"colour": "Red"}, "price": {"net": "30.00"}},
            {"id": "c2", "attributes": {"colour": "Blue"}, "price": {"net": "25.00"}},
        ],
    },
]


@pytest.fixture
def lamps(client: TestClient, token: Token, applied: Wait) -> TestClient:
    """A client of a catalogue with three lamps."""
    answer = client.put("/v1/icecat/products", json=LAMPS, headers=token(sub="a", scope="admin"))
    assert answer.status_code == 200
    applied()
    return client


def compare(client: TestClient, *ids: str, **more: object) -> Json:
    answer = client.post("/v1/icecat/compare", json={"ids": ids, **more})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def row(answer: Json, field: str) -> Json:
    return next(each for each in answer["rows"] if each["field"] == field)


def test_rows_are_typed_unit_normalised_and_in_the_order_of_the_products(lamps: TestClient) -> None:
    answer = compare(lamps, "lamp-b", "lamp-a", "lamp-c")
    assert [each["product"]["id"] for each in answer["products"]] == ["lamp-b", "lamp-a", "lamp-c"]
    assert [each["id"] for each in answer["summary"]] == ["lamp-b", "lamp-a", "lamp-c"]
    length = row(answer, "attributes.cable_length")
    assert length["normalised"][0] == length["normalised"][1]
    assert length["normalised"][2] is None
    assert length["differs"] is False
    assert row(answer, "attributes.colour")["values"] == ["-White", "Black", ["Red", "Blue"]]
    assert row(answer, "attributes.dimmable")["values"] == [None, True, None]
    price = row(answer, "price")
    assert (price["values"], price["unit"], price["better"], price["best"]) == (
        ["18.00", "20.00", "25.00"], "EUR", "lower", [0],
    )  # fmt: skip
    differing = [each["differs"] for each in answer["rows"]]
    assert differing == sorted(differing, reverse=True)


def test_prices_are_those_of_the_buyers_quantity_and_of_one_piece(lamps: TestClient) -> None:
    answer = compare(lamps, "lamp-a", "lamp-b", quantities={"lamp-a": 12})
    assert [each["offer"] for each in answer["products"]] == [
        {"quantity": 12, "unit_price": "15.00", "total": "180.00", "currency": "EUR"},
        {"quantity": 1, "unit_price": "18.00", "total": "18.00", "currency": "EUR"},
    ]
    assert row(answer, "price")["best"] == [0]
    assert row(answer, "price_per_piece")["values"] == [None, "4.5000"]


def test_the_sentences_are_in_the_language_of_the_request(lamps: TestClient) -> None:
    english = compare(lamps, "lamp-a", "lamp-b")["summary"][1]["sentence"]
    assert english.startswith("Best of these for Price (18.00 EUR, the lowest)")
    german = compare(lamps, "lamp-a", "lamp-b", locale="de")["summary"][1]["sentence"]
    assert german.startswith("Von diesen am besten bei Preis (18,00 EUR, der niedrigste Wert)")


def test_the_export_is_csv_that_no_spreadsheet_computes(lamps: TestClient) -> None:
    answer = lamps.post(
        "/v1/icecat/compare", json={"ids": ["lamp-a", "lamp-b"]}, headers={"accept": "text/csv, application/json;q=0.5"}
    )
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    lines = list(csv.reader(io.StringIO(answer.text)))
    assert lines[0][3:] == ["'=Desk lamp A", "Desk lamp B"]
    assert lines[1][3:] == ["lamp-a", "lamp-b"]
    colour = next(line for line in lines if line[1] == "Colour")
    assert colour[3:] == ["Black", "'-White"]
    assert {len(line) for line in lines} == {5}


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/html", "text/csv;q=0, application/json", ""])
def test_the_answer_is_json_unless_csv_is_preferred(reader: TestClient, accept: str) -> None:
    ids = [hit["id"] for hit in reader.post("/v1/icecat/search", json={"page_size": 2}).json()["hits"]]
    answer = reader.post("/v1/icecat/compare", json={"ids": ids}, headers={"accept": accept})
    assert answer.headers["content-type"] == "application/json"


def test_unknown_and_hidden_products_are_refused_in_the_same_words(
    lamps: TestClient, token: Token, applied: Wait
) -> None:
    seen = {"include": {"ids": ["lamp-a", "lamp-b"]}}
    headers = token(sub="a", scope="admin")
    assert lamps.put("/v1/icecat/assortments/two", json=seen, headers=headers).status_code < 300
    applied()
    buyer = token(sub="eva", assortments=["two"])
    answers = [
        lamps.post("/v1/icecat/compare", json={"ids": ["lamp-a", other]}, headers=buyer)
        for other in ("lamp-c", "nowhere")
    ]
    assert [each.status_code for each in answers] == [422, 422]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["code"] == "unknown_product"
    assert [each["pointer"] for each in answers[0].json()["errors"]] == ["/ids/1"]
    assert lamps.post("/v1/icecat/compare", json={"ids": ["lamp-a", "lamp-b"]}, headers=buyer).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({}, 422, "/ids"),
        ({"ids": ["a"]}, 422, "/ids"),
        ({"ids": ["a", "a"]}, 422, "/ids"),
        ({"ids": [str(each) for each in range(11)]}, 413, "/ids"),
        ({"ids": ["a", 1]}, 422, "/ids/1"),
        ({"ids": ["a", "b"], "quantities": {"a": 0}}, 422, "/quantities/a"),
        ({"ids": ["a", "b"], "quantities": {"a": "2"}}, 422, "/quantities/a"),
        ({"ids": ["a", "b"], "quantities": {"c": 1}}, 422, ""),
        ({"ids": ["a", "b"], "price": 1}, 422, "/price"),
    ],
)
def test_bad_bodies_are_refused_with_their_pointer(reader: TestClient, body: Json, status: int, pointer: str) -> None:
    answer = reader.post("/v1/icecat/compare", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)


def test_any_two_products_of_the_sample_can_be_compared(reader: TestClient) -> None:
    hits = reader.post("/v1/icecat/search", json={"page_size": 100, "facets": []}).json()["hits"]
    ids = [hit["id"] for hit in hits]
    for begin in range(0, 100, 10):
        answer = compare(reader, *ids[begin : begin + 10])
        for each in answer["rows"]:
            assert len(each["values"]) == len(each["normalised"]) == len(each["cells"]) == 10
            assert 0 <= each["importance"] <= 1
            assert set(each["best"]) <= set(range(10))
