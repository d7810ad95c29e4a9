"""Price lists and assortments over HTTP: written by the back office, seen by buyers."""

from contextlib import suppress
from itertools import pairwise

import orjson
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.price_streams import CsvPriceLines, JsonPriceLines, PriceLines
from api.problems import RequestProblem
from commerce.pricing import PriceRow
from tests.api.conftest import Token, Wait

LISTS = "/v1/icecat/price-lists"
ASSORTMENTS = "/v1/icecat/assortments"
TONER = "3920564"


@pytest.fixture
def admin(token: Token) -> dict[str, str]:
    return token(sub="admin", scope="merchandise")


def price_of(client: TestClient, headers: dict[str, str], product: str = TONER) -> dict[str, object]:
    price: dict[str, object] = client.get(f"/v1/icecat/products/{product}", headers=headers).json()["price"]
    return price


def body(*prices: dict[str, object], **more: object) -> dict[str, object]:
    return {"prices": list(prices), **more}


def price(net: str | None = "1.00", product: str = TONER, quantity: int = 1) -> dict[str, object]:
    return {"product_id": product, "net": net, "min_quantity": quantity}


def test_a_list_is_what_its_buyers_pay(client: TestClient, applied: Wait, admin: dict[str, str], token: Token) -> None:
    dealer = token(sub="eva", price_lists=["gold"])
    own = price_of(client, dealer)["net"]
    given = body(price("7.50"), price("7.00", quantity=10), currency="EUR", valid_from=None, valid_until=None)
    written = client.put(f"{LISTS}/gold", json=given, headers=admin).json()
    assert written == {
        "id": "gold", "version": 1, "prices": 2, "changed": 2, "unknown": 0, "dry_run": False,
        "diff": {"added": 2, "changed": 0, "removed": 0, "terms": True},
    }  # fmt: skip
    applied()
    seen = price_of(client, dealer)
    assert (seen["net"], seen["list"], seen["price_list"]) == ("7.50", own, "gold")
    assert seen["tiers"] == [{"min_quantity": 10, "net": "7.00"}]
    assert price_of(client, {})["net"] == own
    again = client.put(f"{LISTS}/gold", json=given, headers=admin).json()
    assert (again["version"], again["changed"]) == (1, 0)
    assert client.delete(f"{LISTS}/gold", headers=admin).json() == {"deleted": 1}
    applied()
    assert price_of(client, dealer)["net"] == own
    gone = client.delete(f"{LISTS}/gold", headers=admin)
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_price_list")


def test_a_list_is_read_back_as_a_body_that_puts_it_again(client: TestClient, admin: dict[str, str]) -> None:
    given = body(
        price("12.345", "gone"), price("9", quantity=5), price(None),
        currency="USD", valid_from="2027-01-01T00:00:00+01:00", valid_until="2028-01-01T00:00:00Z",
        rules=[
            {"base": "LIST", "filter": 'brand = "HP"', "percent": "-5.0", "amount": "0.10"},
            {"base": "gold", "filter": {"and": [{"field": "brand", "op": "EXISTS"},
                                                {"not": {"field": "brand", "op": "IN", "value": ["HP", "Dell"]}}]}},
            {},
        ],
    )  # fmt: skip
    path = f"{LISTS}/Vertrag%204711/ä"
    assert client.put(path, json=given, headers=admin).json()["unknown"] == 1
    found = client.get(path, headers=admin).json()
    assert (found["id"], found["version"], found["currency"]) == ("Vertrag 4711/ä", 1, "USD")
    assert (found["valid_from"], found["valid_until"]) == ("2027-01-01T00:00:00+01:00", "2028-01-01T00:00:00+00:00")
    assert found["prices"] == [price(None), price("9", quantity=5), price("12.345", "gone")]
    assert found["rules"][0] == given["rules"][0]  # type: ignore[index]
    assert found["rules"][2] == {"base": "LIST", "filter": None, "percent": "0", "amount": "0"}
    again = {name: value for name, value in found.items() if name not in {"id", "version"}}
    assert client.put(path, json=again, headers=admin).json()["version"] == 1


def test_a_dry_run_says_what_would_change_and_changes_nothing(client: TestClient, admin: dict[str, str]) -> None:
    client.put(f"{LISTS}/gold", json=body(price("1"), price("2", "a"), price("3", "b")), headers=admin)
    now = body(price("1"), price("2.5", "a"), price(None, "c"))
    dry = client.put(f"{LISTS}/gold", json=now, headers=admin, params={"dry_run": "true"}).json()
    assert (dry["version"], dry["prices"], dry["changed"], dry["dry_run"]) == (2, 3, 3, True)
    assert dry["diff"]["rows"] == [
        {"change": "changed", "product_id": "a", "min_quantity": 1, "before": "2", "net": "2.5"},
        {"change": "added", "product_id": "c", "min_quantity": 1, "before": None, "net": None},
        {"change": "removed", "product_id": "b", "min_quantity": 1, "before": "3", "net": None},
    ]
    assert client.get(f"{LISTS}/gold", headers=admin).json()["version"] == 1
    client.put(f"{LISTS}/new", json=now, headers=admin, params={"dry_run": "true"})
    assert client.get(f"{LISTS}/new", headers=admin).status_code == 404


