"""The review as one HTML page that asks for nothing else: tables, and bars drawn in SVG."""

from collections.abc import Sequence

from commerce.product import Catalog
from evaluation.behaviour.changes import drift_section, models_section
from evaluation.behaviour.measure import BehaviourReview
from evaluation.pages.blocks import STYLE, bars, code, section, table
from evaluation.pages.markup import Child, Html, element, fragment

# The browser itself then refuses whatever a query might ask for.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_SHOWN = 25
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
        element("style", STYLE),
    )
    body = element(
        "main",
        element("h1", title),
        element("p", lead, class_="lead"),
        _conversion(found),
        _queries(found),
        _proposals(found),
        _facets(found),
        _places(found),
        _units(catalog, found),
        _segments(catalog, found),
        _returns(catalog, found),
        drift_section(found),
        models_section(found),
    )
    document = element("html", head, element("body", body), lang="en")
    return fragment(Html("<!doctype html>\n"), document, Html("\n"))


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
            f"{row.weighted_clicks / max(row.searches, 1):.2f}",
            "" if row.mean_position is None else f"{row.mean_position:.1f}", f"{row.added:,}", f"{row.bought:,}",
            f"{row.revenue:,.2f}",
        )
        for row in rows
    ]  # fmt: skip
    headers = ("query", "searches", "nothing found", "with a click", "clicks by place", "mean place", "in cart",
               "bought", "revenue")  # fmt: skip
    note = "Clicks by place are those a search that there would be if each stood first." if found.examination else None
    return section("queries", "Top queries", note, plot, table(headers, cells, numeric=range(1, 9)))


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
            f"{row.revenue:,.2f}", f"{row.margin:,.2f} of {row.costed:,}" if row.costed else "",
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
        "margin of purchases with a known cost",
    )
    plot = bars([(row.strategy, float(row.revenue), f"{row.revenue:,.0f}") for row in found.units[:10]])
    return section(
        "units", "Search and units of recommendations", None, plot, table(headers, rows, numeric=range(1, 9))
    )


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
        (
            code(row.product_id), f"{row.sold:,.0f}", f"{row.returned:,.0f}", f"{row.rate:.1%}", f"{row.value:,.2f}",
            f"{row.searches:,}", "" if row.mean_place is None else f"{row.mean_place:.1f}", f"{row.units:,}",
            "comes back twice as often as usual: bury it, or mend its page" if row.proposal == "bury" else "",
        )
        for row in found.returns[:_SHOWN]
    ]  # fmt: skip
    headers = ("product", "sold", "came back", "rate", f"value, {catalog.currency}", "in searches", "mean place",
               "recommended", "proposal")  # fmt: skip
    note = (
        "Orders of the time. What came back is taken off what the same buyer bought: recommendations learn from what "
        "was kept alone. Searches do not look at returns: a rule that buries does."
    )
    return section("returns", "Returns, and what ranking did", note, table(headers, rows, numeric=range(1, 8)))


def _places(found: BehaviourReview) -> Html:
    if found.examination is None:
        note = "Too few clicks on products that were shown at several places to say how much each place is looked at."
        return section("places", "Places of hits", note)
    plot = bars([(f"place {at}", share, f"{share:.0%}") for at, share in enumerate(found.examination.shares[:12], 1)])
    rows: list[Sequence[Child]] = [
        (
            code(row.text), code(row.product_id), f"{row.shown:,}", f"{row.clicks:,}", f"{row.mean_place:.1f}",
            f"{row.click_rate:.1%}", f"{row.attraction:.1%}",
        )
        for row in found.attractions[:_SHOWN]
    ]  # fmt: skip
    headers = ("query", "product", "shown", "clicks", "mean place", "clicked", "clicked if it stood first")
    clicks = f"{found.examination.clicks:,}"
    note = (
        f"How much each place is looked at beside the first, by the position-based model from {clicks} clicks on "
        "products that were shown at several places. Below: what attracts more than its place lets it."
    )
    return section("places", "Places of hits", note, plot, table(headers, rows, numeric=range(2, 7)))
