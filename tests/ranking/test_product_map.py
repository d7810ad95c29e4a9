"""Maps: neighbours in meaning lie near each other, and nobody sees of a map what their products do not say."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.embedded import EmbeddedEngine
from language.encoder import normalised
from ranking.product_map.artefact import ProductMap, load, numbered, save
from ranking.product_map.drawing import draw
from ranking.product_map.gaps import Asked, gaps
from ranking.product_map.layout import lay_out, word_vectors
from ranking.product_map.regions import neighbourhoods, telling_words
from ranking.product_map.view import seen
from registry import BadArtefact, Registry, write_tensors
from tests.conformance.catalogue import SCHEMA, document
from tests.sample import SAMPLES

# Two regions: cables on the left, two kinds of printers on the right.
IDS = ("c1", "c2", "c3", "p1", "p2", "p3", "p4")


def small_map() -> ProductMap:
    category, categories = numbered(["Cable", "Cable", "", "Printer", "Printer", "Print > Laser printer", ""])
    brand, brands = numbered(["Acme", "Secret", "", "HP", "HP", "HP", "HP"])
    word, words = numbered(["cable", "cable", "cord", "printer", "printer", "laser", "laser"])
    places = np.array([[0, 0], [10, 0], [0, 10], [90, 90], [100, 90], [90, 100], [100, 100]], np.uint16)
    region = np.array([0, 0, 0, 1, 1, 1, 1], np.int32)
    return ProductMap(IDS, places, region, category, brand, word, categories, brands, words)


def test_products_of_the_same_kind_lie_nearer_to_each_other_than_to_others() -> None:
    random = np.random.default_rng(3)
    kinds = np.repeat(np.arange(3), 30)
    centres = normalised(random.normal(size=(3, 16)))
    vectors = normalised(centres[kinds] + random.normal(scale=0.1, size=(90, 16)))
    places = lay_out(vectors)
    assert places.min() >= 0.0
    assert places.max() <= 1.0
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (kinds[distances.argmin(axis=1)] == kinds).all()
    assert (lay_out(vectors) == places).all()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_the_smallest_catalogues_have_a_map_too(count: int) -> None:
    vectors = normalised(np.random.default_rng(1).normal(size=(count, 4)))
    places = lay_out(vectors)
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()


def test_products_that_are_all_alike_have_a_place() -> None:
    assert np.isfinite(lay_out(np.tile(normalised(np.ones((1, 4))), (6, 1)))).all()


def test_titles_with_the_same_words_have_near_vectors() -> None:
    vectors = word_vectors(["red lamp", "red lamp holder", "garden chair", "chair for the garden", "lamp red", ""])
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > likeness[0, 2]
    assert likeness[2, 3] > likeness[2, 1]


def test_titles_without_a_word_have_vectors_too() -> None:
    assert word_vectors(["-", "!"]).shape[0] == 2


def test_a_region_is_told_from_the_others_by_its_own_words() -> None:
    titles = ["red cable", "blue cable", "red printer", "blue printer", "42"]
    assert telling_words(titles, np.array([0, 0, 1, 1, 1])) == ["cable", "cable", "printer", "printer", ""]


def test_neighbourhoods_are_as_many_as_the_products_need() -> None:
    places = np.random.default_rng(2).random((1_000, 2)).astype(np.float32)
    regions = neighbourhoods(places)
    assert len(np.unique(regions)) == 10
    assert (neighbourhoods(places) == regions).all()
    assert (neighbourhoods(places[:10]) == 0).all()


def test_a_map_is_kept_as_it_was_drawn(tmp_path: Path) -> None:
    drawn = small_map()
    save(drawn, tmp_path)
    kept = load(tmp_path)
    assert (kept.ids, kept.categories, kept.brands, kept.words) == (IDS, drawn.categories, drawn.brands, drawn.words)
    for name in ("places", "region", "category", "brand", "word"):
        assert (getattr(kept, name) == getattr(drawn, name)).all()


@pytest.mark.parametrize("names", [b"{}", b"[", b'{"ids": ["a"], "categories": [], "brands": [], "words": []}'])
def test_a_map_whose_files_do_not_belong_together_is_refused(tmp_path: Path, names: bytes) -> None:
    save(small_map(), tmp_path)
    (tmp_path / "names.json").write_bytes(names)
    with pytest.raises(BadArtefact, match="draw it again"):
        load(tmp_path)


def test_a_number_without_a_name_is_refused(tmp_path: Path) -> None:
    drawn = small_map()
    save(drawn, tmp_path)
    arrays = {"places": drawn.places, "region": drawn.region.astype(np.uint8), "brand": drawn.brand, "word": drawn.word}
    write_tensors(tmp_path / "places.safetensors", {**arrays, "category": drawn.category + 99})
    with pytest.raises(BadArtefact, match="no name"):
        load(tmp_path)


@given(st.lists(st.sampled_from([*IDS, "new"]), unique=True))
def test_a_view_says_nothing_that_its_own_products_do_not_say(ids: list[str]) -> None:
    drawn = small_map()
    view = seen(drawn, ids)
    rows = view.rows.tolist()
    assert sorted(drawn.ids[row] for row in rows) == sorted(set(ids) - {"new"})
    assert view.unplaced == ids.count("new")
    own_brands = {drawn.brands[drawn.brand[row]] for row in rows if drawn.brand[row] >= 0}
    own_categories = {drawn.categories[drawn.category[row]] for row in rows if drawn.category[row] >= 0}
    assert set(view.brands) == own_brands
    assert set(view.categories) == own_categories
    for row, code in zip(rows, view.brand.tolist(), strict=True):
        assert (code < 0) == (drawn.brand[row] < 0)
        assert code < 0 or view.brands[code] == drawn.brands[drawn.brand[row]]
    said = {each.rpartition(" > ")[2] for each in own_categories} | {drawn.words[drawn.word[row]] for row in rows}
    assert {region.name for region in view.regions} <= said
    assert [region.number for region in view.regions] == list(range(len(view.regions)))
    assert [(view.region == each.number).sum() for each in view.regions] == [each.products for each in view.regions]


def test_a_region_is_named_after_its_commonest_category_or_else_its_word() -> None:
    names = {region.number: region.name for region in seen(small_map(), IDS).regions}
    assert names == {0: "Cable", 1: "Printer"}
    assert [region.name for region in seen(small_map(), ["c3", "p4"]).regions] == ["cord", "laser"]
    assert [(each.number, each.name) for each in seen(small_map(), ["p4"]).regions] == [(0, "laser")]


def test_searches_that_found_nothing_point_at_the_region_that_is_nearest() -> None:
    found = gaps(small_map(), IDS, IDS, [Asked("braided cable", 4, 4, ["c1", "c2"]), Asked("printer", 9, 0, ["p1"])])
    first, second = found.regions
    assert (first.region.name, first.reasons, first.queries) == ("Cable", ("nothing_found",), ("braided cable",))
    assert (first.searches, first.without_result) == (4.0, 4.0)
    assert (second.region.name, second.reasons, second.searches) == ("Printer", (), 9.0)


def test_a_search_between_two_regions_counts_half_in_each() -> None:
    found = gaps(small_map(), IDS, IDS, [Asked("cable printer", 2, 0, ["c1", "p1"])])
    assert [region.searches for region in found.regions] == [1.0, 1.0]


def test_what_the_assortment_hardly_holds_is_a_gap_where_it_is_searched_for() -> None:
    found = gaps(small_map(), IDS, ["c1", "c2", "c3"], [Asked("printer", 1, 0, ["p1"])])
    assert [(each.region.name, each.seen, each.reasons) for each in found.regions] == [
        ("Printer", 0, ("few_in_assortment",)),
        ("Cable", 3, ()),
    ]


def test_much_asked_of_little_is_a_gap() -> None:
    found = gaps(small_map(), IDS, ["c1", "p1", "p2", "p3", "p4"], [Asked("cable", 9, 0, ["c1"])])
    assert found.regions[0].region.name == "Cable"
    assert found.regions[0].reasons == ("few_products",)


def test_queries_near_no_product_are_told_apart() -> None:
    found = gaps(small_map(), IDS, IDS, [Asked("xyzzy", 2, 2, []), Asked("new thing", 3, 0, ["new"])])
    assert [asked.text for asked in found.nowhere] == ["new thing", "xyzzy"]
    assert all(not each.reasons for each in found.regions)


def test_an_index_is_drawn_with_the_names_of_its_products(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path)
    version = engine.create("shop", SCHEMA)
    builder = engine.builder("shop", version)
    kinds = {"lamp": (1.0, 0.0, 0.0), "chair": (0.0, 1.0, 0.0)}
    builder.write(
        document(f"{kind}-{at}", f"{kind} {at}", vector=vector, brand="Acme")
        for kind, vector in kinds.items()
        for at in range(4)
    )
    builder.commit(1)
    builder.close()
    engine.switch("shop", version)
    index = engine.open("shop")
    assert index is not None
    drawn = draw(index)
    assert drawn.ids == tuple(f"{kind}-{at}" for kind in ("chair", "lamp") for at in range(4))
    assert drawn.words == ("chair", "lamp")
    middle = drawn.places.astype(float).reshape(2, 4, 2).mean(axis=1)
    assert np.linalg.norm(middle[0] - middle[1]) > 1_000


@pytest.mark.parametrize(("catalog", "products"), [("icecat", 19_406), ("online_retail", 3_743)])
def test_the_samples_ship_a_map_of_all_their_products(tmp_path: Path, catalog: str, products: int) -> None:
    drawn = load(Registry(tmp_path).install(SAMPLES / catalog / "models" / "map", catalog).folder)
    assert len(drawn.rows) == products
    assert {len(np.unique(drawn.places[:, axis])) > 1_000 for axis in (0, 1)} == {True}
