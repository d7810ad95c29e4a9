"""Reading missing attributes from texts: what is learned, what is believed, and what is said as evidence."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product as combinations
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.product import AttributeValue, Product
from indexer.extraction.artefact import load, save
from indexer.extraction.learning import ExtractionLearner, Judged, trusted
from indexer.extraction.model import ExtractionModel
from indexer.extraction.stated import filter_values, stated_rows, with_stated
from indexer.extraction.text import ProductText
from indexer.values import ValueReader
from language.dictionary import AttributeEntry, UnitRule
from registry import BadArtefact

METRES = UnitRule("m", 1.0, "override")
DICTIONARY = {
    "length": AttributeEntry("length", "number", {"en": "Length", "de": "Länge"}, unit="m", rules=(METRES,)),
    "colour": AttributeEntry("colour", "text", {"en": "Colour"}, group="design"),
    "plug": AttributeEntry("plug", "text", {"en": "Plug"}),
    "cartons": AttributeEntry("cartons", "number", {"en": "Cartons"}),
}
COLOURS = ["Black", "White", "Red", "Blue"]
LENGTHS = [0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0]


def cable(
    number: int, colour: str, length: float, attributes: Mapping[str, AttributeValue], noise: str = ""
) -> Product:
    plug = "RJ45" if number % 2 else "USB"
    title = f"Acme A{number} cable {plug} {length:g} m {colour} {noise}".strip()
    return Product(str(number), title, description=f"Patch cable for racks, {noise} 20 pieces", attributes=attributes)


def cables() -> Iterator[Product]:
    """Yield cables whose texts state colour and length, and by another word the plug; the cartons, nowhere."""
    for number, (colour, length, _) in enumerate(combinations(COLOURS, LENGTHS, range(5))):
        plug = "Western" if number % 2 else "Type A"
        attributes = {"colour": colour, "length": length, "plug": plug, "cartons": float(number * 7919 % 13)}
        yield cable(number, colour, length, attributes)


def learned(products: Iterator[Product]) -> ExtractionModel:
    learner = ExtractionLearner(DICTIONARY, ValueReader(DICTIONARY), "en")
    for product in products:
        learner.add(product, "Cable")
    return learner.build()


@pytest.fixture(scope="module")
def model() -> ExtractionModel:
    return learned(cables())


def test_numbers_are_read_in_the_attributes_unit_also_those_that_no_product_had(model: ExtractionModel) -> None:
    found = {each.name: each for each in model.extract(cable(901, "Red", 4.0, {}), "Cable")}
    assert (found["length"].value, found["length"].unit, found["length"].evidence) == (4.0, "m", "4 m")
    in_centimetres = Product("902", "Acme A902 cable USB 250 cm Red")
    assert {each.name: each.value for each in model.extract(in_centimetres, "Cable")}["length"] == 2.5


def test_words_are_read_in_their_own_spelling_and_by_what_goes_with_them(model: ExtractionModel) -> None:
    product = cable(903, "Blue", 2.0, {})
    found = {each.name: each for each in model.extract(product, "Cable")}
    assert (found["colour"].value, found["colour"].evidence) == ("Blue", "Blue")
    assert (found["plug"].value, found["plug"].evidence) == ("Western", "RJ45")
    assert all(0.9 < each.confidence < 1 for each in found.values())


def test_the_evidence_is_the_piece_of_text_that_it_says_it_is(model: ExtractionModel) -> None:
    product = cable(904, "White", 1.5, {})
    for each in model.extract(product, "Cable"):
        assert getattr(product, each.field)[each.start : each.end] == each.evidence


def test_what_texts_do_not_tell_is_not_read(model: ExtractionModel) -> None:
    assert "cartons" not in {each.name for each in model.extract(cable(905, "Red", 1.0, {}), "Cable")}


def test_what_is_given_is_not_read(model: ExtractionModel) -> None:
    names = {each.name for each in model.extract(cable(906, "Red", 1.0, {"colour": "Green"}), "Cable")}
    assert "colour" not in names
    assert "length" in names


def test_a_reading_that_is_mostly_wrong_is_not_believed() -> None:
    def contrary() -> Iterator[Product]:
        for number, product in enumerate(cables()):
            other = COLOURS[number * 31 % len(COLOURS)]
            yield cable(number, other, 1.0, product.attributes)

    model = learned(contrary())
    assert "colour" not in {each.name for each in model.extract(cable(907, "Red", 1.0, {}), "Cable")}


def test_a_type_whose_products_do_not_have_the_attribute_is_not_given_it() -> None:
    learner = ExtractionLearner(DICTIONARY, ValueReader(DICTIONARY), "en")
    for product in cables():
        learner.add(product, "Cable")
        # Paper says colours, too, but is never said to have one.
        learner.add(Product(f"paper-{product.id}", f"Paper {product.attributes['colour']}"), "Paper")
    model = learner.build()
    assert "colour" in {each.name for each in model.extract(Product("x", "Cable Red"), "Cable")}
    assert model.extract(Product("x", "Paper Red"), "Paper") == []


def test_learning_twice_and_reading_a_saved_model_give_the_same(model: ExtractionModel, tmp_path: Path) -> None:
    save(model, tmp_path)
    again, twice = load(tmp_path), learned(cables())
    for product in (cable(908, "Red", 1.0, {}), cable(909, "Black", 12.0, {})):
        first = model.extract(product, "Cable")
        assert first == again.extract(product, "Cable") == twice.extract(product, "Cable")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"locale": "en", "grams": [1]}'])
def test_a_broken_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "rules.json").write_bytes(content)
    with pytest.raises(BadArtefact):
        load(tmp_path)


def test_sheet_rows_say_source_confidence_place_and_the_label_of_the_locale(model: ExtractionModel) -> None:
    document = orjson.loads(with_stated(b'{"id":"911"}', model.extract(cable(911, "Red", 3.0, {}), "Cable")))
    rows = stated_rows(document, DICTIONARY, {"plug"}, "de")
    by_name = {row.name: row for row in rows}
    assert by_name.keys() == {"colour", "length"}
    length = by_name["length"]
    assert (length.label, length.source, length.normalised, length.normalised_unit) == ("Länge", "extracted", 3.0, "m")
    assert length.evidence == "“3 m” in the title"
    assert by_name["colour"].group == "Ausführung"


def test_filters_rest_on_what_is_sure_enough_and_in_the_attributes_own_unit(model: ExtractionModel) -> None:
    stated = model.extract(cable(911, "Red", 3.0, {}), "Cable")
    assert filter_values(stated, DICTIONARY, 0.9)["length"] == (3.0,)
    assert filter_values(stated, DICTIONARY, 1.0) == {}
    in_feet = {**DICTIONARY, "length": replace(DICTIONARY["length"], unit="ft")}
    assert filter_values(stated, in_feet, 0.9).keys() == {"colour", "plug"}


def test_readings_are_taken_from_the_score_on_at_which_most_were_right() -> None:
    judged = [Judged(0.9, is_right=True)] * 40 + [Judged(0.8, is_right=False)] * 10
    trust = trusted(judged)
    assert trust.confidence(0.9) == round(41 / 42, 3)
    assert trust.confidence(0.8) is None


def test_nothing_is_taken_where_hardly_a_product_that_says_it_gives_the_attribute() -> None:
    judged = [Judged(0.9, is_right=True)] * 20 + [Judged(0.9, is_right=None)] * 80
    assert trusted(judged).scores == ()


@given(st.text(max_size=200), st.text(max_size=200))
def test_every_run_of_words_and_every_number_stands_where_it_says(title: str, description: str) -> None:
    text = ProductText(title, description)
    for gram in text.grams.values():
        quoted = text.quote(gram.field, gram.start, gram.end).lower()
        assert all(word in quoted for word in gram.words.split(" "))
    for mention in text.mentions:
        assert any(each.isdigit() for each in text.quote(mention.field, mention.start, mention.end))


@given(st.lists(st.tuples(st.floats(0.7, 1.0), st.sampled_from([True, False, None])), max_size=60))
def test_confidence_never_falls_with_the_score_s_own_cuts_in_order(readings: list[tuple[float, bool | None]]) -> None:
    trust = trusted(Judged(score, is_right) for score, is_right in readings)
    assert list(trust.scores) == sorted(set(trust.scores))
    assert all(0 < share < 1 for share in trust.right)
