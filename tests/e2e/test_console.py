"""The merchandisers' console in a real browser, over the real service."""

import json
import os
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.conftest import SECRET

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
QUERY = "notebook bag"
KEEPER = jwt.encode({"sub": "keeper", "scope": "search merchandise"}, SECRET, algorithm="HS256")


def api(service: str, method: str, path: str, body: object = None, token: str | None = KEEPER) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    asked = urllib.request.Request(service + path, data, headers, method=method)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.load(answer)


def bought(service: str, query: str = QUERY) -> list[str]:
    """The ids that a buyer without a token finds."""
    answer = api(service, "POST", "/v1/icecat/search", {"query": query, "facets": []}, token=None)
    return [hit["id"] for hit in answer["hits"]]


@pytest.fixture(autouse=True)
def no_rules(service: str) -> Iterator[None]:
    """Leave the service, which other tests look at too, without rules and synonyms."""
    yield
    for params in ("", "?draft=true"):
        for rule in api(service, "GET", f"/v1/icecat/rules{params}")["rules"]:
            api(service, "DELETE", f"/v1/icecat/rules/{urllib.request.quote(rule['id'])}{params}")
    for synonym in api(service, "GET", "/v1/icecat/synonyms")["synonyms"]:
        api(service, "DELETE", f"/v1/icecat/synonyms/{urllib.request.quote(synonym['id'])}")


def picture(page: Page, name: str) -> None:
    """Keep a picture for people to look at, where they ask for pictures."""
    if folder := os.environ.get("VITRINE_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def sign_on(page: Page, token: str = KEEPER) -> None:
    page.goto("/console")
    page.get_by_label("A token with the scopes").fill(token)
    page.get_by_role("button", name="Sign on").click()


def hits(page: Page) -> Locator:
    return page.get_by_role("list", name="Hits").get_by_role("listitem")


def ids(page: Page) -> list[str]:
    expect(page.get_by_role("list", name="Hits")).to_have_attribute("aria-busy", "false")
    return hits(page).evaluate_all("lines => lines.map(line => line.dataset.id)")


def preview(page: Page, query: str = QUERY) -> list[str]:
    sign_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Search preview")
    page.get_by_label("Query", exact=True).fill(query)
    expect(page.get_by_label("Rule", exact=True)).to_contain_text(f"Rule {query}.")
    return ids(page)


def place(page: Page, identity: str, position: int) -> None:
    expect(hits(page).nth(position - 1)).to_have_attribute("data-id", identity)


def confirm(page: Page, deed: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=deed).click()
    expect(dialog).to_have_count(0)


def test_who_may_not_keep_rules_is_turned_away(context: BrowserContext, service: str) -> None:
    page = context.new_page()
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status in {401, 403} else None)
    sign_on(page, jwt.encode({"scope": "search"}, SECRET, algorithm="HS256"))
    expect(page.get_by_role("alert")).to_contain_text("scope merchandise")
    expect(page.get_by_role("navigation", name="Console")).to_be_hidden()
    assert refused == [f"{service}/v1/icecat/rules?limit=1"]


def test_the_token_is_kept_in_memory_alone(page: Page, service: str) -> None:
    preview(page)
    stored = page.evaluate(
        "[JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, location.href]"
    )
    assert not any(KEEPER in each for each in stored)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign on")
    with urllib.request.urlopen(f"{service}/console", timeout=30) as answer:
        policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_product_is_pinned_by_keys_taken_back_and_published(page: Page, service: str) -> None:
    before = preview(page)
    third = before[2]
    hits(page).nth(2).press("Alt+ArrowUp")
    place(page, third, 2)
    expect(hits(page).nth(1)).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    place(page, third, 1)
    assert bought(service) == before[: len(bought(service))]
    page.get_by_label("Rule", exact=True).get_by_role("button", name="Undo").click()
    place(page, third, 2)
    expect(page.get_by_label("Rule", exact=True)).to_contain_text("A draft that buyers do not see yet")
    picture(page, "console-preview")
    page.get_by_role("button", name="Publish").click()
    picture(page, "console-confirm")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert bought(service)[1] != third
    page.get_by_role("button", name="Publish").click()
    confirm(page, "Publish")
    expect(page.get_by_role("status")).to_contain_text("Published")
    assert bought(service)[1] == third


def test_a_product_is_dragged_to_its_place(page: Page) -> None:
    before = preview(page)
    hits(page).nth(4).drag_to(hits(page).nth(0))
    place(page, before[4], 1)
    expect(hits(page).nth(0)).to_contain_text("pinned at 1")
    page.get_by_role("button", name="Discard draft").click()
    confirm(page, "Discard")
    place(page, before[0], 1)


def test_products_are_boosted_buried_and_hidden_and_say_why(page: Page) -> None:
    before = preview(page)
    last = hits(page).nth(9)
    last.get_by_role("button", name=re.compile(": boost$")).click()
    boosted = page.locator(f"[data-id='{before[9]}']")
    expect(boosted.get_by_role("button", name=re.compile(": boost$"))).to_have_attribute("aria-pressed", "true")
    assert ids(page).index(before[9]) < 9
    boosted.get_by_text("Why here").click()
    expect(boosted.get_by_role("row", name=re.compile("^rules"))).to_contain_text("boosts by 2")
    hits(page).nth(0).get_by_role("button", name=re.compile(": bury$")).click()
    expect(page.get_by_role("status")).to_contain_text("bury changed")
    first = ids(page)[0]
    hits(page).nth(0).get_by_role("button", name=re.compile(": hide$")).click()
    expect(page.locator(f"[data-id='{first}']")).to_have_count(0)
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.locator(f"[data-id='{first}']")).to_have_count(1)