def test_csv_and_json_lines_are_taken_too(client: TestClient, admin: dict[str, str]) -> None:
    lines = b"\xef\xbb\xbfproduct_id,net,min_quantity\r\n" + f'{TONER},7.50,\r\n"{TONER}",7.00,10\r\n\r\nx,,1'.encode()
    headers = admin | {"content-type": "text/csv; charset=utf-8"}
    terms = {"currency": "CHF", "valid_until": "2027-01-01T00:00:00Z"}
    assert client.put(f"{LISTS}/csv", content=lines, headers=headers, params=terms).json()["prices"] == 3
    found = client.get(f"{LISTS}/csv", headers=admin).json()
    assert found["prices"] == [price("7.50"), price("7.00", quantity=10), price(None, "x")]
    assert (found["currency"], found["valid_until"]) == ("CHF", "2027-01-01T00:00:00+00:00")
    plain = b"\n".join(orjson.dumps(row) for row in found["prices"])
    headers = admin | {"content-type": "application/x-ndjson"}
    assert client.put(f"{LISTS}/csv", content=plain, headers=headers).json()["changed"] == 0
    assert client.get(f"{LISTS}/csv", headers=admin).json()["currency"] == "EUR"
    other = client.put(f"{LISTS}/csv", content=plain, headers=admin | {"content-type": "application/xml"})
    assert (other.status_code, other.json()["code"]) == (422, "invalid_request")


def test_every_bad_value_is_named_and_nothing_is_kept(client: TestClient, admin: dict[str, str]) -> None:
    given = {
        "currency": "EURO", "valid_from": "2027-01-01", "valid_until": "2027-01-01T00:00:00", "more": 1,
        "prices": [price(), price("-1"), {"product_id": "a"}, price("1", ""), price(), price("1", "b", 0), "x",
                   {"product_id": "c", "net": True, "sku": 1}, price("NaN", "d"),
                   {**price("1", "e"), "min_quantity": 1.5}],
        "rules": [{"base": ""}, {"percent": "five"}, {"amount": True}, [], {"percent": "1e9"}],
    }  # fmt: skip
    response = client.put(f"{LISTS}/gold", json=given, headers=admin)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert {each["pointer"] for each in response.json()["errors"]} == {
        "/currency", "/valid_from", "/valid_until", "/more",
        "/prices/1/net", "/prices/2/net", "/prices/3/product_id", "/prices/4/product_id", "/prices/5/min_quantity",
        "/prices/6", "/prices/7/sku", "/prices/8/net", "/prices/9/min_quantity",
        "/rules/0/base", "/rules/1/percent", "/rules/2/amount", "/rules/3", "/rules/4/percent",
    }  # fmt: skip
    assert client.get(f"{LISTS}/gold", headers=admin).status_code == 404
    turned = body(valid_from="2027-01-01T00:00:00Z", valid_until="2027-01-01T01:00:00+01:00")
    assert client.put(f"{LISTS}/gold", json=turned, headers=admin).json()["errors"][0]["pointer"] == "/valid_until"
    broken = client.put(f"{LISTS}/gold", content=b"{", headers=admin)
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed")
    for identity in ("LIST", "%20a", "a" * 513):
        assert client.put(f"{LISTS}/{identity}", json=body(), headers=admin).status_code == 422


def test_bad_lines_are_named_by_their_numbers(client: TestClient, admin: dict[str, str]) -> None:
    headers = admin | {"content-type": "text/csv"}
    lines = f'product_id,net\n{TONER},1\n{TONER},x\n\n{TONER},2\n"a\nb,1,2\n'.encode()
    errors = client.put(f"{LISTS}/csv", content=lines, headers=headers).json()["errors"]
    assert [(each["pointer"], each["message"].partition(":")[0]) for each in errors] == [
        ("/prices/1/net", "line 3"), ("/prices/2/product_id", "line 5"),
        ("/prices/3", "line 6"), ("/prices/4", "line 7"),
    ]  # fmt: skip
    for content, status in (
        (b"", 422), (b"id,net\n", 422), (b"product_id,net,net\n", 422), (b"product_id;net\n", 422),
        (b"product_id,net\n\xff,1", 400),
    ):  # fmt: skip
        assert client.put(f"{LISTS}/csv", content=content, headers=headers).status_code == status, content
    headers = admin | {"content-type": "application/x-ndjson"}
    broken = client.put(f"{LISTS}/l", content=b'{"product_id": "a", "net": "1"}\n{', headers=headers)
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed")
    assert client.put(f"{LISTS}/l", content=b'{"product_id": "a"}\n[]', headers=headers).json()["errors"] == [
        {"pointer": "/prices/0/net", "message": "line 1: is needed; null is a price on request"},
        {"pointer": "/prices/1", "message": "line 2: an object with product_id and net is needed"},
    ]


