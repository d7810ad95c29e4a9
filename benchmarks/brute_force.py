"""Random buyers and queries over a whole catalogue, and what is true of each by going through every product.

Nothing here is shared with an engine: prices are looked up list by list, a filter is decided product by product, and
counts are counted. ``compare`` says in words where an engine's answer is another one.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import inf, isclose

from commerce.buyer import Buyer
from commerce.pricing import Assortment, PriceList, Selected
from commerce.records import Records
from engines.plan import FacetRequest, SearchPlan, Sort, TextMatch, Word
from engines.port import Document, SearchIndex
from engines.results import Facet, SearchResult
from indexer.documents import to_document
from indexer.learning import learn_catalog
from language.analysis import analyzer
from language.filters.tree import And, Compare, Exists, Filter, In, Not, Operator, Or, Scalar

Values = Mapping[str, tuple[Scalar, ...]]
Price = tuple[Decimal | None, str | None]
"""A net price, None for none, and the list that says so, None for the catalogue's own."""
_LIMIT = 50
_FACET_LIMIT = 20
_ORDERS: tuple[Operator, ...] = ("<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Product:
    """What is known of one product: its own price, its values, and the terms of its title."""

    id: str
    net: Decimal | None
    values: Values
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """One product as a buyer sees it."""

    product: Product
    price: Price

    def values(self, name: str) -> tuple[Scalar, ...]:
        """Return the values of a field, the buyer's price among them."""
        if name != "price":
            return self.product.values.get(name, ())
        return () if self.price[0] is None else (float(self.price[0]),)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many products are found in truth, and in what an engine's answer differs."""

    total: int
    differences: tuple[str, ...]


@dataclass(slots=True)
class Truth:
    """A catalogue's products, and the price lists and assortments that its buyers may have."""

    products: Sequence[Product]
    lists: Mapping[str, PriceList]
    assortments: Mapping[str, Assortment]
    _nets: dict[str, Mapping[str, Decimal | None]] = field(default_factory=dict)

    def of_buyer(self, buyer: Buyer) -> Iterator[Seen]:
        """Yield every product that the buyer sees, at the buyer's price."""
        assortments = None if buyer.assortments is None else [self.assortments[each] for each in buyer.assortments]
        for product in self.products:
            if assortments is not None and not any(_is_in(product, each) for each in assortments):
                continue
            yield Seen(product, self.price(product, buyer))

    def price(self, product: Product, buyer: Buyer) -> Price:
        """Return the price of the first list that has one; lists here have neither rules nor tiers."""
        for name in buyer.price_lists:
            nets = self._nets.get(name)
            if nets is None:
                nets = self._nets[name] = {row.article_id: row.net for row in self.lists[name].rows}
            if product.id in nets:
                return nets[product.id], name
        return (product.net if buyer.fallback else None), None


def products_of(records: Records, catalog_id: str) -> list[Product]:
    """Return a catalogue's products with the values that are indexed of them."""
    knowledge = learn_catalog(records, records.catalog(catalog_id))
    documents = (to_document(item, knowledge.type_of(item.product), knowledge) for item in records.items(catalog_id))
    return [_product(document, knowledge.locales[0]) for document in documents]


def _product(document: Document, locale: str) -> Product:
    terms = frozenset(analyzer(locale).terms(document.texts.get("title", "")))
    return Product(document.stored.id, document.stored.net, document.values, terms)


def draw_plan(truth: Truth, locale: str, drawn: random.Random) -> SearchPlan:
    """Draw a buyer and a query: up to three lists, perhaps an assortment, a word, a filter, an order, four facets."""
    names = sorted(truth.lists)
    text = None
    if drawn.random() < 0.4:
        term = drawn.choice(sorted(drawn.choice(truth.products).terms) or ["a"])
        text = TextMatch((Word(term, ((term, 1.0),)),), {"title": 1.0}, 1, locale=locale)
    return SearchPlan(
        buyer=Buyer(
            price_lists=tuple(drawn.sample(names, min(drawn.randint(1, 3), len(names)))),
            assortments=(
                tuple(drawn.sample(sorted(truth.assortments), drawn.randint(1, 2))) if drawn.random() < 0.5 else None
            ),
            fallback=drawn.random() < 0.7,
        ),
        text=text,
        filter=_filter(truth, drawn, 2) if drawn.random() < 0.8 else None,
        facets=tuple(FacetRequest(name, _FACET_LIMIT) for name in ("price", "brand", *_facet_fields(truth, drawn))),
        sort=drawn.choice((Sort(), Sort("price", descending=False), Sort("price", descending=True))),
        limit=_LIMIT,
    )


def compare(truth: Truth, index: SearchIndex, plan: SearchPlan) -> Comparison:
    """Ask an engine and compare its answer with the truth."""
    result = index.search(plan)
    wanted = [each for each in truth.of_buyer(plan.buyer) if _is_found(each, plan)]
    found = [*_of_hits(result, wanted, plan)]
    for facet in result.facets:
        found += _of_facet(facet, wanted)
    return Comparison(len(wanted), tuple(found))


def _is_found(each: Seen, plan: SearchPlan) -> bool:
    named = plan.text is None or plan.text.words[0].text in each.product.terms
    return named and (plan.filter is None or holds(plan.filter, each))


def _of_hits(result: SearchResult, wanted: Sequence[Seen], plan: SearchPlan) -> Iterator[str]:
    if result.total != len(wanted):
        yield f"total {result.total}, not {len(wanted)}"
    if len(result.hits) != min(len(wanted), plan.limit):
        yield f"{len(result.hits)} hits of {len(wanted)}"
    known = {each.product.id: each for each in wanted}
    for hit in result.hits:
        if (each := known.get(hit.product.id)) is None:
            yield f"product {hit.product.id} is not one of these"
        elif (hit.product.net, hit.product.price_list) != each.price:
            yield f"product {hit.product.id} costs {hit.product.net} by {hit.product.price_list}, not {each.price}"
    if plan.sort.field == "price":
        nets = sorted((each.price[0] for each in wanted if each.price[0] is not None), reverse=plan.sort.descending)
        expected = [*nets, *[None] * (len(wanted) - len(nets))][: plan.limit]
        if (order := [hit.product.net for hit in result.hits]) != expected:
            yield f"in the order {order[:5]} …, not {expected[:5]} …"


def _of_facet(facet: Facet, wanted: Sequence[Seen]) -> Iterator[str]:
    have = [each.values(facet.field) for each in wanted]
    if facet.type != "range":
        counts = Counter(value for values in have for value in set(values))
        expected = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))[:_FACET_LIMIT]
        if (shown := [(value.value, value.count) for value in facet.values]) != expected:
            yield f"{facet.field} {shown[:3]} …, not {expected[:3]} …"
        return
    numbers = [[value for value in values if isinstance(value, float)] for values in have]
    every = sorted(number for each in numbers for number in each)
    for value in facet.values:
        low, high = value.interval or (None, None)
        inside = sum(
            any((-inf if low is None else low) <= number < (inf if high is None else high) for number in each)
            for each in numbers
        )
        if inside != value.count:
            yield f"{facet.field} has {value.count} in {value.interval}, not {inside}"
    if facet.field == "price" and sum(value.count for value in facet.values) != len(every):
        yield f"the intervals of the price hold {sum(value.count for value in facet.values)}, not {len(every)}"
    if every:
        expected_stats = (every[0], every[-1], sum(every) / len(every))
        if facet.stats is None or not all(map(_is_about, facet.stats, expected_stats)):
            yield f"{facet.field} is {facet.stats}, not {expected_stats}"


