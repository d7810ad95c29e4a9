"""Recommendations on the demo's pages, in a real browser over the real service."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.demo_service import sliced_demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
HOME = "/?catalog=online_retail"
HEART = "/?catalog=online_retail&product=85123A"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with sliced_demo(tmp_path_factory.mktemp("units")) as address:
        yield address


def unit(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def items(unit: Locator) -> list[str]:
    expect(unit.locator(".unit-item").first).to_be_visible()
    return unit.locator(".unit-item-title a").evaluate_all("links => links.map(each => each.href)")


def test_the_start_page_says_what_is_new_and_why(page: Page) -> None:
    page.goto(HOME)
    rows = page.locator(".unit")
    expect(rows.first).to_be_visible()
    for reason in rows.first.locator(".unit-reason").all_inner_texts():
        assert reason
    page.get_by_role("combobox", name="Search products").fill("heart")
    expect(rows).to_have_count(0)


def test_a_product_page_shows_what_goes_with_it_with_evidence_and_nothing_twice(page: Page) -> None:
    page.goto(HEART)
    together = unit(page, "Bought together")
    expect(together.locator(".unit-reason").first).to_contain_text("Bought with WHITE HANGING HEART T-LIGHT HOLDER in")
    shown = [link for row in page.locator(".unit").all() for link in items(row)]
    assert len(shown) == len(set(shown)) > 5
    assert not any("product=85123A" in link for link in shown)
    first = together.locator(".unit-item-title a").first
    title = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_the_cart_keeps_products_and_shows_what_goes_with_all_of_them(page: Page) -> None:
    page.goto(HEART)
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Cart (1)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cart")
    expect(page.get_by_role("list", name="Cart").get_by_role("listitem")).to_have_count(1)
    assert not any("product=85123A" in link for link in items(page.locator(".unit").first))
    page.reload()
    page.get_by_role("button", name="Remove WHITE HANGING HEART T-LIGHT HOLDER").click()
    expect(page.get_by_text("Nothing is in the cart yet.")).to_be_visible()


def test_what_was_looked_at_comes_back_on_the_start_page_in_german_too(page: Page) -> None:
    page.goto(HEART)
    expect(page.get_by_role("heading", level=1)).to_have_text("WHITE HANGING HEART T-LIGHT HOLDER")
    page.goto(HOME)
    page.get_by_label("Language").select_option("de")
    looked_at = unit(page, "Von Ihnen angesehen")
    expect(looked_at.locator(".unit-reason")).to_have_text(["Von Ihnen angesehen"], timeout=20_000)
    assert items(looked_at)[0].endswith("product=85123A")


def test_a_language_chosen_before_the_catalogues_are_known_counts(page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/v1/catalogs", lambda route: waiting.append(route))
    page.goto(HOME)
    page.get_by_label("Language").select_option("de")
    page.wait_for_function("document.documentElement.lang === 'de'")
    waiting[0].continue_()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("combobox", name="Produkte suchen")).to_be_visible()
    expect(page.locator(".unit-title").first).to_have_text(re.compile("Im Trend|Neu im Sortiment|Beliebt"))


def test_a_catalogue_without_orders_has_units_by_what_its_products_are(page: Page, service: str) -> None:
    answer = page.request.post(f"{service}/v1/icecat/search", data={"query": "toner", "page_size": 1})
    product = answer.json()["hits"][0]["id"]
    page.goto(f"/?catalog=icecat&product={product}")
    expect(unit(page, "Similar products").locator(".unit-reason").first).to_contain_text("Similar to")
