"""Why a buyer sees a price, for the back office: gathered from the records, resolved, and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from api.product_page import Json, money
from api.shop import Shelf, Shop
from commerce.buyer import Buyer
from commerce.errors import UnknownProduct
from commerce.price_resolution import (
    Article,
    Considered,
    ConsideredPromotion,
    Derivation,
    PriceResolver,
    Resolution,
)
from commerce.price_sentences import arithmetic, sentences
from commerce.pricing import OWN, PriceList
from commerce.product import CatalogItem
from engines.plan import SearchPlan
from language.filters import And, Compare, Filter, to_text


@dataclass(frozen=True, slots=True)
class Question:
    """Which price is asked for: that of ``article`` (a variant, None for the cheapest) at a quantity, a moment and for
    a buyer."""

    product_id: str
    variant: str | None
    quantity: int
    at: datetime
    buyer: Buyer


def explain(shop: Shop, shelf: Shelf, question: Question) -> Json:
    """Return the explanation. Raises UnknownProduct for a product or variant that the records do not have."""
    item = next(shop.records.items(shelf.catalog.id, ids=[question.product_id]), None)
    if item is None:
        raise UnknownProduct(f"there is no product {question.product_id[:100]!r}")
    articles = _articles(item, question.variant)
    lists = _lists(shop, shelf, question.buyer.price_lists, articles)
    promotions = shop.records.promotions(shelf.catalog.id)
    currency = shelf.catalog.currency
    resolver = PriceResolver(lists, currency, lambda article, node: _meets(shelf, article, node), promotions)
    buyer, quantity = question.buyer, question.quantity
    resolved = [
        resolver.resolve(each, buyer.price_lists, question.at, fallback=buyer.fallback, quantity=quantity)
        for each in articles
    ]
    # The price of a product is that of its cheapest variant; without any price, the first one speaks for it.
    priced = [each for each in resolved if each.net is not None]
    chosen = min(priced, key=lambda each: each.net or 0) if priced else resolved[0]
    seen = shelf.index.get([item.product.id], buyer, question.at)
    return {**_answer(chosen, question, currency), **_visibility(shop, shelf, question, bool(seen))}


def _articles(item: CatalogItem, variant: str | None) -> list[Article]:
    found = [Article(identity, item.product.id, offer) for identity, offer in item.offers()]
    wanted = [each for each in found if variant in {None, each.id}]
    if not wanted:
        raise UnknownProduct(f"product {item.product.id!r} has no variant {str(variant)[:100]!r}", pointer="/variant")
    return wanted


def _lists(shop: Shop, shelf: Shelf, named: Sequence[str], articles: Sequence[Article]) -> dict[str, PriceList]:
    """Return the lists that are named and those that their rules stand on, with the rows of some articles alone."""
    ids = {identity for each in articles for identity in (each.id, each.product_id)}
    found: dict[str, PriceList] = {}
    asked = {OWN}
    waiting = list(named)
    while waiting:
        asked.update(waiting)
        bases: list[str] = []
        for prices in shop.records.whole_price_lists(shelf.catalog.id, list(dict.fromkeys(waiting))):
            rows = tuple(row for row in prices.rows if row.article_id in ids)
            found[prices.id] = replace(prices, rows=rows)
            bases += [rule.base for rule in prices.rules]
        waiting = [base for base in bases if base not in asked]
    return found


def _meets(shelf: Shelf, article: Article, condition: Filter) -> bool:
    """Say whether an article meets a rule's filter: as the engine has it, so that both always agree."""
    node = And((Compare("id", "=", article.product_id), condition))
    for hit in shelf.index.search(SearchPlan(buyer=Buyer(), filter=node, limit=1)).hits:
        return not hit.product.units or article.id in hit.product.matched
    return False


def _answer(resolved: Resolution, question: Question, currency: str) -> Json:
    price = None
    if resolved.net is not None:
        price = {
            "net": money(resolved.net),
            "list": _amount(resolved.own),
            "currency": currency,
            "price_list": resolved.price_list,
        }
    fallback = question.buyer.fallback
    return {
        "product_id": resolved.article.product_id,
        "article_id": resolved.article.id,
        "quantity": resolved.quantity,
        "at": question.at.isoformat(),
        "fallback": fallback,
        "price": price,
        "own": {
            "net": _amount(resolved.own),
            "min_quantity": resolved.own_quantity,
            "applies": fallback and resolved.decisive is None and resolved.own is not None,
        },
        "cost": _amount(resolved.article.offer.cost),
        "lists": [_list(each, at, currency) for at, each in enumerate(resolved.considered, start=1)],
        "before_promotions": _amount(resolved.before),
        "promotions": [_promotion(each) for each in resolved.promotions],
        "sentence": sentences(resolved, currency, fallback=fallback),
    }


def _promotion(each: ConsideredPromotion) -> Json:
    promotion = each.promotion
    return {
        "id": promotion.id,
        "verdict": each.verdict,
        "net": _amount(each.net),
        "valid_from": promotion.valid_from and promotion.valid_from.isoformat(),
        "valid_until": promotion.valid_until and promotion.valid_until.isoformat(),
        "priority": promotion.priority,
        "stackable": promotion.stackable,
        "version": promotion.version,
    }


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else money(amount)


def _list(each: Considered, precedence: int, currency: str) -> Json:
    prices = each.prices
    terms: Json = {"currency": None, "valid_from": None, "valid_until": None, "version": None}
    if prices is not None:
        terms = {
            "currency": prices.currency,
            "valid_from": None if prices.valid_from is None else prices.valid_from.isoformat(),
            "valid_until": None if prices.valid_until is None else prices.valid_until.isoformat(),
            "version": prices.version,
        }
    return {
        "id": each.id,
        "precedence": precedence,
        "verdict": each.verdict,
        **terms,
        "net": None if each.derivation is None else _amount(each.derivation.net),
        "row": _row(each.derivation),
        "rule": _rule(each.derivation, currency),
    }


def _row(derivation: Derivation | None) -> Json | None:
    if derivation is None or derivation.row is None:
        return None
    row = derivation.row
    return {"product_id": row.article_id, "min_quantity": row.min_quantity, "net": _amount(row.net)}


def _rule(derivation: Derivation | None, currency: str) -> Json | None:
    if derivation is None or derivation.rule is None or derivation.base is None:
        return None
    rule = derivation.rule
    return {
        "number": derivation.number,
        "base": rule.base,
        "base_net": money(derivation.base),
        "filter": None if rule.filter is None else to_text(rule.filter),
        "percent": f"{rule.percent:f}",
        "amount": f"{rule.amount:f}",
        "arithmetic": arithmetic(derivation, currency),
    }


def _visibility(shop: Shop, shelf: Shelf, question: Question, seen: bool) -> Json:
    names = question.buyer.assortments
    if names is None:
        return {"visible": seen, "assortments": None}
    known = {each.id for each in shop.records.assortments(shelf.catalog.id, ids=list(names))}
    return {"visible": seen, "assortments": [_assortment(shelf, question, each, known) for each in names]}


def _assortment(shelf: Shelf, question: Question, name: str, known: set[str]) -> Mapping[str, str]:
    if name not in known:
        return {"id": name, "verdict": "unknown"}
    alone = shelf.index.get([question.product_id], Buyer(assortments=(name,)))
    return {"id": name, "verdict": "shows" if alone else "hides"}
