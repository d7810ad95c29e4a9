"""What is wrong with one price list by itself."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from statistics import median

from commerce.pricing import OWN, PriceList, PriceRow, by_article
from evaluation.price_consistency.findings import Articles, Finding, FindingKind

COVERING = 0.9
"""A list that prices this share of what is sold, or more, is taken to be meant for all of it."""
FAR = Decimal(3)
"""A price stands out if its share of the own price is so many times the list's median share, or its inverse."""
_FEWEST_COMPARED = 5
Rows = Mapping[str, Sequence[PriceRow]]


def check_list(
    prices: PriceList, articles: Articles, currencies: Mapping[str, str], currency: str, now: datetime
) -> Iterator[Finding]:
    """Yield what is wrong with a list; ``currencies`` are those of all lists by id, ``currency`` the catalogue's."""
    if prices.valid_until is not None and prices.valid_until <= now:
        yield Finding(FindingKind.EXPIRED, prices.id, detail=f"until {prices.valid_until.isoformat()}")
        return
    if prices.currency != currency:
        yield Finding(FindingKind.OTHER_CURRENCY, prices.id, detail=f"{prices.currency}, not {currency}")
        return
    if not prices.rows and not prices.rules:
        yield Finding(FindingKind.EMPTY, prices.id)
        return
    for rule in prices.rules:
        if rule.base != OWN and currencies.get(rule.base) != currency:
            yield Finding(FindingKind.UNKNOWN_BASE, prices.id, detail=rule.base)
    rows = by_article(prices.rows)
    yield from _unknown(prices, rows, articles)
    yield from _tiers(prices, rows)
    yield from _below_cost(prices, rows, articles)
    yield from _against_own(prices, rows, articles)
    # A rule for all articles leaves no gaps.
    if not any(rule.filter is None for rule in prices.rules):
        yield from _gaps(prices, rows, articles)


def own_prices_below_cost(articles: Articles) -> Iterator[Finding]:
    """Yield the articles whose own price in the catalogue is below what they cost."""
    for unit in articles.units:
        net, cost = articles.own[unit], articles.costs.get(unit)
        if net is not None and cost is not None and net < cost:
            yield Finding(FindingKind.BELOW_COST, OWN, unit, 1, net, cost)


def _below_cost(prices: PriceList, rows: Rows, articles: Articles) -> Iterator[Finding]:
    for article, tiers in rows.items():
        cost = articles.costs.get(article)
        for row in tiers:
            if cost is not None and row.net is not None and row.net < cost:
                yield Finding(FindingKind.BELOW_COST, prices.id, article, row.min_quantity, row.net, cost)


def _unknown(prices: PriceList, rows: Rows, articles: Articles) -> Iterator[Finding]:
    for article in rows:
        if article not in articles.own:
            yield Finding(FindingKind.UNKNOWN_ARTICLE, prices.id, article)


def _tiers(prices: PriceList, rows: Rows) -> Iterator[Finding]:
    for article, tiers in rows.items():
        if tiers[0].min_quantity > 1 and not prices.rules:
            yield Finding(FindingKind.NO_SINGLE_PRICE, prices.id, article, tiers[0].min_quantity, tiers[0].net)
        for before, tier in pairwise(tiers):
            if before.net is None or tier.net is None or tier.net < before.net:
                continue
            kind = FindingKind.TIER_USELESS if tier.net == before.net else FindingKind.TIER_RISES
            yield Finding(kind, prices.id, article, tier.min_quantity, tier.net, before.net)


def _against_own(prices: PriceList, rows: Rows, articles: Articles) -> Iterator[Finding]:
    singles = {article: tiers[0] for article, tiers in rows.items() if tiers[0].min_quantity == 1}
    shares: dict[str, Decimal] = {}
    for article, row in singles.items():
        own = articles.own.get(article)
        if own and row.net is not None:
            shares[article] = row.net / own
            if row.net > own:
                yield Finding(FindingKind.ABOVE_OWN, prices.id, article, 1, row.net, own)
    if len(shares) < _FEWEST_COMPARED:
        return
    usual = median(shares.values())
    for article, share in shares.items():
        if share != usual and (share * FAR <= usual or share >= usual * FAR):
            detail = f"{share:.0%} of its own price; {usual:.0%} is usual in this list"
            yield Finding(
                FindingKind.OUTLIER, prices.id, article, 1, singles[article].net, articles.own[article], detail
            )


def _gaps(prices: PriceList, rows: Rows, articles: Articles) -> Iterator[Finding]:
    named = {articles.units.get(article, article) for article in rows if article in articles.own}
    siblings: set[str] = set()
    for product in sorted(named & articles.variants.keys()):
        if product not in rows:
            missing = [unit for unit in articles.variants[product] if unit not in rows]
            siblings.update(missing)
            for unit in missing:
                yield Finding(FindingKind.VARIANT_GAP, prices.id, unit, compared=articles.own[unit], detail=product)
    # Most lists price few articles: for them what is sold need not be gone through.
    most = sum(len(articles.variants.get(article, "1")) for article in rows if article in articles.own)
    if most < COVERING * len(articles.units):
        return
    lacking = [unit for unit, product in articles.units.items() if unit not in rows and product not in rows]
    if len(lacking) <= (1 - COVERING) * len(articles.units):
        for unit in lacking:
            if unit not in siblings:
                yield Finding(FindingKind.COVERAGE_GAP, prices.id, unit, compared=articles.own[unit])
