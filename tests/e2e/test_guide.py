"""The guide in a real browser: a conversation beside the results, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def opened(page: Page, query: str) -> Locator:
    page.goto(f"/?catalog=icecat&q={query}")
    expect(page.locator(".cards")).to_have_attribute("aria-busy", "false")
    page.get_by_role("button", name="Help me choose").click()
    guide = page.get_by_role("region", name="Help me choose")
    expect(guide.locator(".guide-option").first).to_be_visible()
    return guide


def left(guide: Locator) -> int:
    found = re.match(r"([\d,]+) products? left", guide.get_by_role("status").inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


def count_of(option: Locator) -> int:
    return int(re.sub(r"\D", "", option.locator(".guide-option-count").inner_text()))


def test_an_answer_leaves_what_its_option_said(page: Page) -> None:
    guide = opened(page, "toner cartridge")
    option = guide.locator(".guide-option").first
    wanted = count_of(option)
    assert 0 < wanted < left(guide)
    option.click()
    expect(guide.locator(".guide-answer")).to_have_count(1)
    assert left(guide) == wanted
    expect(guide.locator(".guide-candidates a").first).to_be_visible()
    expect(guide.locator(".guide-why").first).to_have_text(re.compile("^Fits "))


def test_not_knowing_asks_something_else_and_leaves_all(page: Page) -> None:
    guide = opened(page, "toner cartridge")
    before, asked = left(guide), guide.locator(".guide-asks").inner_text()
    guide.get_by_role("button", name="I don’t know").click()
    expect(guide.locator(".guide-answer")).to_have_text("I don’t know")
    assert left(guide) == before
    assert guide.locator(".guide-asks").inner_text() != asked


def test_a_changed_answer_goes_back_to_its_question(page: Page) -> None:
    guide = opened(page, "toner cartridge")
    before, asked = left(guide), guide.locator(".guide-asks").inner_text()
    guide.locator(".guide-option").first.click()
    guide.get_by_role("button", name=re.compile("^Change the answer")).click()
    expect(guide.locator(".guide-answer")).to_have_count(0)
    assert (left(guide), guide.locator(".guide-asks").inner_text()) == (before, asked)


def test_the_whole_conversation_can_be_had_by_keyboard(page: Page) -> None:
    page.goto("/?catalog=icecat&q=toner cartridge")
    expect(page.locator(".cards")).to_have_attribute("aria-busy", "false")
    opener = page.get_by_role("button", name="Help me choose")
    opener.focus()
    page.keyboard.press("Enter")
    guide = page.get_by_role("region", name="Help me choose")
    expect(guide.get_by_role("heading", name="Help me choose")).to_be_focused()
    expect(guide.locator(".guide-option").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(guide.locator(".guide-option").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(guide.locator(".guide-answer")).to_have_count(1)
    # The next question has the focus, so that its options are one step away.
    expect(guide.locator(".guide-question h3")).to_be_focused()


def test_words_are_answers_too(page: Page) -> None:
    guide = opened(page, "toner cartridge")
    before, asked = left(guide), guide.locator(".guide-asks")
    while (text := asked.inner_text()) != "How much would you like to spend?":
        guide.get_by_role("button", name="I don’t know").click()
        expect(asked).not_to_have_text(text)
    known = guide.locator(".guide-answer").count()
    guide.get_by_role("textbox", name="Or in your own words").fill("under 50 euros")
    guide.get_by_role("button", name="Answer", exact=True).click()
    expect(guide.locator(".guide-answer")).to_have_count(known + 1)
    expect(guide.locator(".guide-answer").last).to_have_text("under 50 euros")
    assert 0 < left(guide) < before


def test_another_search_begins_another_conversation(page: Page) -> None:
    guide = opened(page, "toner cartridge")
    guide.locator(".guide-option").first.click()
    expect(guide.locator(".guide-answer")).to_have_count(1)
    box = page.get_by_role("combobox", name="Search products")
    box.fill("notebook")
    box.press("Enter")
    expect(guide.locator(".guide-answer")).to_have_count(0)


def test_a_narrow_window_has_the_guide_within_its_width(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    opened(page, "toner cartridge")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
