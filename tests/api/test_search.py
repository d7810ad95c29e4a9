"""What a storefront gets when it searches."""

from decimal import Decimal

import pytest
from fastapi.testclient import TestClient

SEARCH = "/v1/icecat/search"


def test_a_search_answers_in_the_contract_s_shape(reader: TestClient) -> None:
    answer = reader.post(SEARCH, json={"query": "hp notebook", "page_size": 3, "explain": True}).json()
    assert set(answer) == {
        "query_id", "total", "total_is_exact", "page", "page_size", "cursor", "took_ms", "interpretation", "hits",
        "facets", "rules_applied", "redirect", "experiment", "locale", "personalized", "banners",
    }  # fmt: skip
    hit = answer["hits"][0]
    assert set(hit) == {
        "id", "position", "score", "product", "price", "availability", "highlight", "matched_by", "matched_variants",
        "badges", "explanation",
    }  # fmt: skip
    assert hit["position"] == 1
    assert hit["product"]["id"] == hit["id"]
    assert set(hit["price"]) == {"net", "gross", "tax_rate", "currency", "list", "tiers", "price_list", "promotion"}
    assert hit["price"]["currency"] == "EUR"
    assert Decimal(hit["price"]["net"]) == Decimal(hit["price"]["list"])
    unknown = ("quantity", "location", "lead_time_days", "next_delivery", "available_by")
    assert hit["availability"] == {"in_stock": True, **dict.fromkeys(unknown)}
    assert "<mark>" in hit["highlight"]["title"]
    assert hit["matched_by"] == ["lexical"]
    assert hit["explanation"]["stages"][0]["contribution"] == hit["score"]
    assert [facet["field"] for facet in answer["facets"]][:3] == ["category", "brand", "price"]


def test_an_empty_query_browses_everything(reader: TestClient) -> None:
    answer = reader.post(SEARCH, json={}).json()
    assert answer["total"] == 1941
    assert answer["hits"][0]["matched_by"] == []
    assert answer["hits"][0]["explanation"] is None


def test_nonsense_gives_no_hits(reader: TestClient) -> None:
    answer = reader.post(SEARCH, json={"query": "xqzzvw blorptang"}).json()
    assert (answer["total"], answer["hits"], answer["facets"]) == (0, [], [])


def test_a_typing_error_is_corrected_and_said(reader: TestClient) -> None:
    answer = reader.post(SEARCH, json={"query": "keybaord"}).json()
    assert answer["interpretation"]["corrected_query"] == "keyboard"
    assert answer["total"] > 0


@pytest.mark.parametrize("typed", ["006R90321", "006r-90321", "0095205603217", "3920564"])
def test_a_part_number_gtin_or_id_comes_first_and_is_named(reader: TestClient, typed: str) -> None:
    answer = reader.post(SEARCH, json={"query": typed}).json()
    assert answer["hits"][0]["id"] == "3920564"
    assert answer["hits"][0]["matched_by"] == ["identifier"]
    assert answer["interpretation"]["part_number"] == typed


def test_words_that_were_dropped_are_said(reader: TestClient) -> None:
    answer = reader.post(SEARCH, json={"query": "toner cartridge unicornium"}).json()
    assert answer["total"] > 0
    assert answer["interpretation"]["relaxed"] == ["unicornium"]


def test_filters_in_text_and_json_agree(reader: TestClient) -> None:
    text = 'brand = "HP" AND price < 100 AND NOT attributes.product_colour EXISTS'
    twin = {
        "and": [
            {"field": "brand", "op": "=", "value": "HP"},
            {"field": "price", "op": "<", "value": 100},
            {"not": {"field": "attributes.product_colour", "op": "EXISTS"}},
        ]
    }
    first = reader.post(SEARCH, json={"filter": text, "page_size": 100}).json()
    second = reader.post(SEARCH, json={"filter": twin, "page_size": 100}).json()
    assert first["total"] == second["total"] > 0
    assert all(Decimal(hit["price"]["net"]) < 100 for hit in first["hits"])
    assert all(hit["product"]["brand"] == "HP" for hit in first["hits"])
    assert all("product_colour" not in hit["product"]["attributes"] for hit in first["hits"])


def test_facets_are_disjunctive_in_one_request(reader: TestClient) -> None:
    plain = reader.post(SEARCH, json={"query": "cable", "facets": ["brand"]}).json()
    (brand, other) = (value["value"] for value in plain["facets"][0]["values"][:2])
    body = {
        "query": "cable",
        "facets": ["brand", "price"],
        "facet_filters": {"brand": [brand], "price": [{"gte": "5"}]},
    }
    ticked = reader.post(SEARCH, json=body).json()
    values = {value["value"]: value for value in ticked["facets"][0]["values"]}
    assert values[brand]["selected"]
    assert values[other]["count"] > 0
    assert ticked["total"] == values[brand]["count"]
    price = ticked["facets"][1]
    assert price["type"] == "range"
    assert price["unit"] == "EUR"
    assert set(price["stats"]) == {"min", "max", "mean"}


def test_one_facet_s_values_can_be_searched(reader: TestClient) -> None:
    body = {"facet_search": {"field": "brand", "prefix": "le"}}
    facet = reader.post(SEARCH, json=body).json()["facets"][0]
    assert {value["value"] for value in facet["values"]} >= {"Lenovo", "Lexmark"}
    assert all(value["value"].lower().startswith("le") for value in facet["values"])


