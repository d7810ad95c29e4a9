"""The whole page: one file that asks for nothing else."""

from evaluation.catalog_quality.page import findings, sections
from evaluation.catalog_quality.page.content import PageInput
from evaluation.catalog_quality.page.labels import Labels
from evaluation.pages.blocks import STYLE
from evaluation.pages.markup import Html, element, fragment

# The browser itself then refuses whatever a catalogue text might ask for.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_ANCHORS = ("missing", "prices", "numbers", "titles", "duplicates", "coverage", "mixed", "load", "trend")


def render_page(page: PageInput, locale: str) -> str:
    """Return the report as HTML in one of ``LOCALES``."""
    labels = Labels(locale)
    title = labels("title", catalog=page.catalog.id)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", STYLE),
    )
    basics = page.quality.basics
    measured = labels(
        "measured",
        products=labels.count(basics.products),
        variants=labels.count(basics.variants),
        attributes=labels.count(len(basics.coverage.attributes)),
    )
    links = [element("a", labels(anchor), href=f"#{anchor}") for anchor in _ANCHORS]
    body = element(
        "main",
        element("h1", title),
        element("p", labels("as_of", moment=labels.moment(page.moment)), " · ", measured, class_="lead"),
        element("nav", links, aria_label=labels("contents")),
        sections.overview(page, labels),
        sections.missing(page, labels),
        findings.prices(page, labels),
        findings.numbers(page, labels),
        sections.titles(page, labels),
        findings.duplicates(page, labels),
        sections.coverage(page, labels),
        sections.mixed(page, labels),
        sections.last_load(page, labels),
        sections.trend(page, labels),
    )
    document = element("html", head, element("body", body), lang=labels.locale)
    return fragment(Html("<!doctype html>\n"), document, Html("\n"))
