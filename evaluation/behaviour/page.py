"""The review as one HTML page that asks for nothing else: tables, and bars drawn in SVG."""

from collections.abc import Sequence
from pathlib import Path

from commerce.product import Catalog
from evaluation.behaviour.measure import BehaviourReview
from evaluation.catalog_quality import page as quality_page
from evaluation.catalog_quality.page.blocks import code, figure, section, table
from evaluation.catalog_quality.page.markup import Child, Html, element, fragment

_STYLE = Html(Path(quality_page.__file__).with_name("style.css").read_text(encoding="utf-8"))
# The browser itself then refuses whatever a query might ask for.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_SHOWN = 25
_BAR, _GAP, _LABEL, _WIDTH = 18, 8, 220, 760
_LONGEST_LABEL = 34
_STEPS = {
    "visits": "Visits",
    "with_search": "… with a search",
    "with_click": "… with a click",
    "with_cart": "… with something in the cart",
    "with_purchase": "… with a purchase",
}
_PROPOSALS = {
    "synonym": "make it a synonym of",
    "redirect": "lead it to product",
    "missing_product": "nothing fits: is a product missing?",
    "check_order": "look at what is shown first",
}
_PROBLEMS = {"no_result": "finds nothing", "no_click": "nobody clicks"}


def render(catalog: Catalog, found: BehaviourReview) -> str:
    """Return the page."""
    title = f"What customers did: {catalog.id}"
    robots = f", {found.robots:,} visits of robots left out" if found.robots else ""
    time = f"{found.since:%Y-%m-%d} to {found.until:%Y-%m-%d}"
    lead = f"{time}: {found.searches:,} searches, {found.events:,} events{robots}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", _STYLE),
    )
    body = element(
        "main",
        element("h1", title),
        element("p", lead, class_="lead"),
        _conversion(found),
        _queries(found),
        _proposals(found),
        _facets(found),
        _units(catalog, found),
        _segments(catalog, found),
        _returns(catalog, found),
    )
    document = element("html", head, element("body", body), lang="en")
    return fragment(Html("<!doctype html>\n"), document, Html("\n"))


def bars(rows: Sequence[tuple[str, float, str]]) -> Html:
    """Return horizontal bars, one a (label, value, text); empty without rows."""
    if not rows:
        return Html("")
    most = max(value for _, value, _ in rows) or 1.0
    drawn: list[Child] = []
    for at, (label, value, text) in enumerate(rows):
        top = at * (_BAR + _GAP)
        short = label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"
        width = round(max(value, 0.0) / most * (_WIDTH - _LABEL - 120), 1)
        middle = top + _BAR * 0.75
        drawn += [
            element("text", short, x=_LABEL - 8, y=str(middle), text_anchor="end", fill="currentColor"),
            element("rect", x=_LABEL, y=top, width=str(width), height=_BAR, fill="var(--accent)"),
            element("text", text, x=str(_LABEL + width + 6), y=str(middle), fill="currentColor"),
        ]
    height = len(rows) * (_BAR + _GAP)
    label = ", ".join(f"{name}: {text}" for name, _, text in rows)
    return figure(element("svg", drawn, viewBox=f"0 0 {_WIDTH} {height}", role="img", aria_label=label, font_size=13))


def _conversion(found: BehaviourReview) -> Html:
    visits = found.funnel["visits"]
    rows = [
        (name, float(found.funnel[step]), f"{found.funnel[step]:,} ({found.funnel[step] / max(visits, 1):.1%})")
        for step, name in _STEPS.items()
    ]
    note = "Searches of which it is not known who made them are in no visit."
    return section("conversion", "Conversion", note, bars(rows))


def _queries(found: BehaviourReview) -> Html:
    rows = found.queries.rows[:_SHOWN]
    plot = bars([(row.text, float(row.searches), f"{row.searches:,}") for row in rows[:10]])
    cells: list[Sequence[Child]] = [
        (
            code(row.text), f"{row.searches:,}", f"{row.without_result:,}", f"{row.click_rate:.1%}",
            "" if row.mean_position is None else f"{row.mean_position:.1f}", f"{row.added:,}", f"{row.bought:,}",
            f"{row.revenue:,.2f}",
        )
        for row in rows
    ]  # fmt: skip
    headers = ("query", "searches", "nothing found", "with a click", "mean place", "in cart", "bought", "revenue")
    return section("queries", "Top queries", None, plot, table(headers, cells, numeric=range(1, 8)))


def _proposals(found: BehaviourReview) -> Html:
    rows: list[Sequence[Child]] = [
        (
            code(each.text), f"{each.searches:,}", _PROBLEMS[each.problem], _PROPOSALS[each.proposal],
            code(each.target) if each.target else "",
            f"{each.evidence:,} visits" if each.evidence else "it is spelt alike",
        )
        for each in found.queries.proposals[:_SHOWN]
    ]  # fmt: skip
    headers = ("query", "searches", "problem", "proposal", "", "because of")
    note = "Queries of three searches and more that nothing came of, and what people did next in the same visit."
    return section("proposals", "What to do about queries", note, table(headers, rows, numeric=(1,)))


def _facets(found: BehaviourReview) -> Html:
    used = found.queries.facets.most_common(_SHOWN)
    note = "Searches narrowed by each facet."
    return section("facets", "Use of facets", note, bars([(field, float(n), f"{n:,}") for field, n in used]))


def _units(catalog: Catalog, found: BehaviourReview) -> Html:
    rows: list[Sequence[Child]] = [
        (
            row.strategy, f"{row.units:,}", f"{row.shown:,}", f"{row.clicks:,}",
            f"{row.clicked / row.units:.1%}" if row.units else "", f"{row.added:,}", f"{row.bought:,}",
            f"{row.revenue:,.2f}",
        )
        for row in found.units[:_SHOWN]
    ]  # fmt: skip
    headers = (
        "strategy",
        "units",
        "shown",
        "clicks",
        "with a click",
        "in cart",
        "bought",
        f"revenue, {catalog.currency}",
    )
    return section("units", "Units of recommendations", None, table(headers, rows, numeric=range(1, 8)))


def _segments(catalog: Catalog, found: BehaviourReview) -> Html:
    plot = bars([(row.name.replace("_", " "), float(row.revenue), f"{row.revenue:,.0f}") for row in found.segments])
    rows: list[Sequence[Child]] = [
        (
            row.name.replace("_", " "), f"{row.buyers:,}", f"{row.orders:,}", f"{row.revenue:,.2f}",
            f"{row.days_since:,.0f}",
        )
        for row in found.segments
    ]  # fmt: skip
    headers = ("segment", "buyers", "orders", f"revenue, {catalog.currency}", "days since the last order, median")
    note = "By recency, frequency and value of all orders until the end of the time, in thirds of the buyers."
    return section("segments", "Buyers", note, plot, table(headers, rows, numeric=range(1, 5)))


def _returns(catalog: Catalog, found: BehaviourReview) -> Html:
    rows: list[Sequence[Child]] = [
        (code(row.product_id), f"{row.sold:,.0f}", f"{row.returned:,.0f}", f"{row.rate:.1%}", f"{row.value:,.2f}")
        for row in found.returns[:_SHOWN]
    ]
    headers = ("product", "sold", "came back", "rate", f"value, {catalog.currency}")
    note = (
        "Orders of the time. What came back is taken off what the same buyer bought, so recommendations do not see it."
    )
    return section("returns", "Returns", note, table(headers, rows, numeric=range(1, 5)))