@pytest.mark.parametrize(
    ("condition", "code", "below"),
    [
        ("brand =", "invalid_filter", ""),
        ("no_such_field = 1", "unknown_field", ""),
        ("price < 5", "invalid_filter", ""),
        ("NOT list_price EXISTS", "invalid_filter", ""),
        ({"and": [{"field": "in_stock", "op": "=", "value": True}]}, "invalid_filter", ""),
        ({"and": [{"field": "brand"}]}, "invalid_filter", "/and/0/op"),
        ("released > nonsense", "invalid_filter", ""),
        ('attributes.bluetooth = "perhaps"', "invalid_filter", ""),
        ("a" * 10_001, "too_large", ""),
        (7, "invalid_filter", ""),
    ],
)
def test_a_bad_filter_is_named(
    client: TestClient, admin: dict[str, str], condition: object, code: str, below: str
) -> None:
    answers = {
        "/rules/1/filter": client.put(f"{LISTS}/a", json={"rules": [{}, {"filter": condition}]}, headers=admin),
        "/exclude/filter": client.put(f"{ASSORTMENTS}/a", json={"exclude": {"filter": condition}}, headers=admin),
    }
    for pointer, answer in answers.items():
        assert (answer.json()["code"], answer.json()["errors"][0]["pointer"]) == (code, pointer + below)
        assert answer.status_code == (413 if code == "too_large" else 422)


def test_rules_in_a_circle_are_named(client: TestClient, admin: dict[str, str]) -> None:
    assert client.put(f"{LISTS}/a", json={"rules": [{"base": "b"}]}, headers=admin).status_code == 200
    response = client.put(f"{LISTS}/b", json={"rules": [{}, {"base": "a"}]}, headers=admin)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/rules/1/base")


def test_a_rule_makes_prices_of_the_catalogue_s_own(
    client: TestClient, applied: Wait, admin: dict[str, str], token: Token
) -> None:
    product = client.get(f"/v1/icecat/products/{TONER}").json()["product"]
    rule = {"filter": f'brand = "{product["brand"]}" AND id = "{TONER}"', "percent": "-100", "amount": "3.5"}
    assert client.put(f"{LISTS}/ruled", json={"rules": [rule]}, headers=admin).json()["prices"] == 0
    applied()
    assert price_of(client, token(sub="eva", price_lists=["ruled"]))["net"] == "3.50"


def test_lists_and_assortments_come_in_pages(client: TestClient, admin: dict[str, str]) -> None:
    for name in "cab":
        client.put(f"{LISTS}/{name}", json=body(price()), headers=admin)
        client.put(f"{ASSORTMENTS}/{name}", json={"include": {"ids": [TONER]}}, headers=admin)
    for path, member in ((LISTS, "price_lists"), (ASSORTMENTS, "assortments")):
        first = client.get(path, headers=admin, params={"limit": 2}).json()
        assert ([each["id"] for each in first[member]], first["next"]) == (["a", "b"], "b")
        rest = client.get(path, headers=admin, params={"limit": 2, "after": first["next"]}).json()
        assert ([each["id"] for each in rest[member]], rest["next"]) == (["c"], None)
        assert client.get(path, headers=admin, params={"limit": 0}).status_code == 422
    assert client.get(LISTS, headers=admin).json()["price_lists"][0] == {
        "id": "a", "version": 1, "currency": "EUR", "valid_from": None, "valid_until": None, "prices": 1, "rules": 0,
    }  # fmt: skip
    selected = client.get(ASSORTMENTS, headers=admin).json()["assortments"][0]
    assert selected == {
        "id": "a", "version": 1, "include": {"ids": 1, "filter": None}, "exclude": {"ids": 0, "filter": None}
    }  # fmt: skip


