"""The console's settings and gaps, in a real browser over the real service."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.test_console import api, confirm, picture, sign_on

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
RELEVANCE = "/v1/icecat/settings/relevance"


@pytest.fixture(autouse=True)
def usual_settings(service: str) -> Iterator[None]:
    """Leave the service, which other tests look at too, with its usual settings."""
    yield
    api(service, "PUT", RELEVANCE, {})


def open_settings(page: Page) -> None:
    sign_on(page)
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_relevance_is_changed_by_keyboard_after_a_question_and_back(context: BrowserContext, service: str) -> None:
    page = context.new_page()  # the browser itself logs that there is no book yet
    open_settings(page)
    picture(page, "console-settings")
    kind = page.get_by_label("the kind of thing asked for")
    before = kind.input_value()
    kind.fill("3")
    kind.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Save these values?")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert api(service, "GET", RELEVANCE)["weights"]["kind"] == float(before)
    kind.press("Enter")
    confirm(page, "Save")
    expect(page.locator("#toast")).to_contain_text("is in force.")
    assert api(service, "GET", RELEVANCE)["weights"]["kind"] == 3.0
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_have_text("Taken back.")
    expect(kind).to_have_value(before)
    assert api(service, "GET", RELEVANCE)["weights"]["kind"] == float(before)


def test_who_comes_second_overwrites_nothing_and_sees_what_is_in_force(context: BrowserContext, service: str) -> None:
    page = context.new_page()  # the browser itself logs the refused request
    open_settings(page)
    api(service, "PUT", RELEVANCE, {"weights": {"kind": 4.0}})
    page.get_by_label("meaning", exact=True).fill("2")
    page.get_by_role("button", name="Save", exact=True).click()
    confirm(page, "Save")
    expect(page.locator("#toast")).to_contain_text("Somebody else saved other settings meanwhile.")
    expect(page.get_by_label("the kind of thing asked for")).to_have_value("4")
    assert api(service, "GET", RELEVANCE)["weights"] == {"words": 1.0, "meaning": 1.0, "kind": 4.0, "learned": 0.5}


def test_the_book_of_the_guide_is_written_refused_and_taken_back(context: BrowserContext, service: str) -> None:
    page = context.new_page()  # the browser itself logs that there is no book yet
    open_settings(page)
    book = page.get_by_label(re.compile("^The book of the guide"))
    book.fill("no: [book")
    page.get_by_role("button", name="Save the book").click()
    confirm(page, "Save")
    expect(page.locator("#toast")).not_to_be_empty()
    expect(book).to_have_value("no: [book")
    book.fill('"*": {never: [brand]}')
    page.get_by_role("button", name="Save the book").click()
    confirm(page, "Save")
    expect(page.locator("#toast")).to_contain_text("The guide asks by it")
    expect(book).to_have_value('"*": {never: [brand]}')
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toast")).to_have_text("Taken back.")
    expect(book).to_have_value("")


def test_gaps_are_drawn_numbered_and_lead_to_the_preview(page: Page, service: str) -> None:
    api(service, "PUT", "/v1/icecat/assortments/no-toner", {"exclude": {"filter": 'category = "Toner cartridge"'}})
    api(service, "PUT", "/v1/icecat/accounts/narrow", {"assortments": ["no-toner"]})
    for _ in range(3):
        api(service, "POST", "/v1/icecat/search", {"query": "toner cartridge", "facets": []}, token=None)
    sign_on(page)
    page.get_by_role("button", name="Gaps").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gaps in the range")
    page.get_by_label("Assortment of the account").fill("narrow")
    row = page.get_by_role("row").filter(has_text="few in the assortment").filter(has_text="toner cartridge").first
    expect(row).to_be_visible()
    number = row.get_by_role("cell").first.inner_text()
    expect(page.locator(".console-region-gap text").filter(has_text=re.compile(f"^{number}$"))).to_have_count(1)
    picture(page, "console-gaps")
    look = row.get_by_role("button", name="Preview: toner cartridge")
    look.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search preview")
    expect(page.get_by_label("Query", exact=True)).to_have_value("toner cartridge")


def test_settings_and_gaps_fit_a_narrow_screen(context: BrowserContext) -> None:
    page = context.new_page()  # the browser itself logs that there is no book yet
    page.set_viewport_size({"width": 390, "height": 800})
    open_settings(page)
    picture(page, "console-settings-narrow")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Gaps").click()
    expect(page.locator(".console-map")).to_be_visible()
    picture(page, "console-gaps-narrow")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
