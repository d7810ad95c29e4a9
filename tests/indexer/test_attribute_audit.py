"""What a catalogue manager is told of attributes."""

from collections.abc import Iterator
from itertools import islice

import pytest

from commerce.product import Product
from indexer.extraction.audit import AttributeAudit
from indexer.extraction.model import ExtractionModel
from indexer.values import ValueReader
from tests.indexer.test_extraction import DICTIONARY, cable, cables, learned


@pytest.fixture(scope="module")
def model() -> ExtractionModel:
    return learned(cables())


def audited(model: ExtractionModel | None, products: Iterator[Product]) -> AttributeAudit:
    audit = AttributeAudit(ValueReader(DICTIONARY), model)
    for product in products:
        audit.add(product, "Cable")
    return audit


def test_a_title_that_states_another_value_is_a_contradiction_with_its_evidence(model: ExtractionModel) -> None:
    product = cable(901, "Red", 3.0, {"colour": "Blue", "length": 3.0, "plug": "Western"})
    found = audited(model, iter([product])).contradictions
    assert [(each.stated.name, each.given, each.stated.value, each.stated.evidence) for each in found] == [
        ("colour", "Blue", "Red", "Red")
    ]


def test_equal_values_in_other_units_and_what_words_only_suggest_contradict_nothing(model: ExtractionModel) -> None:
    centimetres = Product("902", "Acme A902 cable RJ45 300 cm Red", attributes={"length": 3.0, "plug": "Type A"})
    assert audited(model, iter([centimetres])).contradictions == []


def test_completeness_counts_usual_attributes_and_what_texts_add(model: ExtractionModel) -> None:
    def some() -> Iterator[Product]:
        for number, product in enumerate(islice(cables(), 10)):
            rest = {name: value for name, value in product.attributes.items() if name != "colour" or number < 6}
            yield Product(product.id, product.title, product.description, attributes=rest)

    (with_texts,) = audited(model, some()).completeness()
    assert (with_texts.type_name, with_texts.products, with_texts.usual) == ("Cable", 10, 4)
    assert with_texts.given == pytest.approx(36 / 40)
    assert with_texts.extracted == pytest.approx(4 / 40)
    assert with_texts.lacking == ()
    (without,) = audited(None, some()).completeness()
    assert (without.extracted, without.lacking) == (0.0, (("colour", 4),))
