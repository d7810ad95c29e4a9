"""Price lists as durable records, and their way into the change log."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.errors import InvalidPriceList, UnknownPriceList
from commerce.pricing import DEEPEST_CHAIN, PriceList, PriceRow, PriceRule
from commerce.product import Catalog, CatalogItem, Offer, Product, Variant
from commerce.records import ListPrices, PriceDiff, Records
from language.errors import InvalidFilter
from language.filters import parse_filter

NEW_YEAR = datetime(2027, 1, 1, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database)
    store.put_catalog(Catalog("shop", "EUR"))
    yield store
    store.close()


def row(article: str, net: str | None = "1.00", quantity: int = 1) -> PriceRow:
    return PriceRow(article, None if net is None else Decimal(net), quantity)


def prices(identity: str, *rows: PriceRow, rules: tuple[PriceRule, ...] = ()) -> PriceList:
    return PriceList(identity, "EUR", rows, rules)


def logged(records: Records) -> list[tuple[str, str]]:
    return [(change.product_id, change.kind) for change in records.changes_since("shop", 0)]


def test_a_list_is_read_back_as_it_was_written(records: Records) -> None:
    rules = (
        PriceRule("base", parse_filter('brand = "HP" AND NOT (released < 3 OR mpn EXISTS)'), Decimal("-5.5")),
        PriceRule(amount=Decimal("0.10")),
    )
    rows = (row("b", None), row("c", "1E+3"), row("ä/1", "12.345678"), row("ä/1", "9.5", 10))
    written = PriceList("Vertrag 4711/ä", "USD", rows, rules, NEW_YEAR, NEW_YEAR + timedelta(days=1))
    assert records.put_price_list("shop", written).prices == 4
    found = records.price_list("shop", "Vertrag 4711/ä")
    assert found == replace(written, version=1)
    assert found.valid_from is not None
    assert found.valid_from.utcoffset() == timedelta(hours=1)
    (head,) = records.price_lists("shop")
    assert (head.id, head.currency, head.prices, head.version, head.rules) == (written.id, "USD", 4, 1, rules)


def test_equal_content_changes_nothing_and_is_not_logged(records: Records) -> None:
    first = prices("a", row("1", "1.50"), row("2"))
    assert records.put_price_list("shop", first).version == 1
    for same in (first, prices("a", row("2"), row("1", "1.5"))):
        again = records.put_price_list("shop", same)
        assert (again.version, again.diff) == (1, PriceDiff())
    assert records.put_price_list("shop", prices("a", row("1", "1.49"), row("2"))).version == 2
    assert logged(records) == [("a", "prices"), ("a", "prices")]


def test_the_difference_names_every_row(records: Records) -> None:
    records.put_price_list("shop", prices("a", row("1"), row("2"), row("2", "0.9", 10), row("3", None)))
    now = prices("a", row("1"), row("2", "1.1"), row("3", "5"), row("4"), rules=(PriceRule(),))
    expected = PriceDiff(
        added=(row("4"),),
        removed=(row("2", "0.9", 10),),
        changed=((row("2"), row("2", "1.1")), (row("3", None), row("3", "5"))),
        terms=True,
    )
    dry = records.put_price_list("shop", now, dry_run=True)
    assert (dry.version, dry.diff, dry.diff.prices) == (2, expected, 4)
    assert records.price_list("shop", "a").version == 1
    assert records.put_price_list("shop", now) == dry
    assert len(logged(records)) == 2


def test_other_terms_alone_are_a_change(records: Records) -> None:
    first = prices("a", row("1"))
    records.put_price_list("shop", first)
    for at, other in enumerate(
        (
            replace(first, currency="USD"),
            replace(first, valid_from=NEW_YEAR),
            replace(first, valid_until=NEW_YEAR),
            replace(first, rules=(PriceRule(percent=Decimal(1)),)),
        ),
        start=2,
    ):
        written = records.put_price_list("shop", other)
        assert (written.version, written.diff) == (at, PriceDiff(terms=True))
    # The same moment, named from elsewhere.
    moved = replace(first, valid_from=NEW_YEAR)
    records.put_price_list("shop", moved)
    assert not records.put_price_list("shop", replace(moved, valid_from=NEW_YEAR.astimezone(UTC))).diff


def test_articles_that_the_catalogue_does_not_have_are_kept_and_counted(records: Records) -> None:
    mug = Product("mug", "Mug", variants=(Variant("mug-red", offer=Offer(Decimal(1))),))
    records.upsert("shop", [CatalogItem(mug)])
    written = records.put_price_list("shop", prices("a", row("mug"), row("mug-red"), row("gone"), row("gone", "1", 5)))
    assert (written.prices, written.unknown) == (4, 1)


def test_a_deleted_list_is_gone_and_logged_once(records: Records) -> None:
    records.put_price_list("shop", prices("a", row("1")))
    assert records.delete_price_list("shop", "a")
    assert not records.delete_price_list("shop", "a")
    assert not records.delete_price_list("shop", "\0")
    for unknown in ("a", "\0", "\ud800"):
        with pytest.raises(UnknownPriceList):
            records.price_list("shop", unknown)
    assert logged(records) == [("a", "prices")] * 2
    assert records.put_price_list("shop", prices("a")).diff.terms
    assert records.price_list("shop", "a").rows == ()


def test_rules_may_stand_on_other_lists_but_not_in_a_circle(records: Records) -> None:
    records.put_price_list("shop", prices("c", rules=(PriceRule("nowhere"),)))
    records.put_price_list("shop", prices("b", rules=(PriceRule("c"), PriceRule())))
    records.put_price_list("shop", prices("a", rules=(PriceRule("b"), PriceRule("c"))))
    for circle in (
        prices("c", rules=(PriceRule(), PriceRule("a"))),
        prices("c", rules=(PriceRule(), PriceRule("b"))),
        prices("c", rules=(PriceRule(), PriceRule("c"))),
    ):
        with pytest.raises(InvalidPriceList, match="itself") as refused:
            records.put_price_list("shop", circle)
        assert refused.value.pointer == "/rules/1/base"
    assert len(logged(records)) == 3


def test_rules_stand_on_each_other_no_deeper_than_prices_are_followed(records: Records) -> None:
    for at in range(1, DEEPEST_CHAIN + 1):
        records.put_price_list("shop", prices(f"l{at}", rules=(PriceRule(), PriceRule(f"l{at - 1}"))))
    with pytest.raises(InvalidPriceList, match="at most 8") as refused:
        records.put_price_list("shop", prices("l9", rules=(PriceRule("l1"), PriceRule("l8"))))
    assert refused.value.pointer == "/rules/1/base"
    # Nor may a list further down let those that stand on it stand deeper.
    with pytest.raises(InvalidPriceList, match=r"l8.*l0 > below"):
        records.put_price_list("shop", prices("l0", rules=(PriceRule("below"),)))
    records.put_price_list("shop", prices("l0", rules=(PriceRule(),)))
    records.put_price_list("shop", prices("l9", rules=(PriceRule("l7"),)))


@pytest.mark.parametrize("identity", ["", "LIST", "a\0", "\ud800"])
def test_an_unusable_id_is_refused(records: Records, identity: str) -> None:
    with pytest.raises(InvalidPriceList):
        records.put_price_list("shop", prices(identity))


def test_a_filter_that_could_not_be_read_again_is_refused(records: Records) -> None:
    text = "a = 1"
    for _ in range(45):
        text = f"b = 1 OR c = 1 AND ({text})"
    deep = parse_filter(text)
    with pytest.raises(InvalidFilter, match="deeper"):
        records.put_price_list("shop", prices("a", rules=(PriceRule(filter=deep),)))
    assert logged(records) == []


def test_a_large_list_is_kept_in_parts_and_replaced_whole(records: Records) -> None:
    large = prices("a", *(row(f"{at:06}", str(at)) for at in range(10_001)))
    records.put_price_list("shop", large)
    assert records.price_list("shop", "a").rows == large.rows
    fewer = prices("a", *large.rows[1:4_500])
    diff = records.put_price_list("shop", fewer).diff
    assert (len(diff.removed), diff.added, diff.changed) == (5_502, (), ())
    assert records.price_list("shop", "a").rows == fewer.rows


def test_new_rows_of_many_lists_leave_their_terms(records: Records) -> None:
    rules = (PriceRule(percent=Decimal(-5)),)
    records.put_price_list("shop", PriceList("a", "USD", (row("1"),), rules, NEW_YEAR))
    given = [ListPrices("a", (row("2"),)), ListPrices("b", (row("1"),), valid_until=NEW_YEAR)]
    done = records.put_list_prices("shop", given)
    assert (done.written, done.unchanged, done.prices) == (2, 0, 2)
    assert list(records.whole_price_lists("shop")) == [
        PriceList("a", "USD", (row("2"),), rules, NEW_YEAR, version=2),
        PriceList("b", "EUR", (row("1"),), valid_until=NEW_YEAR, version=1),
    ]
    assert records.put_list_prices("shop", given).unchanged == 2
    assert records.put_list_prices("shop", [ListPrices("a", (row("2"),), valid_from=None)]).written == 1
    assert records.price_list("shop", "a").valid_from is None


def test_lists_that_fail_midway_leave_nothing(records: Records) -> None:
    def broken() -> Iterator[ListPrices]:
        yield ListPrices("a", (row("1"),))
        raise RuntimeError("the file ended")

    with pytest.raises(RuntimeError):
        records.put_list_prices("shop", broken())
    assert (list(records.price_lists("shop")), records.last_seq("shop")) == ([], 0)


def test_heads_come_by_id_and_in_pages(records: Records) -> None:
    names = ["B", "a", "z", "ä"]
    for name in ["ä", "z", "B", "a"]:
        records.put_price_list("shop", prices(name))
    records.put_catalog(Catalog("other", "EUR"))
    records.put_price_list("other", prices("m"))
    assert [head.id for head in records.price_lists("shop")] == names
    assert [head.id for head in records.price_lists("shop", limit=2)] == names[:2]
    assert [head.id for head in records.price_lists("shop", after="a", limit=2)] == names[2:]
    assert [each.id for each in records.whole_price_lists("shop", ["z", "nope", "\0", "a"])] == ["z", "a"]


ARTICLES = st.sampled_from(["a", "b", "ä", "Z", "a b"])
NETS = st.none() | st.decimals(0, 10_000, places=2)
TABLES = st.dictionaries(st.tuples(ARTICLES, st.integers(1, 3)), NETS, max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=TABLES, now=TABLES)
def test_a_difference_leads_from_one_list_to_the_next(
    records: Records,
    before: dict[tuple[str, int], Decimal | None],
    now: dict[tuple[str, int], Decimal | None],
) -> None:
    def of(table: dict[tuple[str, int], Decimal | None]) -> PriceList:
        return prices("a", *(PriceRow(article, net, quantity) for (article, quantity), net in table.items()))

    records.put_price_list("shop", of(before))
    was = records.price_list("shop", "a")
    written = records.put_price_list("shop", of(now))
    led = {(each.article_id, each.min_quantity): each.net for each in was.rows}
    for each in written.diff.removed:
        assert led.pop((each.article_id, each.min_quantity)) == each.net
    for old, new in written.diff.changed:
        assert led[old.article_id, old.min_quantity] == old.net != new.net
        led[new.article_id, new.min_quantity] = new.net
    for each in written.diff.added:
        assert (each.article_id, each.min_quantity) not in led
        led[each.article_id, each.min_quantity] = each.net
    found = records.price_list("shop", "a")
    assert led == now == {(each.article_id, each.min_quantity): each.net for each in found.rows}
    assert written.version == found.version == was.version + (before != now)
