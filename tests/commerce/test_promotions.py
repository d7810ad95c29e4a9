"""What promotions make of one price, and their records."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.errors import InvalidPromotion, UnknownPromotion
from commerce.pricing import Selected
from commerce.product import Catalog, CatalogItem, Offer, Product, Variant
from commerce.promotions import Promotion, in_order, promote
from commerce.records import Records
from language.filters import parse_filter

NOW = datetime(2027, 3, 1, tzinfo=UTC)


def names(net: str, *promotions: Promotion) -> tuple[str, list[str]]:
    """Return the price that promotions make, and which they are."""
    made = promote(Decimal(net), in_order(promotions), "EUR")
    return (str(made.net), [each.id for each in made.by]) if made else (net, [])


def percent(identity: str, off: str, **more: object) -> Promotion:
    return Promotion(identity, percent=Decimal(off), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("net", "promotions", "expected"),
    [
        ("10.00", [], ("10.00", [])),
        ("9.99", [percent("half", "-50")], ("5.00", ["half"])),
        ("10.00", [percent("a", "-10"), percent("b", "-20")], ("8.00", ["b"])),
        ("10.00", [percent("b", "-10"), percent("a", "-10")], ("9.00", ["a"])),
        ("10.00", [percent("b", "-10", priority=1), percent("a", "-10")], ("9.00", ["b"])),
        ("10.00", [percent("a", "-10", stackable=True), percent("b", "-10", stackable=True)], ("8.10", ["a", "b"])),
        (
            "10.00",
            [percent("a", "-10", stackable=True), percent("b", "-10", stackable=True), percent("c", "-19")],
            ("8.10", ["c"]),
        ),
        ("10.00", [Promotion("dear", net=Decimal(12))], ("10.00", [])),
        ("10.00", [Promotion("fixed", net=Decimal("7.5"), minimum_net=Decimal(8))], ("8", ["fixed"])),
        ("10.00", [Promotion("off", amount=Decimal(-400))], ("0.00", ["off"])),
    ],
)
def test_the_buyer_has_the_cheaper_of_the_best_and_of_all_that_stack(
    net: str, promotions: list[Promotion], expected: tuple[str, list[str]]
) -> None:
    got, by = names(net, *promotions)
    assert (Decimal(got), by) == (Decimal(expected[0]), expected[1])


def test_a_promotion_is_in_force_from_its_beginning_until_before_its_end() -> None:
    sale = Promotion("sale", valid_from=NOW, valid_until=NOW + timedelta(days=1))
    moments = [NOW - timedelta(microseconds=1), NOW, NOW + timedelta(days=1)]
    assert [sale.standing(each) for each in moments] == ["not_yet_in_force", "in_force", "no_longer_in_force"]
    assert Promotion("off", enabled=False).standing(NOW) == "disabled"


def test_a_price_holds_as_long_as_all_that_make_it() -> None:
    ends = [None, NOW + timedelta(days=2), NOW + timedelta(days=1)]
    made = promote(
        Decimal(10),
        [percent(str(at), "-10", stackable=True, valid_until=end) for at, end in enumerate(ends)],
        "EUR",
    )
    assert made is not None
    assert made.valid_until == ends[2]


def test_a_badge_speaks_the_buyer_s_language_or_the_catalogue_s() -> None:
    sale = Promotion("sale", text={"en": "Sale", "de": "Angebot"})
    assert [sale.text_in(each, "en") for each in ("de-AT", "fr", "en")] == ["Angebot", "Sale", "Sale"]
    assert Promotion("mute").text_in("en") == ""


NETS = st.decimals(0, 10_000, places=2) | st.decimals(0, 10, places=6)
PROMOTIONS = st.lists(
    st.builds(
        Promotion,
        st.uuids().map(str),
        percent=st.decimals(-100, 0, places=3),
        amount=st.decimals(-20, 0, places=3),
        net=st.none() | st.decimals(0, 100, places=2),
        priority=st.integers(0, 2),
        stackable=st.booleans(),
        minimum_net=st.none() | st.decimals(0, 50, places=2),
    ),
    max_size=5,
)


@given(NETS, PROMOTIONS, st.randoms())
def test_no_price_is_raised_and_the_order_of_writing_is_nothing(
    net: Decimal, promotions: list[Promotion], chance: object
) -> None:
    made = promote(net, in_order(promotions), "EUR")
    paid = made.net if made else net
    assert Decimal(0) <= paid <= net
    for each in promotions:
        assert paid <= each.lowered(net, "EUR")
    if made:
        assert made.was == net > made.net >= min(each.floor for each in made.by)
        assert len(made.by) == 1 or all(each.stackable for each in made.by)
    shuffled = list(promotions)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert promote(net, in_order(shuffled), "EUR") == made


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    store = Records(f"sqlite:///{tmp_path / 'vitrine.db'}")
    store.upgrade()
    store.put_catalog(Catalog("shop", "EUR"))
    store.upsert("shop", [CatalogItem(Product("box", "box", variants=(Variant("box-s"),)))])
    yield store
    store.close()


def test_promotions_are_kept_as_they_were_written(records: Records) -> None:
    whole = Promotion(
        "spring/ä",
        Selected(frozenset({"box-s", "nobody"}), parse_filter('brand = "HP"')),
        percent=Decimal("-12.5"),
        net=Decimal("9.90"),
        text={"de": "Frühling", "en": "Spring"},
        code="sale",
        enabled=False,
        valid_from=NOW,
        valid_until=NOW + timedelta(days=1),
        priority=-3,
        stackable=True,
        applies_to_price_lists=True,
        minimum_net=Decimal("5.00"),
        min_quantity=7,
        version=1,
    )
    written = records.put_promotion("shop", whole)
    assert (written.version, written.changed, written.unknown) == (1, True, 1)
    assert records.promotion("shop", "spring/ä") == whole
    records.put_promotion("shop", Promotion("a"))
    assert [each.id for each in records.promotions("shop")] == ["a", "spring/ä"]
    assert [each.id for each in records.promotions("shop", after="a", limit=1)] == ["spring/ä"]


def test_only_real_changes_count_and_are_logged(records: Records) -> None:
    first = records.last_seq("shop")
    sale = percent("sale", "-10")
    assert records.put_promotion("shop", sale, dry_run=True).changed
    assert records.put_promotion("shop", sale).version == 1
    assert not records.put_promotion("shop", sale).changed
    assert records.put_promotion("shop", percent("sale", "-20")).version == 2
    assert records.delete_promotion("shop", "sale")
    assert not records.delete_promotion("shop", "sale")
    changes = records.changes_since("shop", first)
    assert [(each.product_id, each.kind) for each in changes] == [("sale", "promo")] * 3
    with pytest.raises(UnknownPromotion):
        records.promotion("shop", "sale")
    with pytest.raises(InvalidPromotion):
        records.put_promotion("shop", Promotion("a\0b"))


def test_what_articles_cost_is_kept_and_survives_changes_of_prices(records: Records) -> None:
    variant = Variant("box-s", offer=Offer(Decimal(10), cost=Decimal("6.10")))
    lamp = CatalogItem(Product("lamp", "lamp"), Offer(Decimal(20), cost=Decimal("12.00")))
    records.upsert("shop", [CatalogItem(Product("box", "box", variants=(variant,))), lamp])
    costs = [offer.cost for item in records.items("shop") for _, offer in item.offers()]
    assert costs == [Decimal("6.10"), Decimal("12.00")]