def test_the_preview_is_of_a_group_of_buyers(page: Page, service: str) -> None:
    before = bought(service)
    rule = {"when": {"buyer": {"groups": ["trade"]}}, "then": {"pin": [{"id": before[5], "position": 1}]}}
    api(service, "PUT", "/v1/icecat/rules/for-trade", rule)
    shown = preview(page)
    assert shown[0] == before[0]
    page.get_by_label("Buyer group").fill("trade")
    place(page, before[5], 1)
    expect(page.get_by_label("Rule", exact=True)).to_contain_text(f"Rule {QUERY} for trade")
    expect(page.locator("#preview-summary")).to_contain_text("for-trade (pin)")


def test_rules_are_listed_with_conflicts_switched_off_deleted_and_brought_back(page: Page, service: str) -> None:
    a, b = bought(service)[:2]
    when = {"query": {"equals": QUERY}}
    api(service, "PUT", "/v1/icecat/rules/one", {"when": when, "then": {"pin": [{"id": a, "position": 3}]}})
    api(service, "PUT", "/v1/icecat/rules/two", {"when": when, "then": {"pin": [{"id": b, "position": 3}]}})
    sign_on(page)
    page.get_by_role("button", name="Rules").click()
    expect(page.get_by_role("region", name="Conflicts")).to_contain_text("same position · one and two")
    picture(page, "console-rules")
    page.get_by_role("button", name="Switch off: one").click()
    confirm(page, "Switch off")
    expect(page.get_by_role("region", name="Conflicts")).to_contain_text("Conflicts (0)")
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("region", name="Conflicts")).to_contain_text("Conflicts (1)")
    page.get_by_role("button", name="Delete: two").click()
    confirm(page, "Delete")
    expect(page.locator("[data-rule=two]")).to_have_count(0)
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-rule=two]")).to_contain_text("on, version")
    page.get_by_role("button", name="Preview: two").click()
    expect(page.get_by_label("Query", exact=True)).to_have_value(QUERY)


def test_synonyms_are_added_deleted_and_brought_back(page: Page, service: str) -> None:
    sign_on(page)
    page.get_by_role("button", name="Synonyms").click()
    page.get_by_label("Words, by commas").fill("zzcarrier")
    page.get_by_label("also find").fill("bag")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("row", name=re.compile("zzcarrier"))).to_have_count(1)
    picture(page, "console-synonyms")
    assert bought(service, "zzcarrier ")
    page.get_by_role("button", name="Delete: zzcarrier").click()
    confirm(page, "Delete")
    expect(page.get_by_role("row", name=re.compile("zzcarrier"))).to_have_count(0)
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row", name=re.compile("zzcarrier"))).to_have_count(1)


def test_the_report_is_shown_for_the_time_that_is_chosen(page: Page) -> None:
    sign_on(page)
    page.get_by_role("button", name="Report").click()
    expect(page.get_by_role("heading", name="Top queries")).to_be_visible()
    page.locator("select[name=days]").select_option("7")
    expect(page.locator("select[name=days]")).to_have_value("7")
    expect(page.get_by_role("region", name="Conversion").get_by_role("row")).to_have_count(6)
    picture(page, "console-report")


def test_stop_words_are_added_beside_synonyms(page: Page, service: str) -> None:
    sign_on(page)
    page.get_by_role("button", name="Synonyms").click()
    page.get_by_label("Direction").select_option("stop")
    expect(page.get_by_label("also find")).to_be_disabled()
    page.get_by_label("Words, by commas").fill("zzplease")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("row", name=re.compile("zzplease"))).to_contain_text("mean nothing")
    assert api(service, "GET", "/v1/icecat/synonyms")["synonyms"][0]["kind"] == "stop"


def test_experiments_are_shown_stopped_and_started_again(page: Page, service: str) -> None:
    arms = [{"id": "control"}, {"id": "words", "mode": "lexical"}]
    api(service, "PUT", "/v1/icecat/experiments/words", {"arms": arms, "share": 0.5})
    try:
        sign_on(page)
        page.get_by_role("button", name="Experiments").click()
        shown = page.get_by_role("region", name="words")
        expect(shown).to_contain_text("bought, 50 % of buyers. Running.")
        expect(shown.get_by_role("row", name=re.compile("^words"))).to_contain_text("undecided")
        picture(page, "console-experiments")
        shown.get_by_role("button", name="Stop").click()
        confirm(page, "Stop")
        expect(shown).to_contain_text("Off.")
        page.get_by_role("status").get_by_role("button", name="Undo").click()
        expect(shown).to_contain_text("Running.")
    finally:
        api(service, "DELETE", "/v1/icecat/experiments/words")


def test_on_a_narrow_screen_nothing_overflows(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    preview(page)
    picture(page, "console-narrow")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
