"""The demo's storefront as each of its three buyers, in a real browser."""

import json
import re
import time
import urllib.request
from collections.abc import Iterator

import jwt
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.demo_service import SAMPLES, sliced_demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with sliced_demo(tmp_path_factory.mktemp("demo")) as address:
        yield address


def total(page: Page) -> int:
    found = re.match(r"(?:About )?([\d,]+) products? in \d+ ms", page.locator(".results-count").inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


def settled(page: Page) -> None:
    expect(page.locator(".results-count")).to_have_text(re.compile(r"products? in \d+ ms"))
    expect(page.locator(".cards")).to_have_attribute("aria-busy", "false")


def browse(page: Page, address: str = "/?catalog=icecat&q=hp+toner") -> None:
    page.goto(address)
    settled(page)


def buyer(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="Buyer").get_by_role("radio", name=name, exact=True)


def be(page: Page, name: str) -> None:
    """Switch the buyer and wait for what they see."""
    with page.expect_response(re.compile(r"/(search|products/[^/]+)$")):
        buyer(page, name).check()
    expect(buyer(page, name)).to_be_checked()
    if page.locator(".results-count").count():
        settled(page)


def brands(page: Page) -> list[str]:
    group = page.get_by_role("group", name="Brand", exact=True)
    return [each.strip() for each in group.locator(".choice-name").all_inner_texts()]


def prices(page: Page) -> dict[str, float]:
    found = {}
    for card in page.locator(".card").all():
        found[card.locator(".card-title").inner_text()] = float(
            card.locator(".price-net").inner_text().strip("€").replace(",", "")
        )
    return found


def test_prices_facets_and_products_change_with_the_buyer(page: Page) -> None:
    browse(page)
    expect(buyer(page, "Visitor")).to_be_checked()
    expect(page.locator(".price-terms")).to_have_count(0)
    expect(page.locator(".price-list")).to_have_count(0)
    of_visitor, brands_of_visitor, visible = prices(page), brands(page), total(page)

    be(page, "Dealer")
    of_dealer = prices(page)
    assert total(page) == visible
    assert of_dealer.keys() == of_visitor.keys()
    assert all(of_dealer[title] < of_visitor[title] for title in of_visitor)
    expect(page.locator(".card").first.locator(".price-terms")).to_contain_text("Dealer price")
    struck = page.locator(".card").first.locator("s.price-list").inner_text()
    assert float(struck.partition("€")[2].replace(",", "")) == next(iter(of_visitor.values()))

    be(page, "Contract customer")
    assert 0 < total(page) < visible
    assert set(brands(page)) < set(brands_of_visitor)
    expect(page.locator(".card").first.locator(".price-terms")).to_contain_text("Contract 4711")
    assert any(price < of_dealer.get(title, 0) for title, price in prices(page).items())
    expect(page.get_by_role("navigation", name="Catalogue").get_by_role("link")).to_have_count(1)


def test_the_buyer_stays_after_a_reload_and_on_product_pages(page: Page) -> None:
    browse(page)
    be(page, "Contract customer")
    page.reload()
    settled(page)
    expect(buyer(page, "Contract customer")).to_be_checked()
    page.locator(".card-title a").first.click()
    expect(page.locator(".offer-list")).to_have_text("Contract 4711")
    be(page, "Dealer")
    expect(page.locator(".offer-list")).to_have_text("Dealer price")


def test_tiers_of_the_buyers_list_stand_on_the_product_page(page: Page, service: str) -> None:
    lists = json.loads((SAMPLES / "icecat" / "buyers.json").read_text())["price_lists"]
    rows = lists["contract-4711"]["prices"]
    ids = ",".join(sorted({row["product_id"] for row in rows}))
    with urllib.request.urlopen(f"{service}/v1/icecat/products?ids={ids}") as answer:
        product = json.load(answer)["products"][0]["product"]["id"]
    browse(page)
    be(page, "Contract customer")
    page.goto(f"/?catalog=icecat&product={product}")
    tiers = page.get_by_role("table", name="Quantity prices")
    expect(tiers).to_be_visible()
    expected = [f"€{row['net']}" for row in rows if row["product_id"] == product and row["min_quantity"] > 1]
    assert tiers.locator("td").all_inner_texts()[-len(expected) :] == expected


def test_who_stands_in_a_catalogue_that_the_next_buyer_lacks_is_led_to_one_they_have(page: Page) -> None:
    browse(page, "/?catalog=online_retail")
    be(page, "Contract customer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Electronics")


def test_arrow_keys_move_through_the_buyers(page: Page) -> None:
    browse(page)
    buyer(page, "Visitor").focus()
    with page.expect_response(re.compile("/search$")):
        page.keyboard.press("ArrowRight")
    expect(buyer(page, "Dealer")).to_be_checked()
    expect(buyer(page, "Dealer")).to_be_focused()
    settled(page)
    expect(page.locator(".price-terms").first).to_contain_text("Dealer price")


def test_the_switch_speaks_german_and_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    browse(page)
    page.get_by_label("Language").select_option("de")
    choice = page.get_by_role("region", name="Käufer")
    for name in ("Gast", "Händler", "Vertragskunde"):
        expect(choice.get_by_role("radio", name=name)).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")  # with both catalogues in the header
    choice.get_by_role("radio", name="Vertragskunde").check()
    expect(page.locator(".price-terms").first).to_contain_text("Vertrag 4711")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_tokens_are_renewed_before_they_end(page: Page) -> None:
    def soon_over(route: Route) -> None:
        answer = route.fetch()
        given = answer.json()
        for each in given["buyers"]:
            each["expires_in"] = each["expires_in"] and 5
        route.fulfill(response=answer, json=given)

    page.route("**/demo/buyers", soon_over, times=1)
    browse(page)
    with page.expect_request("**/demo/buyers"):
        be(page, "Dealer")
    expect(page.locator(".price-terms").first).to_contain_text("Dealer price")


def test_a_token_that_the_service_no_longer_takes_is_replaced_once(browser_page: Page) -> None:
    page = browser_page

    def spoilt(route: Route) -> None:
        answer = route.fetch()
        given = answer.json()
        for each in given["buyers"]:
            each["token"] = each["token"] and each["token"][:-6] + "spoilt"
        route.fulfill(response=answer, json=given)

    page.route("**/demo/buyers", spoilt, times=1)
    browse(page)
    be(page, "Dealer")
    expect(page.locator(".price-terms").first).to_contain_text("Dealer price")


@pytest.fixture
def browser_page(context: object) -> Page:
    """A page whose console may complain: browsers log every 401."""
    page: Page = context.new_page()  # type: ignore[attr-defined]
    return page


def test_the_demos_tokens_are_short_lived_and_may_only_search(service: str) -> None:
    with urllib.request.urlopen(f"{service}/demo/buyers") as answer:
        assert answer.headers["cache-control"] == "no-store"
        found = json.load(answer)["buyers"]
    assert [each["id"] for each in found] == ["anonymous", "dealer", "contract"]
    assert found[0]["token"] is None
    for each in found[1:]:
        claims = jwt.decode(each["token"], options={"verify_signature": False})
        assert claims["scope"] == "search events"
        assert claims["exp"] - claims["iat"] == each["expires_in"] <= 300
        assert claims["exp"] > time.time()
        assert claims["catalogs"] == (["icecat"] if each["id"] == "contract" else ["icecat", "online_retail"])
