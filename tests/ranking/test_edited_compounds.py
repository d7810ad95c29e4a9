"""Compounds that a merchandiser decided on, in searches of a small German shop."""

from pathlib import Path

import pytest

from commerce.buyer import ANONYMOUS
from commerce.product import Catalog, CatalogItem, Product
from commerce.records import Records
from commerce.synonyms import Synonym
from engines.embedded import EmbeddedEngine
from engines.port import SearchIndex
from indexer import rebuild
from ranking.request import SearchAnswer, SearchRequest
from ranking.search import search
from ranking.synonyms import NO_SYNONYMS, SynonymTable
from ranking.words import CompoundRead

TITLES = {
    "a": "Aktenvernichter 20 Liter",
    "b": "Reißwolf für Büros",
    "c": "Schrank aus Stahl",
    "d": "Akten und Mappen",
    "e": "Wolf aus Holz",
    "f": "Vernichter",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    home: Path = tmp_path_factory.mktemp("buero")
    records = Records(f"sqlite:///{home / 'vitrine.db'}")
    records.upgrade()
    records.put_catalog(Catalog("buero", "EUR", "de"))
    records.replace("buero", [CatalogItem(Product(identity, title)) for identity, title in TITLES.items()])
    engine = EmbeddedEngine(home)
    rebuild(records, engine, "buero")
    records.close()
    opened = engine.open("buero")
    assert opened is not None
    return opened


def table(*compounds: tuple[str, tuple[str, ...]], locale: str | None = "de") -> SynonymTable:
    return SynonymTable(
        tuple(Synonym(str(at), "compound", (word,), parts, locale) for at, (word, parts) in enumerate(compounds))
    )


def asked(index: SearchIndex, query: str, synonyms: SynonymTable = NO_SYNONYMS) -> SearchAnswer:
    return search(index, SearchRequest(query=query, facets=()), ANONYMOUS, synonyms=synonyms)


def found(answer: SearchAnswer) -> set[str]:
    return {each.hit.product.id for each in answer.hits}


def test_what_the_catalogue_teaches_is_said(index: SearchIndex) -> None:
    answer = asked(index, "Aktenvernichter ")
    assert answer.interpretation.compounds == (CompoundRead("aktenvernichter", ("akten", "vernichter"), edited=False),)
    assert "a" in found(asked(index, "Vernichter "))
    assert asked(index, "Schrank ").interpretation.compounds == ()


def test_a_compound_that_people_decided_on_is_found_by_its_parts(index: SearchIndex) -> None:
    assert "b" not in found(asked(index, "Vernichter "))
    edited = table(("Reißwolf", ("Reiß", "Vernichter")))
    assert {"a", "b", "f"} <= found(asked(index, "Vernichter ", edited))
    answer = asked(index, "Reisswolf ", edited)
    assert answer.interpretation.compounds == (CompoundRead("reisswolf", ("reiss", "vernichter"), edited=True),)
    assert answer.hits[0].hit.product.id == "b"


def test_a_word_that_is_unknown_is_taken_apart_as_people_decided(index: SearchIndex) -> None:
    assert "c" not in found(asked(index, "Spind "))
    answer = asked(index, "Spind ", table(("Spind", ("Stahl", "Schrank"))))
    assert found(answer) == {"c"}
    assert answer.interpretation.relaxed == ()


def test_a_word_without_parts_is_never_taken_apart(index: SearchIndex) -> None:
    whole = table(("Aktenvernichter", ()))
    assert asked(index, "Aktenvernichter ", whole).interpretation.compounds == ()
    # The end of a word is found where the rest of it is not known; people have said that it is none.
    assert "a" not in found(asked(index, "Vernichter ", whole))


def test_a_compound_of_another_language_says_nothing(index: SearchIndex) -> None:
    assert "b" not in found(asked(index, "Vernichter ", table(("Reißwolf", ("Reiß", "Vernichter")), locale="en")))