def test_pages_do_not_overlap_and_the_cursor_goes_on(reader: TestClient) -> None:
    body = {"query": "cable", "sort": "price:asc", "page_size": 20}
    pages = [reader.post(SEARCH, json={**body, "page": page}).json() for page in (1, 2)]
    seen = [hit["id"] for page in pages for hit in page["hits"]]
    assert len(set(seen)) == 40
    assert pages[1]["hits"][0]["position"] == 21
    after = reader.post(SEARCH, json={**body, "cursor": pages[0]["cursor"]}).json()
    assert [hit["id"] for hit in after["hits"]] == [hit["id"] for hit in pages[1]["hits"]]
    prices = [Decimal(hit["price"]["net"]) for page in pages for hit in page["hits"]]
    assert prices == sorted(prices)


def test_fields_pick_what_is_returned(reader: TestClient) -> None:
    body = {"query": "notebook", "fields": ["title", "attributes.display_diagonal"], "page_size": 5}
    for hit in reader.post(SEARCH, json=body).json()["hits"]:
        assert set(hit["product"]) <= {"id", "title", "attributes"}


def test_release_dates_filter_and_sort(reader: TestClient) -> None:
    body = {"filter": 'released >= "2008-01-01"', "sort": "newest", "facets": ["released"]}
    answer = reader.post(SEARCH, json=body).json()
    dates = [hit["product"]["released"] for hit in answer["hits"]]
    assert dates == sorted(dates, reverse=True)
    assert min(dates) >= "2008"
    edges = [value[end] for value in answer["facets"][0]["values"] for end in ("gte", "lt") if value[end]]
    assert edges
    assert all(edge.endswith("Z") for edge in edges)


def test_a_batch_answers_in_order(reader: TestClient) -> None:
    body = {"requests": [{"query": "cable", "page_size": 1}, {"query": "toner", "page_size": 2}]}
    answers = reader.post("/v1/icecat/search:batch", json=body).json()["responses"]
    assert [len(answer["hits"]) for answer in answers] == [1, 2]


def test_labels_come_in_the_language_asked_for(reader: TestClient) -> None:
    facets = reader.post(SEARCH, json={"facets": ["brand"], "locale": "de-DE"}).json()["facets"]
    assert facets[0]["label"] == "Marke"


def test_control_characters_count_as_spaces(reader: TestClient) -> None:
    clean = reader.post(SEARCH, json={"query": "toner cartridge"}).json()
    dirty = reader.post(SEARCH, json={"query": "\x00toner\x1f\tcartridge\n"}).json()
    assert clean["total"] == dirty["total"]


def test_suggestions_complete_what_was_typed(reader: TestClient) -> None:
    answer = reader.get("/v1/icecat/suggest", params={"q": "toner c", "limit": 3}).json()
    assert set(answer) == {"queries", "products", "categories", "brands"}
    assert answer["queries"][0]["text"] == "toner cartridge"
    assert answer["categories"][0]["path"] == "Toner cartridge"
    assert len(answer["products"]) == 3
    assert "<mark>" in answer["products"][0]["highlight"]["title"]
    brands = reader.get("/v1/icecat/suggest", params={"q": "leno"}).json()["brands"]
    assert brands[0]["value"] == "Lenovo"
    assert reader.get("/v1/icecat/suggest", params={"q": " "}).json()["queries"] == []


def test_products_come_in_the_order_asked_for(reader: TestClient) -> None:
    hits = reader.post(SEARCH, json={"query": "cable", "page_size": 3}).json()["hits"]
    ids = [hit["id"] for hit in reversed(hits)]
    answer = reader.get("/v1/icecat/products", params={"ids": f"{ids[0]},nope,{ids[1]},{ids[2]}"}).json()
    assert [line["product"]["id"] for line in answer["products"]] == ids
    assert answer["missing"] == ["nope"]


def test_a_product_page_has_its_sheet(reader: TestClient) -> None:
    answer = reader.get("/v1/icecat/products/3920564").json()
    assert set(answer) == {"product", "price", "availability", "sheet", "variants", "relations"}
    assert answer["price"]["net"] == "49.95"
    rows = {row["name"]: row for row in answer["sheet"]}
    assert rows["print_technology"]["value"] == "Laser printing"
    assert rows["print_technology"]["label"] == "Print technology"
    derived = rows["category"]
    assert (derived["source"], derived["value"]) == ("extracted", "Toner cartridge")
    assert 0.5 < derived["confidence"] <= 1.0


def test_catalogues_and_categories_are_listed_with_counts(reader: TestClient) -> None:
    catalogs = reader.get("/v1/catalogs").json()["catalogs"]
    assert catalogs == [{"id": "icecat", "products": 1941, "currency": "EUR", "locale": "en"}]
    categories = reader.get("/v1/icecat/categories").json()["categories"]
    counts = [node["count"] for node in categories]
    assert counts == sorted(counts, reverse=True)
    assert {"name", "path", "level", "count", "children"} == set(categories[0])


def test_health_and_metrics_answer(reader: TestClient) -> None:
    assert reader.get("/health/live").status_code == 200
    ready = {"status": "ready", "catalogs": ["icecat"], "loading": [], "models": {"icecat": {}}}
    assert reader.get("/health/ready").json() == ready
    text = reader.get("/metrics").text
    assert 'vitrine_products{catalog="icecat"} 1941.0' in text
    assert 'route="/v1/{catalog}/search"' in text


def test_the_storefront_is_served_under_a_strict_policy(reader: TestClient) -> None:
    page = reader.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert reader.get("/scripts/main.js").headers["content-type"].startswith("text/javascript")
