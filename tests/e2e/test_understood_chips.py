"""What a query was understood to say, as chips that take it out of the query."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_storefront import open_storefront, parameters, search_box, total, wait_for_results

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_price_limit_is_a_chip_that_takes_it_out_of_the_query(page: Page) -> None:
    open_storefront(page, "/?catalog=icecat&q=toner%20%20under%2050%20%E2%82%AC")
    narrowed = total(page)
    chip = page.get_by_role("button", name="Take “under 50 €” out of the search")
    expect(chip).to_have_text(re.compile("Price: .*50"))
    chip.click()
    expect(page.locator(".chip")).to_have_count(0)
    wait_for_results(page)
    assert parameters(page)["q"] == ["toner"]
    expect(search_box(page)).to_have_value("toner")
    assert total(page) > narrowed
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_a_range_is_one_chip_and_stands_beside_the_filters(page: Page) -> None:
    open_storefront(page, "/?catalog=icecat&q=cable%20between%205%20and%2020%20%E2%82%AC")
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator(".chip")).to_have_text(re.compile("Price: .*5.*20"))
    page.get_by_role("group", name="Brand", exact=True).get_by_role("checkbox").first.check()
    expect(page.locator(".chip")).to_have_count(2)
    page.locator(".chip").first.click()
    expect(page.locator(".chip")).to_have_count(1)
    assert parameters(page)["q"] == ["cable"]
    assert len(parameters(page)["f.brand"]) == 1