def _is_about(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _is_in(product: Product, assortment: Assortment) -> bool:
    included = assortment.include is None or _is_selected(product, assortment.include)
    return included and not _is_selected(product, assortment.exclude)


def _is_selected(product: Product, selected: Selected) -> bool:
    return product.id in selected.ids or (
        selected.filter is not None and holds(selected.filter, Seen(product, (None, None)))
    )


def holds(node: Filter, of: Seen) -> bool:
    """Decide a filter for one product."""
    match node:
        case And(parts=parts):
            return all(holds(part, of) for part in parts)
        case Or(parts=parts):
            return any(holds(part, of) for part in parts)
        case Not(part=part):
            return not holds(part, of)
        case Exists(field=name):
            return bool(of.values(name))
        case In(field=name, values=wanted):
            return any(value in wanted for value in of.values(name))
        case Compare(field=name, op=op, value=value):
            return any(_compares(each, op, value) for each in of.values(name)) and (
                op != "!=" or value not in of.values(name)
            )


def _compares(have: Scalar, op: Operator, wanted: Scalar) -> bool:
    if op in {"=", "!="}:
        return (have == wanted) == (op == "=")
    if isinstance(have, str) or isinstance(wanted, str):
        return False
    return {"<": have < wanted, "<=": have <= wanted, ">": have > wanted, ">=": have >= wanted}[op]


def _filter(truth: Truth, drawn: random.Random, depth: int) -> Filter:
    if depth and drawn.random() < 0.5:
        parts = tuple(_filter(truth, drawn, depth - 1) for _ in range(2))
        return drawn.choice((And(parts), Or(parts), Not(parts[0])))
    if drawn.random() < 0.5:
        net = drawn.choice(truth.products).net
        return Compare("price", drawn.choice(_ORDERS), float(net or 10)) if drawn.random() < 0.9 else Exists("price")
    name, value = _value(truth, drawn)
    if isinstance(value, float):
        return Compare(name, drawn.choice(_ORDERS), value)
    return drawn.choice((Compare(name, "=", value), Compare(name, "!=", value), In(name, (value,)), Exists(name)))


def _value(truth: Truth, drawn: random.Random) -> tuple[str, Scalar]:
    """Draw a value that some product has."""
    while True:
        values = drawn.choice(truth.products).values
        names = [name for name in values if values[name] and (name == "brand" or name.startswith("attributes."))]
        if names:
            name = drawn.choice(sorted(names))
            return name, drawn.choice(values[name])


def _facet_fields(truth: Truth, drawn: random.Random) -> set[str]:
    return {_value(truth, drawn)[0] for _ in range(2)} - {"brand"}
