"""The report of what is wrong with price lists."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.pricing import PriceList, PriceRow, PriceRule
from commerce.product import Catalog, CatalogItem, Offer, Product, Variant
from commerce.records import Records
from evaluation.price_consistency import PriceReport, check_prices
from evaluation.price_consistency.findings import MEANINGS, FindingKind
from evaluation.price_consistency.versions import contract_of
from language.filters import parse_filter

NOW = datetime(2026, 11, 25, tzinfo=UTC)
DAY = timedelta(days=1)
SHOP = Catalog("shop", "EUR")
Found = list[tuple[str, str, str]]


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    store = Records(f"sqlite:///{tmp_path / 'records.db'}")
    store.upgrade()
    store.put_catalog(SHOP)
    store.upsert("shop", [CatalogItem(Product(f"p{at}", "t"), Offer(Decimal(100))) for at in range(20)])
    mugs = tuple(Variant(f"m{at}", offer=Offer(Decimal(10 + at))) for at in range(3))
    store.upsert("shop", [CatalogItem(Product("mug", "Mug", variants=mugs)), CatalogItem(Product("free", "t"))])
    yield store
    store.close()


def row(article: str, net: str | None = "90", quantity: int = 1) -> PriceRow:
    return PriceRow(article, None if net is None else Decimal(net), quantity)


def prices(identity: str, *rows: PriceRow, **more: object) -> PriceList:
    return PriceList(identity, rows=rows, **{"currency": "EUR", **more})  # type: ignore[arg-type]


def report_of(records: Records, tmp_path: Path, *lists: PriceList) -> tuple[PriceReport, Found]:
    for each in lists:
        records.put_price_list("shop", each)
    report = check_prices(records, SHOP, tmp_path / "prices.csv", NOW)
    with report.table.open(encoding="utf-8-sig", newline="") as file:
        found = [(each["finding"], each["price_list"], each["article"]) for each in csv.DictReader(file)]
    assert sum(report.findings.values()) == len(found)
    return report, found


def test_lists_in_which_nothing_is_wrong_have_no_findings(records: Records, tmp_path: Path) -> None:
    report, found = report_of(
        records, tmp_path,
        prices("a", row("p1"), row("p1", "80", 10), row("p2", "100"), row("p3", None), row("mug", "12"), row("free")),
        prices("b", row("p1"), rules=(PriceRule("a"),), valid_until=NOW + DAY),
    )  # fmt: skip
    assert found == []
    assert (report.price_lists, report.prices, report.articles) == (2, 7, 24)


def test_prices_are_compared_with_the_catalogue_s_and_with_their_list(records: Records, tmp_path: Path) -> None:
    rows = [row(f"p{at}", "80") for at in range(6)]
    _, found = report_of(
        records, tmp_path,
        prices("a", *rows, row("p7", "100.01"), row("p8", "20"), row("p9", "250"), row("mug", "12.01")),
        # Five articles at a tenth are a list of its own kind, and nothing stands out of zeros but what is none.
        prices("b", *(row(f"p{at}", "10") for at in range(5))),
        prices("c", *(row(f"p{at}", "0") for at in range(5)), row("p6", "1")),
    )  # fmt: skip
    assert set(found) == {
        ("above_own", "a", "p7"), ("outlier", "a", "p8"), ("above_own", "a", "p9"), ("outlier", "a", "p9"),
        ("above_own", "a", "mug"), ("outlier", "c", "p6"),
    }  # fmt: skip


def test_tiers_that_do_nothing_or_rise_are_named(records: Records, tmp_path: Path) -> None:
    _, found = report_of(
        records, tmp_path,
        prices("a", row("p1", "9"), row("p1", "9.00", 5), row("p1", "8", 10), row("p1", "8.5", 20), row("p2", "5", 10)),
        prices("ruled", row("p1", "5", 10), rules=(PriceRule(percent=Decimal(-1)),)),
    )  # fmt: skip
    assert set(found) == {("tier_useless", "a", "p1"), ("tier_rises", "a", "p1"), ("no_single_price", "a", "p2")}


def test_gaps_are_what_a_list_is_meant_to_price_and_does_not(records: Records, tmp_path: Path) -> None:
    nearly = [row(f"p{at}") for at in range(19)]
    some = parse_filter('brand = "HP"')
    _, found = report_of(
        records, tmp_path,
        prices("base", *nearly, row("mug", "9")),
        prices("mugs", row("m1", "9")),
        prices("half", *nearly[:12]),
        prices("open", *nearly, row("m1", "9"), rules=(PriceRule(),)),
        prices("narrow", row("m1", "9"), row("nobody's"), rules=(PriceRule(filter=some), PriceRule("nowhere", some))),
    )  # fmt: skip
    assert set(found) == {
        ("coverage_gap", "base", "p19"), ("coverage_gap", "base", "free"),
        ("variant_gap", "mugs", "m0"), ("variant_gap", "mugs", "m2"),
        ("variant_gap", "narrow", "m0"), ("variant_gap", "narrow", "m2"),
        ("unknown_article", "narrow", "nobody's"), ("unknown_base", "narrow", ""),
    }  # fmt: skip


def test_lists_that_never_apply_are_named_once(records: Records, tmp_path: Path) -> None:
    report, found = report_of(
        records, tmp_path,
        prices("past", row("p1", "999"), valid_until=NOW),
        prices("dollars", row("p1", "999"), currency="USD"),
        prices("on-dollars", rules=(PriceRule("dollars"),)),
        prices("empty"),
    )  # fmt: skip
    assert set(found) == {
        ("expired", "past", ""), ("other_currency", "dollars", ""), ("unknown_base", "on-dollars", ""),
        ("empty", "empty", ""),
    }  # fmt: skip
    assert report.worst == (("dollars", 1), ("empty", 1), ("on-dollars", 1), ("past", 1))


def test_versions_of_a_contract_that_overlap_or_lose_articles_are_named(records: Records, tmp_path: Path) -> None:
    year = NOW.replace(month=1, day=1)
    rows = (row("p1"), row("p2"))
    _, found = report_of(
        records, tmp_path,
        prices("4711-2026", *rows, valid_from=year, valid_until=NOW + DAY),
        prices("4711-2027", row("p1"), valid_from=NOW + DAY),
        prices("4712", *rows, valid_until=NOW + 2 * DAY),
        prices("4712/v2", *rows, valid_from=NOW + DAY),
        # Past versions, and lists that are only named alike, are nobody's trouble.
        prices("4713-2025", *rows, valid_until=NOW - DAY),
        prices("4713-2026", *rows, valid_from=NOW - 2 * DAY),
        prices("contract-2001", *rows), prices("contract-2002", row("p3")),
    )  # fmt: skip
    assert set(found) == {
        ("successor_gap", "4711-2027", "p2"), ("overlap", "4712/v2", ""), ("expired", "4713-2025", ""),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("identity", "contract"),
    [
        ("4711-2026", "4711"), ("4711_2026-07", "4711"), ("4711 2026-07-01", "4711"), ("a.20260701", "a"),
        ("a/v12", "a"), ("a:2026Q3", "a"), ("4711", None), ("2026", None), ("contract-0815", None), ("a-v", None),
        ("list-12", None),
    ],
)  # fmt: skip
def test_a_version_is_a_year_a_date_or_a_number_with_a_v(identity: str, contract: str | None) -> None:
    assert contract_of(identity) == contract


def test_every_kind_of_finding_is_explained() -> None:
    assert set(MEANINGS) == set(FindingKind)


def test_prices_below_cost_are_found_in_lists_and_in_the_catalogue(records: Records, tmp_path: Path) -> None:
    sizes = tuple(Variant(f"s{at}", offer=Offer(Decimal(10), cost=Decimal(7 + at))) for at in range(2))
    dear = CatalogItem(Product("dear", "t"), Offer(Decimal(50), cost=Decimal("50.01")))
    records.upsert("shop", [CatalogItem(Product("shirt", "t", variants=sizes)), dear])
    deal = prices("deal", row("shirt", "8.00"), row("s1", "7.50"), row("s0", "7.00"), row("s0", "6.99", 10))
    report, found = report_of(records, tmp_path, deal, prices("none", row("dear", None)))
    below = [place for place in found if place[0] == "below_cost"]
    assert below == [("below_cost", *place) for place in [("LIST", "dear"), ("deal", "s0"), ("deal", "s1")]]
    assert report.findings[FindingKind.BELOW_COST] == 3
