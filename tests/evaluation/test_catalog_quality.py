"""What is wrong with a catalogue: every planted problem is found, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.product import AttributeValue, CatalogItem, Offer, Product, Quantity, Variant
from evaluation.catalog_quality import CatalogQuality, figures, measure, measure_basics
from evaluation.catalog_quality.completeness import PARTS, Part, lacking
from evaluation.catalog_quality.outliers import NUMBER_RULE, PRICE_RULE
from evaluation.catalog_quality.sketches import Extremes, LogHistogram, Sample, stable_hash
from language.attributes import AttributeDictionaryBuilder

COLOURS = ("amber", "black", "cream", "dove", "ebony", "fawn", "green", "henna", "ivory", "jade")
SHAPES = ("round", "square", "oval", "tall", "flat", "curved")
Typed = tuple[CatalogItem, str | None]


def sound(at: int, kind: str = "lamp") -> CatalogItem:
    """A product without any fault; titles differ in words and number."""
    product = Product(
        id=f"{kind}-{at:03}",
        title=f"{kind.title()} {COLOURS[at % 10]} {SHAPES[at % 6]} model {at}",
        description="Good.",
        brand=("Acme", "Bolt")[at % 2],
        mpn=f"{kind}{at}",
        gtin=(f"{kind}{at:05}",),
        category=(f"Home > {kind}",),
        image_urls=("http://shop.example/1.jpg",),
        attributes={"weight": 100.0 + at, "dimmable": at % 2 == 0, "finish": COLOURS[at % 10]},
    )
    return CatalogItem(product, Offer(Decimal(20 + at)))


def catalogue(**changed: CatalogItem) -> list[Typed]:
    """Forty lamps and thirty shelves, some of them changed by id (with underscores)."""
    items = [sound(at) for at in range(40)] + [sound(at, "shelf") for at in range(30)]
    new = {name.replace("_", "-"): item for name, item in changed.items()}
    return [(new.get(each.product.id, each), each.product.id.split("-")[0]) for each in items]


def with_product(item: CatalogItem, **changes: Any) -> CatalogItem:
    return replace(item, product=replace(item.product, **changes))


def test_a_sound_catalogue_has_no_problems() -> None:
    quality = measure(catalogue())
    basics = quality.basics
    assert (basics.products, basics.variants) == (70, 0)
    assert [lack.products for lack in basics.lacks] == [0] * len(PARTS)
    assert (quality.outliers.prices, quality.outliers.numbers) == ((), ())
    assert (basics.titles.short, basics.titles.long, basics.duplicates.groups) == (0, 0, ())
    assert (basics.coverage.mixed, basics.coverage.without_attributes) == ((), 0)


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("picture", {"image_urls": ()}),
        ("category", {"category": ()}),
        ("brand", {"brand": None}),
        ("gtin", {"gtin": ()}),
        ("mpn", {"mpn": None}),
        ("description", {"description": "  "}),
        ("title", {"title": ""}),
    ],
)
def test_what_a_product_lacks_is_found_with_its_brand_and_type(part: Part, changes: dict[str, Any]) -> None:
    quality = measure(catalogue(lamp_003=with_product(sound(3), **changes)))
    found = {lack.part: lack for lack in quality.basics.lacks}
    assert {name for name, lack in found.items() if lack.products} == {part}
    lack = quality.basics.lack(part)
    assert (lack.products, lack.share, lack.sample) == (1, 1 / 70, ("lamp-003",))
    assert [(group.name, group.products, group.lacking) for group in lack.types] == [("lamp", 40, 1)]
    brands = [] if part == "brand" else [("Bolt", 35, 1)]
    assert [(group.name, group.products, group.lacking) for group in lack.brands] == brands


def test_a_product_lacks_what_one_of_its_variants_lacks() -> None:
    base = with_product(sound(1), gtin=(), mpn=None, image_urls=())
    whole = Variant("v1", mpn="m", gtin=("g",), image_urls=("u",), offer=Offer(Decimal(1)))
    bare = Variant("v2")
    assert lacking(with_product(base, variants=(whole,))) == ()
    assert lacking(with_product(base, variants=(whole, bare))) == ("price", "picture", "gtin", "mpn")
    # What the product says, it says for its variants; a price of its own does not count beside variants.
    assert lacking(with_product(sound(1), variants=(whole, bare))) == ("price",)


def test_a_slipped_decimal_point_is_an_outlier_of_its_type() -> None:
    dear, cheap = replace(sound(7), offer=Offer(Decimal(2_700))), replace(sound(8), offer=Offer(Decimal("0.28")))
    outliers = measure(catalogue(lamp_007=dear, lamp_008=cheap)).outliers
    found = {(each.id, each.group, each.reason) for each in outliers.prices}
    assert found == {("lamp-007", "lamp", "high"), ("lamp-008", "lamp", "low")}
    lamps = next(each for each in outliers.distributions if each.group == "lamp")
    assert (lamps.count, lamps.outside) == (40, 2)
    assert lamps.median == pytest.approx(39, rel=0.05)
    assert lamps.low < 20 < 60 < lamps.high
    assert outliers.numbers == ()


def test_what_is_usual_for_one_type_stands_out_in_another() -> None:
    shelves = [(replace(sound(at, "shelf"), offer=Offer(Decimal(3_000 + at))), "shelf") for at in range(30)]
    lamps = [(sound(at), "lamp") for at in range(40)]
    assert measure([*lamps, *shelves]).outliers.prices == ()
    lamps[5] = (replace(sound(5), offer=Offer(Decimal(3_000))), "lamp")
    assert [each.id for each in measure([*lamps, *shelves]).outliers.prices] == ["lamp-005"]


def test_prices_of_a_small_type_are_compared_with_the_whole_catalogue() -> None:
    rare = [(replace(sound(at, "rug"), offer=Offer(Decimal(30 + at))), "rug") for at in range(4)]
    rare.append((replace(sound(9, "rug"), offer=Offer(Decimal(90_000))), "rug"))
    outliers = measure([*catalogue(), *rare]).outliers.prices
    assert [(each.id, each.group) for each in outliers] == [("rug-009", "")]


def test_a_price_of_nothing_is_named_and_stays_out_of_the_distribution() -> None:
    outliers = measure(catalogue(lamp_001=replace(sound(1), offer=Offer(Decimal(0))))).outliers
    assert [(each.id, each.reason, each.median) for each in outliers.prices] == [("lamp-001", "zero", None)]
    assert {each.group: each.count for each in outliers.distributions} == {"lamp": 39, "shelf": 30}


def test_a_variant_s_price_is_named_with_its_product() -> None:
    variants = (Variant("a", offer=Offer(Decimal(25))), Variant("b", offer=Offer(Decimal(25_000))))
    outliers = measure(catalogue(lamp_004=with_product(sound(4), variants=variants))).outliers.prices
    assert [(each.product, each.id) for each in outliers] == [("lamp-004", "b")]


def test_a_wrong_unit_and_a_wrong_sign_are_outliers_of_an_attribute() -> None:
    def weighing(at: int, weight: AttributeValue) -> CatalogItem:
        return with_product(sound(at), attributes={**sound(at).product.attributes, "weight": weight})

    many = [(with_product(sound(at), attributes={"weight": 100.0 + at}), "lamp") for at in range(120)]
    many[3] = (weighing(3, 0.103), "lamp")
    many[4] = (weighing(4, -104.0), "lamp")
    many[5] = (weighing(5, Quantity(0.105, "kg")), "lamp")
    found = measure(many).outliers.numbers
    assert {(each.id, each.field, each.reason) for each in found} == {
        ("lamp-003", "attributes.weight", "low"),
        ("lamp-004", "attributes.weight", "negative"),
    }


def test_titles_are_measured_against_what_people_and_channels_can_use() -> None:
    changed = {
        "lamp_001": with_product(sound(1), title="Lamp 1"),
        "lamp_002": with_product(sound(2), title="Schreibtischleuchte"),
        "lamp_003": with_product(sound(3), title="Lamp with a very long story " * 6),
    }
    titles = measure(catalogue(**changed)).basics.titles
    assert [odd.id for odd in titles.short_sample] == ["lamp-001", "lamp-002"]
    assert [odd.id for odd in titles.long_sample] == ["lamp-003"]
    assert sum(titles.histogram) == 70
    assert titles.histogram[-1] == 1


def test_coverage_counts_attributes_by_type_and_names_who_lacks_them() -> None:
    bare = with_product(sound(6), attributes={"finish": "raw"})
    coverage = measure(catalogue(lamp_006=bare, lamp_007=with_product(sound(7), attributes={}))).basics.coverage
    assert coverage.types == (("lamp", 40), ("shelf", 30))
    assert coverage.without_attributes == 1
    found = {(each.type, each.attribute): each for each in coverage.by_type}
    assert found["lamp", "weight"].having == 38
    assert found["lamp", "weight"].lacking_sample == ("lamp-006", "lamp-007")
    assert found["shelf", "finish"].share == 1.0


def test_an_attribute_in_several_kinds_names_the_values_that_are_left_out() -> None:
    odd = with_product(sound(2), attributes={"weight": "heavy", "dimmable": (True, "partly"), "finish": "matt"})
    mixed = {each.attribute: each for each in measure(catalogue(lamp_002=odd)).basics.coverage.mixed}
    assert set(mixed) == {"weight", "dimmable"}
    assert (mixed["weight"].kind, mixed["weight"].others, mixed["weight"].sample) == (
        "number",
        (("text", 1),),
        ("lamp-002",),
    )
    assert (mixed["dimmable"].kind, mixed["dimmable"].left_out) == ("boolean", 1)


scalars = st.one_of(st.text("ab", min_size=1, max_size=3), st.floats(0.1, 9), st.booleans())
values = st.one_of(scalars, st.lists(scalars, min_size=1, max_size=3).map(tuple), st.just(Quantity(1.0, "m")))
products = st.builds(
    Product,
    id=st.text("abcdefgh", min_size=4, max_size=8),
    title=st.sampled_from(("red lamp 1", "lamp red 1", "blue lamp", "x", "")),
    description=st.sampled_from(("", "good")),
    brand=st.sampled_from((None, "Acme", "Bolt")),
    mpn=st.sampled_from((None, "m-1", "M1", "m2")),
    gtin=st.lists(st.sampled_from(("1", "01", "2")), max_size=2, unique=True).map(tuple),
    category=st.sampled_from(((), ("A",))),
    image_urls=st.sampled_from(((), ("u",))),
    attributes=st.dictionaries(st.sampled_from("pqr"), values, max_size=3),
    variants=st.lists(st.builds(Variant, id=st.sampled_from(("v", "w"))), max_size=2, unique_by=lambda v: v.id).map(
        tuple
    ),
)
offers = st.builds(Offer, net=st.one_of(st.none(), st.decimals(0, 99_999, places=2)))
typed = st.tuples(st.builds(CatalogItem, product=products, offer=offers), st.sampled_from((None, "one", "two")))
catalogues = st.lists(typed, max_size=60, unique_by=lambda pair: pair[0].product.id)


@settings(max_examples=50, deadline=None)
@given(catalogues, st.randoms(use_true_random=False))
def test_the_order_of_products_does_not_matter(items: Sequence[Typed], random: Random) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)
    assert measure(items) == measure(shuffled)


@settings(max_examples=50, deadline=None)
@given(catalogues)
def test_counts_add_up(items: Sequence[Typed]) -> None:
    quality: CatalogQuality = measure(items)
    basics = quality.basics
    assert basics.products == len(items) == sum(basics.titles.histogram)
    for lack in basics.lacks:
        assert lack.products == sum(lack.part in lacking(item) for item, _ in items)
        assert sum(group.lacking for group in lack.types) <= lack.products
        assert all(group.lacking <= group.products for group in (*lack.types, *lack.brands))
    assert sum(count for _, count in basics.coverage.types) == sum(type_name is not None for _, type_name in items)
    assert all(0 < each.having <= each.products for each in basics.coverage.by_type)
    assert all(group.products >= 2 for group in basics.duplicates.groups)
    assert figures(basics) == figures(measure_basics(item for item, _ in items))


@given(st.lists(st.dictionaries(st.sampled_from("pqr"), values, max_size=3), min_size=1, max_size=12))
def test_an_attribute_s_kind_is_the_one_that_indexing_gives_it(attributes: list[dict[str, AttributeValue]]) -> None:
    dictionary = AttributeDictionaryBuilder()
    for each in attributes:
        dictionary.add(each)
    items = [(CatalogItem(Product(str(at), "t", attributes=each)), None) for at, each in enumerate(attributes)]
    for mixed in measure(items).basics.coverage.mixed:
        assert mixed.kind == dictionary.build()[mixed.attribute].kind


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.01, 1e6), min_size=20, max_size=200))
def test_no_price_near_the_median_is_ever_called_an_outlier(prices: list[float]) -> None:
    items = [(CatalogItem(Product(str(at), "t"), Offer(Decimal(repr(net)))), "all") for at, net in enumerate(prices)]
    median = float(np.quantile(prices, 0.5, method="lower"))
    for each in measure(items).outliers.prices:
        assert max(each.number / median, median / each.number) > PRICE_RULE.ratio * 0.95
        assert abs(each.score) >= PRICE_RULE.score * 0.95
    assert NUMBER_RULE.ratio > PRICE_RULE.ratio


@given(st.lists(st.floats(1e-6, 1e9), min_size=1, max_size=100))
def test_a_histogram_knows_the_median_within_its_bin(numbers: list[float]) -> None:
    histogram = LogHistogram()
    for number in numbers:
        histogram.add(number)
    exact = np.quantile(np.log10(numbers), 0.5, method="inverted_cdf")
    assert histogram.median() == pytest.approx(exact, abs=0.0051)
    assert histogram.outside(-7, 10) == 0
    assert histogram.outside(11, 12) == len(numbers)


@given(st.lists(st.tuples(st.integers(0, 9), st.uuids().map(str)), unique_by=lambda pair: pair[1]), st.integers(1, 5))
def test_bounded_memories_keep_what_a_sort_would_keep(pairs: list[tuple[int, str]], size: int) -> None:
    extremes, sample = Extremes(size), Sample[str](size)
    for number, identity in pairs:
        extremes.add(number, identity)
        sample.add(stable_hash(identity), identity, identity)
    assert [entry[:2] for entry in extremes.low()] == sorted(pairs)[:size]
    assert [entry[:2] for entry in extremes.high()] == sorted(pairs, key=lambda pair: (-pair[0], pair[1]))[:size]
    assert sample.things() == sorted(sorted((identity for _, identity in pairs), key=stable_hash)[:size])
