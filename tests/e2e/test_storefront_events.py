"""The demo's storefront tells what its visitors do, if they agreed, and shows them their own shop."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.demo_service import sliced_demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CONSENT = "Show me what fits, from what I look at here"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with sliced_demo(tmp_path_factory.mktemp("demo")) as address:
        yield address


def settled(page: Page) -> None:
    expect(page.locator(".results-count")).to_have_text(re.compile(r"products? in \d+ ms"))
    expect(page.locator(".cards")).to_have_attribute("aria-busy", "false")


def told(page: Page) -> list[dict[str, object]]:
    """Return a list that grows by the events that the page sends."""
    events: list[dict[str, object]] = []

    def listen(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/events"):
            events.extend(json.loads(request.post_data or "[]"))

    page.on("request", listen)
    return events


def open_first(page: Page) -> str:
    card = page.locator(".card").first
    product = card.get_attribute("data-object")
    card.get_by_role("link").click()
    expect(page.locator("article.product")).to_be_visible()
    assert product is not None
    return product


def test_nothing_is_told_or_kept_without_consent(page: Page) -> None:
    events = told(page)
    page.goto("/?catalog=icecat&q=hp+toner")
    settled(page)
    open_first(page)
    page.get_by_role("button", name="Add to cart").click()
    page.go_back()
    settled(page)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert events == []
    assert page.evaluate("localStorage.getItem('vitrine.client')") is None


def test_with_consent_what_a_visitor_does_is_told_and_shapes_what_they_see(page: Page) -> None:
    page.goto("/?catalog=icecat&q=hp+toner")
    settled(page)
    events = told(page)
    with page.expect_response("**/search"):
        page.get_by_label(CONSENT).check()
    settled(page)
    query = page.locator(".cards").get_attribute("data-query")
    with page.expect_response(lambda answer: answer.url.endswith("/events")) as answered:
        product = open_first(page)
    assert answered.value.status == 202
    assert answered.value.json()["rejected"] == []
    with page.expect_response(lambda answer: answer.url.endswith("/events")):
        page.get_by_role("button", name="Add to cart").click()
    clicked = next(each for each in events if each["action_name"] == "click")
    assert clicked["query_id"] == query
    assert clicked["event_attributes"] == {
        "object": {"object_id": product, "object_id_field": "product_id"}, "position": {"ordinal": 1},
    }  # fmt: skip
    assert {"click", "view", "add_to_cart"} <= {str(each["action_name"]) for each in events}
    assert {each["client_id"] for each in events} == {page.evaluate("localStorage.getItem('vitrine.client')")}
    for _ in range(50):
        with page.expect_response("**/search") as found:
            page.goto("/?catalog=icecat&q=toner")
        settled(page)
        if found.value.json()["personalized"]:
            break
    assert found.value.json()["personalized"]

    page.get_by_label(CONSENT).uncheck()
    settled(page)
    assert page.evaluate("localStorage.getItem('vitrine.client')") is None


def test_a_visit_is_taken_along_at_sign_on_and_not_left_behind_at_sign_off(page: Page) -> None:
    page.goto("/?catalog=icecat&q=hp+toner")
    settled(page)
    with page.expect_response("**/search"):
        page.get_by_label(CONSENT).check()
    settled(page)
    events = told(page)
    open_first(page)
    with page.expect_response(lambda answer: answer.url.endswith("/catalogs")):
        page.get_by_role("radio", name="Dealer").check()
    login = next(each for each in events if each["action_name"] == "login")
    visit = next(each for each in events if each["action_name"] == "click")
    assert login["session_id"] == visit["session_id"]
    with page.expect_response(lambda answer: answer.url.endswith("/catalogs")):
        page.get_by_role("radio", name="Visitor").check()
    page.go_back()
    settled(page)
    with page.expect_response(lambda answer: answer.url.endswith("/events")):
        open_first(page)
    clicks = [each["session_id"] for each in events if each["action_name"] == "click"]
    assert len(clicks) == len(set(clicks)) == 2
