"""The product map in a browser: by mouse, by keyboard, without colour, in both languages, on a phone."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PRODUCTS = "2,000 products."


def open_map(page: Page, more: str = "") -> None:
    page.goto(f"/?catalog=icecat&map=open{more}")
    expect(page.locator(".map-page")).to_have_attribute("aria-busy", "false")


def test_results_are_shown_on_the_map_and_again_as_a_list(page: Page) -> None:
    page.goto("/?catalog=icecat&q=toner&f.brand=HP")
    page.get_by_role("link", name="Show on the map").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Map of Electronics")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    status = page.locator(".map-page > [role=status]")
    expect(status).to_contain_text("of 2,000 products stand out.")
    expect(status).to_contain_text("best results for “toner” have rings.")
    expect(page.get_by_label("Brand")).to_have_value("HP")
    page.get_by_role("link", name="Show as list").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “toner”")
    assert "f.brand=HP" in page.url


def test_a_category_stands_out_by_choice_or_by_its_mark(page: Page) -> None:
    open_map(page)
    status = page.locator(".map-page > [role=status]")
    expect(status).to_have_text(PRODUCTS)
    mark = page.locator(".map-legend button").first
    name = mark.locator("span").first.inner_text()
    assert len({path.get_attribute("d") for path in page.locator(".map-legend path").all()}) == 6
    mark.focus()
    page.keyboard.press("Enter")
    expect(status).to_contain_text("stand out")
    expect(page.get_by_label("Category")).to_have_value(name)
    pressed = page.locator(".map-legend button[aria-pressed=true]")
    expect(pressed).to_be_focused()
    page.go_back()
    expect(status).to_have_text(PRODUCTS)


def test_the_map_is_walked_and_a_product_opened_by_keyboard(page: Page) -> None:
    open_map(page)
    canvas = page.get_by_role("application", name="Product map")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    title = page.locator(".map-card-title a")
    first = title.inner_text()
    page.keyboard.press("ArrowDown")
    expect(title).not_to_have_text(first)
    for key, zoom in (("+", "1.50"), ("+", "2.25"), ("-", "1.50"), ("0", "1.00")):
        page.keyboard.press(key)
        expect(canvas).to_have_attribute("data-zoom", zoom)
    second = title.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(second)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Map of Electronics")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(title).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".map-card")).to_contain_text("Point at a product")


def test_the_map_zooms_by_wheel_moves_by_dragging_and_shows_what_is_pointed_at(page: Page) -> None:
    open_map(page)
    canvas = page.locator(".map-canvas")
    canvas.focus()
    page.keyboard.press("ArrowRight")  # the point nearest to the middle
    expected = page.locator(".map-card-title a").inner_text()
    page.keyboard.press("Escape")
    place = canvas.evaluate(
        """async (canvas) => {
          const { pointsOf, nextPoint } = await import("/scripts/map_points.js");
          const answer = await fetch("/v1/icecat/map", { method: "POST", body: "{}",
            headers: { "Content-Type": "application/json" } });
          const points = pointsOf(await answer.json());
          const at = nextPoint(points, 0.5, 0.5, "right", null);
          const [width, height] = [canvas.clientWidth, canvas.clientHeight];
          const side = Math.min(width, height) * 0.92;
          return { x: width / 2 + (points.x[at] - 0.5) * side, y: height / 2 + (points.y[at] - 0.5) * side };
        }"""
    )
    canvas.hover(position=place)
    expect(page.locator(".map-card-title a")).to_have_text(expected)
    page.mouse.wheel(0, -400)
    expect(canvas).to_have_attribute("data-zoom", "2.72")
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + place["x"], box["y"] + place["y"])
    page.mouse.down()
    page.mouse.move(box["x"] + place["x"] + 120, box["y"] + place["y"] + 40, steps=4)
    page.mouse.up()
    expect(page.get_by_role("heading", level=1)).to_have_text("Map of Electronics")  # a drag opens nothing
    page.mouse.click(box["x"] + place["x"] + 120, box["y"] + place["y"] + 40)
    expect(page.get_by_role("heading", level=1)).to_have_text(expected)


def test_the_map_speaks_german_and_is_drawn_in_the_dark(page: Page) -> None:
    open_map(page)
    page.locator("#language").select_option("de")
    expect(page.get_by_role("heading", level=1)).to_have_text("Karte: Elektronik")
    expect(page.get_by_label("Kategorie")).to_be_visible()
    canvas = page.locator(".map-canvas")
    picture = "() => document.querySelector('.map-canvas').toDataURL()"
    canvas.focus()
    page.keyboard.press("+")
    expect(canvas).to_have_attribute("data-zoom", "1.50")
    light = page.evaluate(picture)
    page.locator("#theme").click()
    page.wait_for_function(f"light => ({picture})() !== light", arg=light)


def test_the_map_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    open_map(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator(".map-canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".map-card-title a")).to_be_visible()


def test_a_catalogue_without_a_map_says_so(context: BrowserContext) -> None:
    page = context.new_page()  # the browser itself logs the refused request
    page.route(
        "**/v1/icecat/map",
        lambda route: route.fulfill(
            status=503,
            content_type="application/problem+json",
            body='{"status": 503, "code": "model_unavailable", "title": "Away", "detail": "icecat has no map yet"}',
        ),
    )
    page.goto("/?catalog=icecat&map=open")
    expect(page.locator(".state")).to_contain_text("icecat has no map yet")
    expect(page.locator(".map-body")).to_be_hidden()
    expect(page.get_by_role("link", name=re.compile("Start over"))).to_be_visible()