def test_an_assortment_is_what_its_buyers_see(
    client: TestClient, applied: Wait, admin: dict[str, str], token: Token
) -> None:
    dealer = token(sub="eva", assortments=["dealers"])
    given = {"include": {"ids": [TONER, "gone"], "filter": 'brand = "HP"'}, "exclude": None}
    written = client.put(f"{ASSORTMENTS}/dealers", json=given, headers=admin)
    assert written.json() == {"id": "dealers", "version": 1, "changed": True, "unknown": 1, "dry_run": False}
    applied()
    hits = client.post("/v1/icecat/search", json={"page_size": 100}, headers=dealer).json()["hits"]
    assert len(hits) > 1
    assert {hit["product"]["brand"] for hit in hits if hit["id"] != TONER} == {"HP"}
    found = client.get(f"{ASSORTMENTS}/dealers", headers=admin).json()
    assert found["include"] == {"ids": [TONER, "gone"], "filter": 'brand = "HP"'}
    assert found["exclude"] == {"ids": [], "filter": None}
    again = {name: found[name] for name in ("include", "exclude")}
    assert not client.put(f"{ASSORTMENTS}/dealers", json=again, headers=admin).json()["changed"]
    dry = client.put(f"{ASSORTMENTS}/dealers", json={}, headers=admin, params={"dry_run": 1}).json()
    assert (dry["version"], dry["changed"]) == (2, True)
    assert client.get(f"{ASSORTMENTS}/dealers", headers=admin).json()["version"] == 1
    assert client.delete(f"{ASSORTMENTS}/dealers", headers=admin).json() == {"deleted": 1}
    applied()
    assert client.post("/v1/icecat/search", json={}, headers=dealer).json()["total"] == 0
    for method in ("GET", "DELETE"):
        gone = client.request(method, f"{ASSORTMENTS}/dealers", headers=admin)
        assert (gone.status_code, gone.json()["code"]) == (404, "unknown_assortment")


def test_bad_assortments_are_named(client: TestClient, admin: dict[str, str]) -> None:
    given = {"include": {"ids": ["a", "", 1], "id": "b"}, "exclude": [], "only": 1}
    response = client.put(f"{ASSORTMENTS}/a", json=given, headers=admin)
    pointers = {each["pointer"] for each in response.json()["errors"]}
    assert pointers == {"/include/ids/1", "/include/ids/2", "/include/id", "/exclude", "/only"}


def test_a_buyer_without_the_scope_is_refused_everywhere(client: TestClient, token: Token) -> None:
    buyer = token(sub="eva", scope="search events")
    elsewhere = token(sub="eva", scope="admin", catalogs=["other"])
    for path in (LISTS, f"{LISTS}/gold", ASSORTMENTS, f"{ASSORTMENTS}/dealers"):
        for method in ("GET", "PUT", "DELETE"):
            if method != "GET" and path in {LISTS, ASSORTMENTS}:
                continue
            content = b"{}" if method == "PUT" else b""
            assert client.request(method, path, content=content, headers=buyer).status_code == 403
            assert client.request(method, path, content=content).status_code == 401
            hidden = client.request(method, path, content=content, headers=elsewhere)
            assert (hidden.status_code, hidden.json()["code"]) == (404, "unknown_catalog")


ROWS = st.lists(
    st.tuples(st.text("aä,\" ;'1", min_size=1).filter(str.strip), st.decimals(0, 1_000, places=2) | st.none()),
    unique_by=lambda row: row[0].strip(),
    max_size=6,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS, cuts=st.lists(st.integers(0, 400), max_size=5))
def test_lines_are_read_alike_however_they_are_cut(rows: list[tuple[str, object]], cuts: list[int]) -> None:
    expected = tuple(PriceRow(article.strip(), net) for article, net in rows)  # type: ignore[arg-type]
    quoted = ['"' + article.replace('"', '""') + '"' for article, _ in rows]
    nets = ["" if net is None else str(net) for _, net in rows]
    as_csv = "\n".join(["net,product_id", *(f"{net},{name}" for name, net in zip(quoted, nets, strict=True))])
    as_json = b"\n".join(orjson.dumps({"product_id": a, "net": None if n is None else str(n)}) for a, n in rows)
    readers: list[tuple[PriceLines, bytes]] = [(CsvPriceLines(), as_csv.encode()), (JsonPriceLines(), as_json)]
    for reader, content in readers:
        edges = sorted({0, len(content), *(cut for cut in cuts if cut < len(content))})
        for begin, end in pairwise(edges):
            reader.feed(content[begin:end])
        assert reader.finish() == expected


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=200))
def test_no_bytes_break_the_readers_of_lines(content: bytes) -> None:
    for reader in (CsvPriceLines(), JsonPriceLines()):
        # What is refused is so as a problem, and what is taken has an article.
        with suppress(RequestProblem):
            reader.feed(b"product_id,net\n" if isinstance(reader, CsvPriceLines) else b"")
            reader.feed(content)
            assert all(row.article_id for row in reader.finish())
