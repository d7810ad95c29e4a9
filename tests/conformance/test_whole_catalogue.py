"""Random buyers and queries over all of Icecat: every answer is what brute force computes.

`python -m benchmarks.buyers` compares more of them over ten thousand price lists.
"""

import random
from collections.abc import Iterator
from decimal import Decimal

import pytest

from benchmarks.brute_force import Truth, compare, draw_plan, products_of
from commerce.pricing import Assortment, PriceRow, Selected
from commerce.product import Catalog
from commerce.records import Records
from commerce.records.price_lists import ListPrices
from engines.port import SearchEngine
from indexer import rebuild
from language.filters.tree import Compare
from tests.sample import icecat_items

SEED = 20_261_125
CASES = 60
LISTS = 60
ROWS = (50, 2_000)
CATALOG = "whole"


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """All of Icecat, with lists over some products and one over all, and assortments by ids and by rule."""
    found = Records(f"sqlite:///{tmp_path_factory.mktemp('whole') / 'vitrine.db'}")
    found.upgrade()
    found.put_catalog(Catalog(CATALOG, "EUR"))
    found.replace(CATALOG, icecat_items(every=1))
    drawn = random.Random(SEED)
    nets = {item.product.id: item.offer.net for item in found.items(CATALOG)}
    found.put_list_prices(CATALOG, (_prices(f"list-{at}", nets, drawn) for at in range(LISTS)))
    found.put_list_prices(CATALOG, [ListPrices("base", tuple(_row(each, nets, drawn) for each in nets))])
    for at in range(6):
        some = Selected(frozenset(drawn.sample(list(nets), 5_000)))
        rule = Selected(filter=Compare("brand", "!=", drawn.choice(("HP", "Dell", "Lenovo"))))
        found.put_assortment(CATALOG, Assortment(f"group-{at}", some if at % 2 else rule))
    yield found
    found.close()


@pytest.fixture(scope="module")
def truth(records: Records) -> Truth:
    lists = {each.id: each for each in records.whole_price_lists(CATALOG)}
    assortments = {each.id: each for each in records.assortments(CATALOG)}
    return Truth(products_of(records, CATALOG), lists, assortments)


def test_random_buyers_and_queries_equal_brute_force(records: Records, truth: Truth, engine: SearchEngine) -> None:
    rebuild(records, engine, CATALOG)
    index = engine.open(CATALOG)
    assert index is not None
    drawn = random.Random(SEED)
    wrong = {}
    found = 0
    for at in range(CASES):
        plan = draw_plan(truth, "en", drawn)
        compared = compare(truth, index, plan)
        if compared.differences:
            wrong[at] = (plan, compared.differences)
        found += compared.total > 0
    assert not wrong, f"{len(wrong)} of {CASES} differ, the first: {next(iter(wrong.values()))}"
    assert found > CASES // 2, "most queries must find something, or nothing is compared"


def _prices(identity: str, nets: dict[str, Decimal | None], drawn: random.Random) -> ListPrices:
    chosen = drawn.sample(list(nets), drawn.randint(*ROWS))
    return ListPrices(identity, tuple(_row(each, nets, drawn) for each in chosen))


def _row(identity: str, nets: dict[str, Decimal | None], drawn: random.Random) -> PriceRow:
    """Return a price of 60 to 99 % of the product's own; one in thirty is on request."""
    if drawn.random() < 1 / 30:
        return PriceRow(identity, None)
    cents = int((nets[identity] or Decimal(1)) * drawn.randint(60, 99))
    return PriceRow(identity, Decimal(max(cents, 1)) / 100)
