"""How many promotions may be in force at once, and what a refusal says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.errors import InvalidPromotion
from commerce.pricing import Selected
from commerce.product import Catalog
from commerce.promotion_limits import MOST_CONDITIONS, conditions, refuse_too_many
from commerce.promotions import Promotion
from commerce.records import Records
from language.filters import parse_filter

NOW = datetime(2027, 3, 1, tzinfo=UTC)
WEEK = timedelta(days=7)


def on(identity: str, text: str, off: str = "-10", **more: object) -> Promotion:
    selected = Selected(filter=parse_filter(text))
    return Promotion(identity, selected, percent=Decimal(off), **more)  # type: ignore[arg-type]


def fixed(at: int) -> Promotion:
    return Promotion(f"fixed-{at}", Selected(frozenset([f"p{at}"])), net=Decimal(at))


@pytest.mark.parametrize(
    ("promotions", "expected"),
    [
        ([], 0),
        ([on("a", 'brand = "HP"')], 2),
        ([on("a", 'brand != "HP" AND NOT (price < 3 OR brand EXISTS)')], 5),
        ([on("a", 'brand = "HP"'), on("b", 'brand = "Dell"'), on("c", 'brand = "HP"')], 3),
        ([on("a", 'brand = "HP"'), on("b", 'brand = "HP"', "-20")], 4),
        ([on("a", 'brand = "HP"', applies_to_price_lists=True)], 12),
        ([fixed(at) for at in range(80)], MOST_CONDITIONS),
        ([on(name, f'brand = "{name}"', stackable=True) for name in "abc"], 20),
    ],
)
def test_conditions_are_counted_by_reduction(promotions: list[Promotion], expected: int) -> None:
    assert conditions(promotions) == expected


def test_a_thousand_promotions_of_one_reduction_are_one() -> None:
    many = [Promotion(f"s{at}", Selected(frozenset([f"p{at}"])), percent=Decimal(-5)) for at in range(1_000)]
    refuse_too_many(on("all", "id EXISTS", "-50"), many)
    assert conditions(many) == 3


def test_one_too_many_is_refused_with_the_moment_and_a_mend() -> None:
    many = [fixed(at) for at in range(80)]
    late = replace(fixed(99), valid_from=NOW)
    with pytest.raises(InvalidPromotion, match=r"81 promotions .* from 2027-03-01T00:00:00\+00:00 on.*put promotions"):
        refuse_too_many(late, many)
    ending = [replace(each, valid_until=NOW) for each in many[:1]]
    refuse_too_many(late, [*ending, *many[1:]])


def test_what_follows_one_another_or_is_off_or_a_tier_is_not_counted_together() -> None:
    weeks = [
        replace(fixed(at), id=f"{week}-{at}", valid_from=NOW + week * WEEK, valid_until=NOW + (week + 1) * WEEK)
        for week in range(3)
        for at in range(80)
    ]
    refuse_too_many(weeks[0], weeks[1:])
    refuse_too_many(replace(fixed(99), enabled=False), weeks)
    refuse_too_many(replace(fixed(99), min_quantity=2), weeks)
    with pytest.raises(InvalidPromotion):
        refuse_too_many(fixed(99), weeks)


def test_a_later_promotion_that_joins_is_looked_at_too() -> None:
    always = fixed(99)
    with pytest.raises(InvalidPromotion, match="from 2027-03-08"):
        refuse_too_many(always, [replace(fixed(at), valid_from=NOW + WEEK) for at in range(80)])


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    found = Records(f"sqlite:///{tmp_path / 'vitrine.db'}")
    found.upgrade()
    found.put_catalog(Catalog("shop", "EUR"))
    yield found
    found.close()


def test_the_records_refuse_it_and_a_dry_run_says_so(records: Records) -> None:
    for at in range(80):
        records.put_promotion("shop", fixed(at))
    for dry_run in (True, False):
        with pytest.raises(InvalidPromotion, match="of at most 240"):
            records.put_promotion("shop", fixed(99), dry_run=dry_run)
    # What is there may be written again.
    assert records.put_promotion("shop", replace(fixed(7), code="week")).version == 2
