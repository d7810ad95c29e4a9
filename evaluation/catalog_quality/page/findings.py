"""Sections of the page about single products: prices and numbers that stand out, products that may stand twice."""

from collections.abc import Sequence

from evaluation.catalog_quality.duplicates import SIGNS, DuplicateGroup
from evaluation.catalog_quality.measure import CatalogQuality
from evaluation.catalog_quality.outliers import FEWEST, NUMBER_RULE, PRICE_RULE, Outlier
from evaluation.catalog_quality.page.blocks import more
from evaluation.catalog_quality.page.content import PageInput
from evaluation.catalog_quality.page.labels import Labels
from evaluation.catalog_quality.page.plots import prices_plot
from evaluation.pages.blocks import code, figure, section, table
from evaluation.pages.markup import Child, Html, element, fragment

SHOWN_OUTLIERS = 25
SHOWN_GROUPS = 8
SHOWN_MEMBERS = 4


def named_ids(quality: CatalogQuality) -> list[str]:
    """Return the ids of the products that these sections show."""
    outliers = quality.outliers
    named = [each.product for found in (outliers.prices, outliers.numbers) for each in found[:SHOWN_OUTLIERS]]
    for sign in SIGNS:
        for group in [each for each in quality.basics.duplicates.groups if each.sign == sign][:SHOWN_GROUPS]:
            named += group.ids[:SHOWN_MEMBERS]
    return list(dict.fromkeys(named))


def prices(page: PageInput, labels: Labels) -> Html:
    """Return the prices that stand out."""
    found = page.quality.outliers
    rows = [
        (
            *_who(page, each),
            f"{labels.money(each.number)} {page.catalog.currency}",
            "" if each.median is None else labels.money(each.median),
            _ratio(each, labels),
            each.group or labels("whole_catalogue"),
            labels(f"reason_{each.reason}"),
        )
        for each in found.prices[:SHOWN_OUTLIERS]
    ]
    headers = ("id", "product_title", "value", "median", "ratio", "compared_with", "reason")
    note = labels("prices_note", ratio=_plain(PRICE_RULE.ratio), score=_plain(PRICE_RULE.score), fewest=str(FEWEST))
    plot = prices_plot(found.distributions, found.prices, labels) if found.distributions else None
    return section(
        "prices",
        labels("prices"),
        note,
        figure(plot, labels("prices_plot")) if plot else None,
        table([labels(name) for name in headers], rows, numeric=(2, 3, 4)) if rows else element("p", labels("nothing")),
        more(labels, len(rows), len(found.prices), "outliers.csv"),
    )


def numbers(page: PageInput, labels: Labels) -> Html:
    """Return the attribute numbers that stand out."""
    found = page.quality.outliers.numbers
    rows = [
        (
            *_who(page, each),
            code(each.field.removeprefix("attributes.")),
            f"{labels.number(each.number)} {each.unit}".strip(),
            "" if each.median is None else labels.number(each.median),
            _ratio(each, labels),
            each.group or labels("untyped"),
        )
        for each in found[:SHOWN_OUTLIERS]
    ]
    headers = ("id", "product_title", "attribute", "value", "median", "ratio", "compared_with")
    return section(
        "numbers",
        labels("numbers"),
        labels("numbers_note", ratio=_plain(NUMBER_RULE.ratio), score=_plain(NUMBER_RULE.score)),
        table([labels(name) for name in headers], rows, numeric=(3, 4, 5)) if rows else element("p", labels("nothing")),
        more(labels, len(rows), len(found), "outliers.csv"),
    )


def duplicates(page: PageInput, labels: Labels) -> Html:
    """Return products that may stand twice, by sign."""
    found = page.quality.basics.duplicates
    parts = []
    for sign in SIGNS:
        groups = [each for each in found.groups if each.sign == sign]
        if not groups:
            continue
        counts = labels("groups", groups=labels.count(len(groups)), products=labels.count(found.products(sign)))
        rows: list[Sequence[Child]] = [
            (labels.count(group.products), _members(page, group)) for group in groups[:SHOWN_GROUPS]
        ]
        parts.append(
            fragment(
                element("h3", labels(f"sign_{sign}"), element("small", f" – {counts}")),
                table((labels("products"), labels("group")), rows, numeric=(0,)),
                more(labels, len(rows), len(groups), "duplicates.csv"),
            )
        )
    note = labels("duplicates_note")
    return section("duplicates", labels("duplicates"), note, parts or element("p", labels("nothing")))


def _who(page: PageInput, outlier: Outlier) -> tuple[Html, str]:
    product = page.products.get(outlier.product)
    return code(outlier.id), product.title if product else ""


def _members(page: PageInput, group: DuplicateGroup) -> Html:
    lines = []
    for identity in group.ids[:SHOWN_MEMBERS]:
        product = page.products.get(identity)
        lines.append(element("li", code(identity), f" {product.title if product else ''}"))
    left = group.products - len(lines)
    return element("ul", lines, element("li", f"… +{left}") if left > 0 else None)


def _ratio(outlier: Outlier, labels: Labels) -> str:
    if not outlier.median or outlier.number <= 0:
        return ""
    ratio = outlier.number / outlier.median
    return f"× {labels.number(ratio)}" if ratio >= 1 else f"÷ {labels.number(1 / ratio)}"


def _plain(number: float) -> str:
    return f"{number:g}"
