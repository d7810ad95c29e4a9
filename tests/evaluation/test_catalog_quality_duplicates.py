"""Products that stand in a catalogue more than once."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.product import CatalogItem, Product, Variant
from evaluation.catalog_quality.duplicates import DuplicateFinder, DuplicateGroup, Sign, title_words
from evaluation.catalog_quality.sketches import stable_hash

TITLE = "Brother TN-2110 toner cartridge black original for HL-2140 laser printers"


def groups(*products: Product) -> list[DuplicateGroup]:
    finder = DuplicateFinder()
    for product in products:
        finder.add(CatalogItem(product), stable_hash(product.id))
    return list(finder.result().groups)


def titled(*titles: str) -> list[DuplicateGroup]:
    return groups(*(Product(str(at), title) for at, title in enumerate(titles)))


def test_a_gtin_is_the_same_with_and_without_leading_zeros() -> None:
    found = groups(Product("a", "one", gtin=("0012502615620",)), Product("b", "two", gtin=("12502615620", "7")))
    assert found == [DuplicateGroup("gtin", 2, ("a", "b"))]


def test_a_gtin_of_a_variant_counts_but_not_against_its_own_product() -> None:
    own = Product("a", "one", gtin=("5",), variants=(Variant("a1", gtin=("5",)), Variant("a2", gtin=("6",))))
    assert groups(own) == []
    assert groups(own, Product("b", "two", gtin=("6",))) == [DuplicateGroup("gtin", 2, ("a", "b"))]


def test_a_part_number_is_compared_within_its_brand_and_however_it_is_written() -> None:
    same = groups(
        Product("a", "one", brand="Brother", mpn="TN-2110"), Product("b", "two", brand="BROTHER", mpn="tn 2110")
    )
    assert same == [DuplicateGroup("part_number", 2, ("a", "b"))]
    assert groups(Product("a", "one", brand="HP", mpn="1"), Product("b", "two", brand="Dell", mpn="1")) == []
    assert groups(Product("a", "one", mpn="1"), Product("b", "two", mpn="1")) == []


@pytest.mark.parametrize(
    ("other", "signs"),
    [
        ("black Original TONER, cartridge (Brother) TN-2110 for hl-2140: laser printers", {"same_words"}),
        (TITLE.replace("cartridge", "cartridqe"), {"similar_title"}),
        (TITLE.replace("toner cartridge", "toner-cartridges"), {"similar_title"}),
        (TITLE.replace("TN-2110", "TN-2120"), set()),
        ("Brother TN-2110 drum", set()),
        ("Kingston memory module", set()),
    ],
)
def test_titles_are_compared_by_words_and_numbers(other: str, signs: set[Sign]) -> None:
    assert {group.sign for group in titled(TITLE, other)} == signs


def test_accents_case_and_punctuation_make_no_difference() -> None:
    assert title_words("Küchen-Tisch, Ø 80 cm") == title_words("kuchen tisch ø 80 CM")
    assert [group.sign for group in titled("Étagère murale chêne", "etagere, murale: CHENE")] == ["same_words"]


def test_products_without_a_title_are_no_duplicates_of_each_other() -> None:
    assert titled("", "", "!!", "–") == []


def test_a_group_of_thousands_is_counted_and_names_fifty() -> None:
    [group] = titled(*["the very same desk lamp"] * 3_000)
    assert (group.products, len(group.ids)) == (3_000, 50)


def test_similar_titles_are_found_among_many_that_differ() -> None:
    words = ("oak", "pine", "steel", "glass", "stone", "cloth", "paper", "brass", "wool", "cork")
    others = [f"{one} {two} {three} table" for one in words for two in words for three in words]
    planted = ("extensible garden furniture set anthracite", "extensible garden furniture sets anthracite")
    found = [group for group in titled(*others, *planted) if group.sign == "similar_title"]
    assert ("1000", "1001") in {group.ids for group in found}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("ab 1é", max_size=12), max_size=40), st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order(titles: list[str], random: Random) -> None:
    products = [Product(str(at), title) for at, title in enumerate(titles)]
    shuffled = list(products)
    random.shuffle(shuffled)
    assert groups(*products) == groups(*shuffled)
