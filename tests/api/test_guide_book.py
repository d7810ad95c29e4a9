"""The merchandiser's book: own questions, own words, own order, and what is never asked."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.guide_book import read_book
from api.problems import RequestProblem
from api.routes.guide_book import EXAMPLE
from ranking.guide.book import EVERYWHERE
from tests.api.conftest import Token

URL = "/v1/icecat/settings/guide"
BOOK = """
"*": {never: [brand]}
Toner cartridge:
  first: [shade, attributes.printing_colours]
  questions:
    - id: shade
      text: {en: "Black or colour?", de: "Schwarz, farbig?"}
      help: {en: Look at your printer}
      picture: https://shop.example/shade.png
      options:
        - {value: black, label: {en: Black, de: Schwarz}, filter: 'attributes.printing_colours = "Black"'}
        - {value: colour, label: {en: Colour}, filter: 'NOT attributes.printing_colours = "Black"', picture: /c.png}
        - {value: none, label: {en: Glows}, filter: attributes.no_such_attribute = 1}
    - id: attributes.printing_colours
      text: {en: "Which ink?"}
      labels: {magenta: {en: Pink}}
"""


def turn(client: TestClient, **body: Any) -> dict[str, Any]:
    response = client.post("/v1/icecat/guide", json={"query": "toner cartridge", **body})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


@pytest.fixture
def written(client: TestClient, token: Token) -> TestClient:
    response = client.put(URL, content=BOOK, headers=token(sub="m", scope="merchandise"))
    assert response.json() == {"categories": 2, "questions": 2}
    return client


def test_a_written_question_comes_first_in_the_buyers_language_with_what_each_option_leaves(
    written: TestClient,
) -> None:
    question = turn(written, locale="de")["question"]
    assert (question["id"], question["text"]) == ("shade", "Schwarz, farbig?")
    assert (question["help"], question["picture"]) == ("Look at your printer", "https://shop.example/shade.png")
    assert [(each["value"], each["label"], each["picture"]) for each in question["options"]] == [
        ("black", "Schwarz", None),
        ("colour", "Colour", "/c.png"),
    ]
    for option in question["options"]:
        after = turn(written, answers=[{"question_id": "shade", "value": option["value"]}])
        assert after["remaining"] == option["count"]


def test_a_question_keeps_its_options_in_other_words(written: TestClient) -> None:
    after = turn(written, answers=[{"question_id": "shade", "value": "colour"}])
    question = after["question"]
    assert (question["id"], question["text"]) == ("attributes.printing_colours", "Which ink?")
    # The data have two spellings of it, of which the book names one.
    assert [each["value"] for each in question["options"] if each["label"] == "Pink"] == [["Magenta", "magenta"]]


def test_what_is_never_to_be_asked_is_not(written: TestClient) -> None:
    body: dict[str, Any] = {}
    for _ in range(30):
        answer = turn(written, **body)
        if answer["question"] is None:
            return
        assert answer["question"]["id"] != "brand"
        body = {
            "conversation_id": answer["conversation_id"],
            "answers": [{"question_id": answer["question"]["id"], "value": None}],
        }
    raise AssertionError("the guide never stops asking")


def test_an_option_that_nobody_wrote_is_refused(written: TestClient) -> None:
    body = {"query": "toner cartridge", "answers": [{"question_id": "shade", "value": "purple"}]}
    response = written.post("/v1/icecat/guide", json=body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/answers/0/value"


def test_the_book_comes_back_as_it_was_put_until_it_is_removed(written: TestClient, token: Token) -> None:
    headers = token(sub="m", scope="merchandise")
    assert written.get(URL, headers=headers).text == BOOK
    assert written.delete(URL, headers=headers).json() == {"deleted": 1}
    assert written.get(URL, headers=headers).status_code == 404
    assert written.delete(URL, headers=headers).status_code == 404
    assert turn(written)["question"]["id"] != "shade"


def test_a_book_made_from_one_that_somebody_replaced_is_refused(client: TestClient, token: Token) -> None:
    scope = token(scope="merchandise")
    first = client.put(URL, content=BOOK, headers=scope).headers["etag"]
    assert client.get(URL, headers=scope).headers["etag"] == first
    assert client.put(URL, content='"*": {never: [price]}', headers={**scope, "if-match": first}).is_success
    late = client.put(URL, content=BOOK, headers={**scope, "if-match": first})
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert client.get(URL, headers=scope).text == '"*": {never: [price]}'


def test_only_merchandisers_write_the_book(client: TestClient, token: Token) -> None:
    assert client.put(URL, content=BOOK).status_code == 401
    assert client.put(URL, content=BOOK, headers=token(sub="b", scope="search")).status_code == 403


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ("- a", ""),
        ("a: {first: 1}", "/a/first"),
        ("a: {questions: [{id: x, options: [{value: 1}]}]}", "/a/questions/0/options"),
        ("a: {unknown: 1}", "/a/unknown"),
        ("a: {questions: [{id: x, picture: 'javascript:alert(1)'}]}", "/a/questions/0/picture"),
        ("x: &a [1]\ny: *a", ""),
        ("{" * 3_000, ""),
        ("a: !!python/object:os.system {}", ""),
        (b"\xff\xfe\x00", ""),
    ],
)
def test_a_book_that_cannot_be_read_says_where(
    client: TestClient, token: Token, content: str | bytes, pointer: str
) -> None:
    response = client.put(URL, content=content, headers=token(sub="m", scope="merchandise"))
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"].startswith(pointer)


def test_a_filter_in_the_book_that_cannot_be_read_says_where(client: TestClient, token: Token) -> None:
    content = BOOK.replace('NOT attributes.printing_colours = "Black"', "price <")
    response = client.put(URL, content=content, headers=token(sub="m", scope="merchandise"))
    assert response.json()["code"] == "invalid_filter"
    assert response.json()["errors"][0]["pointer"] == "/Toner cartridge/questions/0/options/1/filter"


def test_the_example_in_the_document_can_be_read() -> None:
    assert set(read_book(EXAMPLE.encode()).scripts) == {EVERYWHERE, "Notebook"}


def test_a_script_stands_on_those_of_the_categories_above() -> None:
    book = read_book(b"'*': {first: [a], never: [x]}\nA: {first: [b, a]}\nA > B: {first: [c], never: [y]}")
    assert book.script("A > B").first == ("c", "b", "a")
    assert book.script("A > B").never == {"x", "y"}
    assert book.script(None).first == ("a",)


@given(st.binary(max_size=300) | st.text(alphabet="{}[]:&*!-? \n'\"ab", max_size=60).map(str.encode))
def test_no_content_breaks_the_reader(content: bytes) -> None:
    try:
        read_book(content)
    except RequestProblem:
        return
