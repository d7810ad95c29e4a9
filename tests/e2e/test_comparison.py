"""Choosing products and comparing them, in a real browser over the real service."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.test_storefront import open_storefront, parameters, wait_for_results

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
START = "/?catalog=icecat&q=notebook"


def choose(page: Page, count: int) -> list[str]:
    """Tick the first cards and return their titles."""
    open_storefront(page, START)
    for at in range(count):
        page.locator(".compare-tick input").nth(at).check()
    return page.locator(".card-title").all_inner_texts()[:count]


def compare(page: Page, count: int) -> list[str]:
    titles = choose(page, count)
    page.get_by_role("region", name="Compare").get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{count} products compared")
    return titles


def test_ticked_products_are_counted_and_lead_to_their_comparison(page: Page) -> None:
    titles = choose(page, 3)
    tray = page.get_by_role("region", name="Compare")
    expect(tray.get_by_role("status")).to_have_text("3 products chosen to compare")
    tray.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 products compared")
    expect(page.locator(".comparison thead th")).to_have_count(3)
    assert page.locator(".comparison-title").all_inner_texts() == titles
    assert len(parameters(page)["compare"]) == 3
    page.reload()
    expect(page.locator(".comparison thead th")).to_have_count(3)


def test_one_product_alone_cannot_be_compared_and_all_can_be_put_back(page: Page) -> None:
    choose(page, 1)
    tray = page.get_by_role("region", name="Compare")
    expect(tray.get_by_role("link", name="Compare")).to_have_count(0)
    tray.get_by_role("button", name="Choose none").click()
    expect(page.locator(".comparison-tray")).to_be_hidden()
    expect(page.locator(".compare-tick input:checked")).to_have_count(0)


def test_differing_rows_stand_first_and_say_so_without_colour(page: Page) -> None:
    compare(page, 3)
    rows = page.locator(".comparison tbody tr[data-field]")
    differs = [each.evaluate("row => row.classList.contains('comparison-differs')") for each in rows.all()]
    assert differs == sorted(differs, reverse=True)
    price = page.locator("tr[data-field=price]")
    expect(price.get_by_role("rowheader")).to_contain_text("≠")
    expect(price.get_by_role("rowheader")).to_contain_text("lower is better")
    expect(price.locator(".comparison-best")).to_contain_text("★")
    page.get_by_role("checkbox", name="Only differences").check()
    expect(page.locator(".comparison tbody tr:not(.comparison-differs):visible")).to_have_count(0)


def test_both_headers_stay_in_sight_while_the_table_scrolls_by_keyboard(page: Page) -> None:
    compare(page, 3)
    frame = page.get_by_role("region", name="Compare")
    frame.focus()
    page.keyboard.press("End")
    expect(page.locator(".comparison tbody tr").last).to_be_in_viewport()
    top = frame.evaluate("f => f.querySelector('thead th').getBoundingClientRect().top - f.getBoundingClientRect().top")
    assert abs(top) < 3


def test_a_quantity_gives_its_total_and_keeps_the_focus(page: Page) -> None:
    compare(page, 2)
    field = page.get_by_role("spinbutton").first
    field.fill("3")
    field.press("Tab")
    expect(page.locator(".comparison-quantities td").first).to_contain_text("in total")
    expect(page.get_by_role("spinbutton").first).to_have_value("3")


def test_a_product_can_be_taken_out_and_back_brings_it_in_again(page: Page) -> None:
    titles = compare(page, 3)
    page.get_by_role("link", name=f"Take {titles[0]} out of the comparison").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 products compared")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 products compared")
    page.get_by_role("link", name="Back to results").click()
    wait_for_results(page)
    expect(page.locator(".compare-tick input:checked")).to_have_count(3)


def test_the_chart_tells_products_apart_by_dashes_and_its_keys_work_by_keyboard(page: Page) -> None:
    open_storefront(page, "/?catalog=icecat&q=lcd+monitor")
    for at in range(3):
        page.locator(".compare-tick input").nth(at).check()
    page.get_by_role("region", name="Compare").get_by_role("link", name="Compare").click()
    chart = page.locator(".comparison-chart")
    expect(chart.get_by_role("img")).to_have_attribute("aria-label", re.compile("Parallel coordinates of .*Price"))
    lines = chart.locator(":scope > svg .comparison-line > path:first-child")
    dashes = [line.get_attribute("stroke-dasharray") for line in lines.all()]
    assert len(set(dashes)) == len(dashes) == 3
    key = chart.get_by_role("button").nth(1)
    key.focus()
    page.keyboard.press("Enter")
    expect(key).to_have_attribute("aria-pressed", "true")
    expect(chart.locator(".comparison-line-on")).to_have_count(1)


def test_the_table_can_be_saved_as_csv(page: Page, tmp_path: Path) -> None:
    titles = compare(page, 2)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save as CSV").click()
    waiting.value.save_as(tmp_path / "saved.csv")
    first = (tmp_path / "saved.csv").read_text(encoding="utf-8").splitlines()[0]
    assert titles[0].replace('"', '""') in first


def test_on_paper_the_whole_table_is_there_without_anything_to_press(page: Page) -> None:
    compare(page, 2)
    page.emulate_media(media="print")
    expect(page.locator(".comparison-tools")).to_be_hidden()
    frame = page.locator(".comparison-frame")
    assert frame.evaluate("f => f.scrollHeight <= f.clientHeight + 2")


def test_the_comparison_speaks_german(page: Page) -> None:
    compare(page, 2)
    page.locator("#language").select_option("de")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 Produkte im Vergleich")
    expect(page.get_by_role("rowheader", name="Am besten für")).to_be_visible()


def test_a_link_to_products_that_are_not_there_says_what_is_wrong(context: BrowserContext) -> None:
    page = context.new_page()  # the browser itself logs the refused request
    page.goto("/?catalog=icecat&compare=nope&compare=nothing")
    expect(page.locator(".state")).to_contain_text("No such product")
