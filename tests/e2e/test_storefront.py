"""The demo storefront in a real browser, over the real service."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def total(page: Page) -> int:
    """The number of products that the page says it found."""
    found = re.match(r"(?:About )?([\d,]+) products? in \d+ ms", page.locator(".results-count").inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


def wait_for_results(page: Page) -> None:
    expect(page.locator(".results-count")).to_have_text(re.compile(r"products? in \d+ ms"))
    expect(page.locator(".cards")).to_have_attribute("aria-busy", "false")


def open_storefront(page: Page, address: str = "/") -> None:
    page.goto(address)
    wait_for_results(page)


def search_box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search products")


def search(page: Page, text: str) -> None:
    search_box(page).click()
    search_box(page).press_sequentially(text)
    search_box(page).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Results for “{text}”")
    wait_for_results(page)


def parameters(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def facet(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def test_the_start_page_browses_the_whole_catalogue(page: Page) -> None:
    open_storefront(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Electronics")
    assert total(page) > 1_900
    expect(page.locator(".card")).to_have_count(24)


def test_results_follow_the_typing_without_enter(page: Page) -> None:
    open_storefront(page)
    everything = total(page)
    search_box(page).click()
    search_box(page).press_sequentially("toner")
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “toner”")
    wait_for_results(page)
    assert 0 < total(page) < everything
    assert parameters(page)["q"] == ["toner"]
    expect(page.locator(".card-title mark").first).to_have_text(re.compile("toner", re.I))


def test_a_ticked_facet_narrows_the_results_and_stands_in_the_url(page: Page) -> None:
    open_storefront(page)
    before = total(page)
    line = facet(page, "Brand").locator(".choice").first
    brand = line.locator(".choice-name").inner_text()
    count = int(line.locator(".choice-count").inner_text().replace(",", ""))
    line.get_by_role("checkbox").check()
    expect(page.get_by_role("button", name=f"Remove filter {brand}")).to_be_visible()
    wait_for_results(page)
    assert parameters(page)["f.brand"] == [brand]
    assert total(page) == count < before
    # The facet ignores its own selection: other brands can still be added.
    assert facet(page, "Brand").locator(".choice").count() > 1
    expect(facet(page, "Brand").get_by_role("checkbox", name=brand).first).to_be_checked()

    page.reload()
    wait_for_results(page)
    assert total(page) == count

    page.get_by_role("link", name="Clear all").click()
    expect(page.locator(".chip")).to_have_count(0)
    wait_for_results(page)
    assert total(page) == before
    assert "f.brand" not in parameters(page)


def test_a_price_range_narrows_to_prices_within(page: Page) -> None:
    open_storefront(page)
    line = facet(page, "Price").locator(".choice").first
    count = int(line.locator(".choice-count").inner_text().replace(",", ""))
    line.get_by_role("checkbox").check()
    expect(page.locator(".chip")).to_have_count(1)
    wait_for_results(page)
    assert total(page) == count
    assert "r.price" in parameters(page)
    expect(facet(page, "Price").locator(".facet-range")).to_have_text(re.compile("€.* – €"))


def test_removing_a_chip_removes_its_filter(page: Page) -> None:
    open_storefront(page)
    lines = facet(page, "Brand").get_by_role("checkbox")
    lines.nth(0).check()
    expect(page.locator(".chip")).to_have_count(1)
    lines.nth(1).check()
    expect(page.locator(".chip")).to_have_count(2)
    page.locator(".chip").first.click()
    expect(page.locator(".chip")).to_have_count(1)
    assert len(parameters(page)["f.brand"]) == 1


def test_values_inside_a_facet_can_be_searched(page: Page) -> None:
    open_storefront(page)
    brands = facet(page, "Brand")
    last = brands.locator(".choice-name").last.inner_text()
    brands.get_by_role("button", name="Show more").click()
    inside = brands.get_by_role("searchbox", name="Search in Brand")
    inside.fill("St")
    names = brands.locator(".choice-name")
    expect(names.filter(has_text=re.compile(r"^(?!st)", re.I))).to_have_count(0)
    assert names.count() > 0
    brands.get_by_role("button", name="Show fewer").click()
    expect(names.last).to_have_text(last)


def test_back_and_forward_move_through_pages(page: Page) -> None:
    open_storefront(page, "/?catalog=icecat&q=cable")
    first = page.locator(".card-title").first.inner_text()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Next").click()
    expect(page.locator(".card-title").first).not_to_have_text(first)
    assert parameters(page)["page"] == ["2"]
    expect(page.get_by_role("link", name="Page 2", exact=True)).to_have_attribute("aria-current", "page")
    second = page.locator(".card-title").first.inner_text()

    page.go_back()
    expect(page.locator(".card-title").first).to_have_text(first)
    assert "page" not in parameters(page)
    page.go_forward()
    expect(page.locator(".card-title").first).to_have_text(second)


def test_a_whole_typed_query_is_one_step_back(page: Page) -> None:
    open_storefront(page)
    search(page, "printer")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Electronics")
    expect(search_box(page)).to_have_value("")


def test_prices_sorted_upwards_rise(page: Page) -> None:
    open_storefront(page, "/?q=cable")
    page.get_by_label("Sort by").select_option("price:asc")
    expect(page).to_have_url(re.compile("sort=price%3Aasc"))
    wait_for_results(page)
    prices = [float(text.strip("€").replace(",", "")) for text in page.locator(".card .price-net").all_inner_texts()]
    assert prices == sorted(prices)
    assert len(prices) > 1


def test_a_product_opens_by_keyboard_and_leads_back_to_the_same_place(page: Page) -> None:
    open_storefront(page, "/?catalog=icecat&q=notebook+windows")
    results = page.url
    card = page.locator(".card-title a").nth(1)
    title = page.locator(".card-title").nth(1).inner_text()
    card.focus()
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(title)
    expect(heading).to_be_focused()
    assert "product" in parameters(page)
    expect(page.get_by_role("heading", name="Specifications")).to_be_visible()
    assert page.locator(".sheet-row").count() > 5
    expect(page.locator(".offer .price-net")).to_have_text(re.compile("€"))
    expect(page.get_by_text("Part number")).to_be_visible()

    page.get_by_role("link", name="Back to results").click()
    wait_for_results(page)
    assert page.url == results
    expect(page.locator(".card-title a").nth(1)).to_be_focused()


def test_a_product_page_opens_from_its_link_alone(page: Page, service: str) -> None:
    open_storefront(page)
    target = page.locator(".card-title a").first.get_attribute("href")
    title = page.locator(".card-title").first.inner_text()
    page.goto(f"{service}/{target}")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.get_by_role("link", name="Back to results").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Electronics")


def test_suggestions_are_chosen_with_arrow_keys(page: Page) -> None:
    open_storefront(page)
    box = search_box(page)
    box.click()
    box.press_sequentially("hp")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")

    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    box.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "false")

    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("hp")

    box.press("ArrowDown")
    expect(options.first).to_be_visible()
    box.press("ArrowUp")  # round the end: the last suggestion, a product
    last = options.last.locator(".suggestion-title").inner_text()
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(last)


def test_nonsense_finds_nothing_and_shows_a_way_out(page: Page) -> None:
    open_storefront(page)
    search(page, "xqzjwvkqpl")
    assert total(page) == 0
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_role("link", name="Browse all of Electronics").click()
    expect(page.locator(".card").first).to_be_visible()


def test_markup_in_a_query_stays_text(page: Page) -> None:
    open_storefront(page)
    search(page, "<img src=x onerror=alert(1)>")
    expect(page.locator("main img[src='x']")).to_have_count(0)


def test_the_dark_theme_stays_after_a_reload(page: Page) -> None:
    open_storefront(page)
    toggle = page.get_by_role("button", name="Dark mode")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    expect(toggle).to_have_attribute("aria-pressed", "false")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    wait_for_results(page)
    expect(toggle).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(ground) == dark


def test_the_interface_speaks_german(page: Page) -> None:
    open_storefront(page, "/?q=toner")
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ergebnisse für „toner“")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.reload()
    expect(page.locator(".results-count")).to_have_text(re.compile("Produkte? in"))


def test_narrow_screens_filter_in_a_drawer(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    open_storefront(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opener = page.get_by_role("button", name="Filters")
    opener.click()
    drawer = page.get_by_role("dialog", name="Filters")
    expect(drawer).to_be_visible()
    drawer.get_by_role("group", name="Brand", exact=True).get_by_role("checkbox").first.check()
    done = drawer.get_by_role("button", name=re.compile(r"^Show [\d,]+ product"))
    expect(page.locator(".chip")).to_have_count(1)
    done.click()
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("button", name="Filters (1)")).to_be_focused()


@pytest.mark.parametrize("where", ["/", "/?q=notebook", "/?q=xqzjwvkqpl", "product"])
def test_every_page_is_accessible(page: Page, where: str) -> None:
    open_storefront(page, "/" if where == "product" else where)
    if where == "product":
        page.locator(".card-title a").first.click()
        expect(page.locator(".sheet")).to_be_visible()
    for landmark in ("banner", "main", "contentinfo", "search"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title().endswith("Vitrine")
    assert page.evaluate("[...document.images].filter((image) => !image.hasAttribute('alt')).length") == 0
    unnamed = """[...document.querySelectorAll('input, select, textarea')]
        .filter((field) => !field.labels?.length && !field.ariaLabel).map((field) => field.outerHTML)"""
    assert page.evaluate(unnamed) == []
    nameless = """[...document.querySelectorAll('a[href], button')]
        .filter((control) => !(control.ariaLabel || control.textContent.trim()))
        .map((control) => control.outerHTML)"""
    assert page.evaluate(nameless) == []
    twice = """[...document.querySelectorAll('[id]')]
        .map(({id}) => id).filter((id, index, all) => all.indexOf(id) !== index)"""
    assert page.evaluate(twice) == []


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(page: Page) -> None:
    open_storefront(page)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_unreachable_pictures_fall_back_to_a_drawing(context: BrowserContext, service: str) -> None:
    context.route(lambda url: not url.startswith(service), lambda route: route.abort())
    page = context.new_page()
    open_storefront(page, "/?q=toner")
    expect(page.locator(".card").first.locator("img")).to_have_count(0)
    expect(page.locator(".card").first.locator(".placeholder")).to_be_visible()


def test_an_unknown_product_says_so_and_leads_back(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/?catalog=icecat&product=no-such-product")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("link", name="Back to results").click()
    wait_for_results(page)


def test_an_unreachable_service_says_so_and_can_be_asked_again(context: BrowserContext) -> None:
    page = context.new_page()
    open_storefront(page)
    context.route("**/v1/**", lambda route: route.abort())
    search_box(page).fill("toner")
    expect(page.get_by_role("alert")).to_contain_text("The service does not answer")
    context.unroute("**/v1/**")
    page.get_by_role("button", name="Try again").click()
    wait_for_results(page)
    assert total(page) > 0


def test_a_newer_query_aborts_the_one_still_under_way(page: Page) -> None:
    open_storefront(page)
    held: list[Route] = []
    page.route(re.compile("/search$"), lambda route: held.append(route) if len(held) == 0 else route.continue_())
    box = search_box(page)
    with page.expect_request(re.compile("/search$")):
        box.fill("toner")
    with page.expect_event("requestfailed") as failed:
        box.fill("printer")
    aborted = failed.value
    assert aborted.failure == "net::ERR_ABORTED"
    assert '"toner"' in str(aborted.post_data)
    expect(page.locator(".card-title mark").first).to_have_text(re.compile("printer", re.I))


def test_styles_do_without_motion_where_it_is_unwanted(browser: Browser, service: str) -> None:
    context = browser.new_context(base_url=service, reduced_motion="reduce")
    page = context.new_page()
    page.route(lambda url: not url.startswith(service), lambda route: route.abort())
    open_storefront(page)
    duration = page.evaluate("getComputedStyle(document.querySelector('.button, .icon-button')).transitionDuration")
    context.close()
    assert duration == "0s"


@pytest.mark.parametrize(
    "address",
    [
        "?catalog=icecat",
        "?catalog=icecat&product=A%2FB%26c",
        "?catalog=icecat&q=a%26b+%22c%22&f.brand=HP&f.brand=A%26B&sort=price%3Aasc&page=3",
        "?catalog=icecat&r.price=..100&r.price=500..&r.attributes.weight=0.5..12",
        "?catalog=icecat&b.attributes.touchscreen=true&b.in_stock=false&f.category=A+%3E+B",
    ],
)
def test_an_address_survives_reading_and_writing(page: Page, address: str) -> None:
    open_storefront(page)
    round_trip = """async (address) => {
        const script = document.querySelector("script[type=module]").src;
        const { href, parse } = await import(new URL("state.js", script));
        return href(parse(address, "first"));
    }"""
    assert page.evaluate(round_trip, address) == address


def test_only_marks_in_a_highlight_become_markup(page: Page) -> None:
    open_storefront(page)
    shown = page.evaluate("""async () => {
        const script = document.querySelector("script[type=module]").src;
        const { highlighted } = await import(new URL("highlight.js", script));
        const box = document.createElement("p");
        const escaped = '<mark>A&amp;B</mark> &lt;b&gt; <b onclick="x">bold</b> <mark>17&quot;</mark> &#39;';
        box.append(...highlighted(escaped));
        return [box.textContent, [...box.children].map((child) => child.outerHTML)];
    }""")
    text = 'A&B <b> <b onclick="x">bold</b> 17" \''
    assert shown == [text, ["<mark>A&amp;B</mark>", '<mark>17"</mark>']]
