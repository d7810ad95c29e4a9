"""What kind of thing a query asks for, and that the thing stands before what goes with it."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import orjson
import pytest

from benchmarks.intent import precision, read_cases
from commerce.buyer import ANONYMOUS
from engines.plan import Word
from engines.port import SearchIndex
from engines.results import StoredProduct
from language.analysis import analyzer
from language.encoder import Vectors
from language.vocabulary import Vocabulary
from ranking.fitting import fits
from ranking.intent import Category, Intent, IntentReader
from ranking.models import Models
from ranking.request import SearchRequest
from ranking.search import search
from ranking.signals import SignalReader

ENGLISH = analyzer("en")


class Names:
    """Knows that laptops are notebooks."""

    def vectors(self, texts: Sequence[str]) -> Vectors:
        near = {"laptop": 0, "Notebook": 0, "Notebook case": 1, "Printer": 2}
        rows = np.zeros((len(texts), 4), np.float32)
        for at, text in enumerate(texts):
            rows[at, near.get(text, 3)] = 1.0
        return rows


def category(name: str, heads: str, products: int = 10) -> Category:
    terms = ENGLISH.terms(name)
    return Category(name, frozenset(terms), frozenset(ENGLISH.terms(heads)), None, products)


SHELF = [
    category("Notebook", "notebook"),
    category("Notebook case", "case"),
    category("Photo printer", "printer"),
    category("Print server", "server"),
]
BRANDS = {("hp",): "HP", ("tripp", "lite"): "Tripp Lite"}
KNOWN = Vocabulary([(word, 5) for word in ("notebook", "laptop", "case", "printer", "for", "hp", "zoll")])


def read(query: str, encoder: Names | None = None) -> Intent:
    words = [Word(text, ((ENGLISH.term(text), 1.0),)) for text in ENGLISH.words(query)]
    return IntentReader(SHELF, BRANDS, encoder).read(words, KNOWN)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("notebook", "Notebook"),
        ("hp notebook", "Notebook"),
        ("notebook hp", "Notebook"),
        ("notebook 15 inches", "Notebook"),
        ("notebook case", "Notebook case"),
        ("case for hp notebook", "Notebook case"),
        ("printer", "Photo printer"),
        ("notebook lamp", None),
        ("laptop", None),
        ("hp", None),
        ("for", None),
    ],
)
def test_the_last_noun_before_the_purpose_names_the_category(query: str, meant: str | None) -> None:
    assert read(query).category == meant


def test_a_quantity_is_no_name() -> None:
    words = [Word("notebook", (("notebook", 1.0),)), Word("15 inch", (("15in", 1.0),))]
    assert IntentReader(SHELF, BRANDS).read(words, KNOWN).category == "Notebook"


def test_another_word_of_the_same_meaning_names_the_category() -> None:
    intent = read("laptop", Names())
    assert (intent.category, intent.by_meaning) == ("Notebook", True)
    assert read("notebook", Names()).by_meaning is False


def test_brands_are_read_by_their_whole_names() -> None:
    assert read("tripp lite printer").brands == ("Tripp Lite",)
    assert read("tripp printer").brands == ()


def test_what_a_word_may_be_corrected_to_names_a_category_and_what_is_made_with_it_does_not() -> None:
    reader = IntentReader(SHELF, {})
    forms = {0.8: "Notebook", 0.3: None}
    for weight, meant in forms.items():
        assert reader.read([Word("x", (("x", 1.0), ("notebook", weight)))], KNOWN).category == meant


def product(title: str, kind: str = "", **attributes: str) -> bytes:
    category = [kind] if kind else []
    return orjson.dumps({"id": "1", "title": title, "category": category, "attributes": attributes})


def fit(title: str, kind: str, intent: Intent) -> float:
    stored = StoredProduct("1", product(title, kind), title, None, None)
    return float(fits([SignalReader(ENGLISH).of(stored)], np.ones(1), intent)[0])


def test_a_thing_fits_better_than_what_goes_with_it() -> None:
    laptops = Intent("Notebook", {"Notebook": 1.0}, by_meaning=True, heads=frozenset({"laptop"}))
    device = fit("ProBook 4510s", "Notebook", laptops)
    unsaid = fit("Desk lamp", "Lamp", laptops)
    sleeve = fit("Leather laptop sleeve", "Notebook case", laptops)
    assert device > unsaid > sleeve
    assert fit("Leather laptop sleeve", "Notebook case", Intent(heads=frozenset({"sleev"}))) > 0
    assert fit("Leather laptop sleeve", "Notebook case", Intent()) == 0


@pytest.mark.parametrize(
    "query", ["laptop", "laptops", "hp laptop", "notebook", "notebook 15 zoll", "printer", "camera", "monitor"]
)
def test_devices_stand_before_what_goes_with_them(sample: tuple[SearchIndex, Models], query: str) -> None:
    case = next(each for each in read_cases() if each.query == query)
    assert precision(*sample, case) == 1.0


@pytest.mark.parametrize("query", ["laptop bag", "notebook case", "camera bag", "projector lamp", "phone case"])
def test_who_asks_for_an_accessory_gets_it(sample: tuple[SearchIndex, Models], query: str) -> None:
    case = next(each for each in read_cases() if each.query == query)
    assert precision(*sample, case) == 1.0


def test_intents_help_on_all_queries_together(sample: tuple[SearchIndex, Models]) -> None:
    index, models = sample
    cases = read_cases()
    read = math.fsum(precision(index, models, case) for case in cases)
    unread = math.fsum(precision(index, replace(models, intents=None), case) for case in cases)
    assert read > unread


def test_the_category_is_shown_and_only_where_a_hit_is_in_it(sample: tuple[SearchIndex, Models]) -> None:
    index, models = sample
    assert search(index, SearchRequest(query="laptop"), ANONYMOUS, models).interpretation.category == "Notebook"
    nothing = search(index, SearchRequest(query="laptop", page=300), ANONYMOUS, models)
    assert nothing.interpretation.category is None
