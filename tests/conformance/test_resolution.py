"""The price that is explained step by step is the one that every engine answers: tiers, rules, chains, promotions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.buyer import Buyer
from commerce.price_resolution import Article, PriceResolver
from commerce.pricing import DEEPEST_CHAIN, PriceList, PriceRow, PriceRule
from commerce.product import Offer, Tier
from commerce.promotions import Promotion
from engines.port import Document, SearchEngine
from engines.results import StoredProduct
from language.filters.tree import Compare, Filter
from tests.conformance.catalogue import document, holds
from tests.conformance.test_buyers import DAY, NOW, build, buyer
from tests.conformance.test_promotions import random_promotions

PRODUCTS = range(6)
QUANTITIES = (1, 2, 5, 7, 10, 20, 50, 1000)
NETS = st.sampled_from(["0.00", "5.00", "9.99", "10.00", "33.33", "0.0049", "600.00"]).map(Decimal)
HP = Compare("brand", "=", "HP")


@st.composite
def offers(draw: st.DrawFn) -> dict[str, Offer]:
    tiers = st.lists(
        st.builds(Tier, st.sampled_from([2, 10, 20]), NETS), max_size=2, unique_by=lambda t: t.min_quantity
    )
    return {
        f"p{at}": Offer(draw(st.none() | NETS), None, tuple(sorted(draw(tiers), key=lambda each: each.min_quantity)))
        for at in PRODUCTS
    }


@st.composite
def chained_lists(draw: st.DrawFn) -> list[PriceList]:
    """Draw lists whose rules stand on those before them, as deep as there are lists."""
    rows = st.builds(
        PriceRow, st.sampled_from([f"p{at}" for at in PRODUCTS]), st.none() | NETS, st.sampled_from([1, 1, 5, 10, 50])
    )
    made: list[PriceList] = []
    for at in range(draw(st.integers(1, DEEPEST_CHAIN + 1))):
        bases = ["LIST", "nobody's", *([f"l{at - 1}"] * 4 if at else [])]
        rules = st.lists(
            st.builds(
                PriceRule,
                st.sampled_from(bases),
                st.sampled_from([None, None, HP]),
                st.sampled_from([Decimal(0), Decimal("-7.5"), Decimal("33.333")]),
                st.sampled_from([Decimal(0), Decimal("1.005"), Decimal(-3)]),
            ),
            max_size=2,
        )
        own = draw(st.lists(rows, max_size=4, unique_by=lambda row: (row.article_id, row.min_quantity)))
        until = draw(st.sampled_from([None, None, NOW + DAY]))
        currency = draw(st.sampled_from(["EUR", "EUR", "EUR", "EUR", "USD"]))
        made.append(PriceList(f"l{at}", currency, tuple(own), tuple(draw(rules)), valid_until=until))
    return made


def with_tiers(made: Document, offer: Offer) -> Document:
    tiers = [{"min_quantity": tier.min_quantity, "net": str(tier.net)} for tier in offer.tiers]
    more = orjson.dumps({"tiers": {made.stored.id: tiers}}) if tiers else b""
    return replace(made, stored=made.stored._replace(more=more))


def answered(product: StoredProduct, offer: Offer, quantity: int) -> Decimal | None:
    """Return the price that a storefront shows for a quantity: that of the last tier that has begun."""
    tiers = product.tiers if product.tiers is not None else tuple((each.min_quantity, each.net) for each in offer.tiers)
    begun = [net for least, net in tiers if least <= quantity]
    return begun[-1] if begun else product.net


NAMES = st.lists(st.integers(0, DEEPEST_CHAIN + 1).map(lambda at: f"l{at}"), max_size=4, unique=True)
SHIFTS = st.sampled_from([timedelta(0), DAY, -DAY])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(own=offers(), lists=chained_lists(), named=NAMES, fallback=st.booleans(), shift=SHIFTS)
def test_the_explanation_agrees_with_the_engine_at_every_quantity(
    engine: SearchEngine,
    catalog_names: Iterator[str],
    own: dict[str, Offer],
    lists: list[PriceList],
    named: list[str],
    fallback: bool,
    shift: timedelta,
) -> None:
    agree(engine, next(catalog_names), own, lists, (), buyer(*named, fallback=fallback), NOW + shift)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own=offers(),
    lists=chained_lists(),
    promotions=random_promotions(),
    named=NAMES,
    fallback=st.booleans(),
    shift=SHIFTS,
)
def test_the_explanation_agrees_with_the_engine_with_promotions(
    engine: SearchEngine,
    catalog_names: Iterator[str],
    own: dict[str, Offer],
    lists: list[PriceList],
    promotions: list[Promotion],
    named: list[str],
    fallback: bool,
    shift: timedelta,
) -> None:
    agree(engine, next(catalog_names), own, lists, promotions, buyer(*named, fallback=fallback), NOW + shift)


def agree(
    engine: SearchEngine,
    catalog: str,
    own: dict[str, Offer],
    lists: Sequence[PriceList],
    promotions: Sequence[Promotion],
    who: Buyer,
    moment: datetime,
) -> None:
    values = {
        identity: {"brand": ("HP",) if at % 2 else ("Acme",), "id": (identity,)} for at, identity in enumerate(own)
    }
    documents = [
        with_tiers(
            document(
                identity,
                "lamp",
                net=None if offer.net is None else str(offer.net),
                brand=str(values[identity]["brand"][0]),
            ),
            offer,
        )
        for identity, offer in own.items()
    ]
    index = build(engine, catalog, documents, lists, (), promotions)
    seen = index.get(list(own), who, moment)

    def matches(article: Article, node: Filter) -> bool:
        return holds(node, values[article.product_id])

    resolver = PriceResolver({each.id: each for each in lists}, "EUR", matches, promotions)
    for identity, offer in own.items():
        product = seen[identity]
        article = Article(identity, identity, offer)
        for quantity in QUANTITIES:
            told = resolver.resolve(article, who.price_lists, moment, fallback=who.fallback, quantity=quantity)
            if product.net is None and product.tiers is None and not who.fallback:
                assert told.net is None
                continue
            assert answered(product, offer, quantity) == told.net, (identity, quantity)
        single = resolver.resolve(article, who.price_lists, moment, fallback=who.fallback)
        assert product.price_list == single.price_list
        assert (product.promoted and product.promoted.was) == (single.promoted and single.promoted.was)
        applied = [each.promotion.id for each in single.promotions if each.verdict == "applied"]
        assert applied == [each.id for each in (product.promoted.by if product.promoted else ())]
