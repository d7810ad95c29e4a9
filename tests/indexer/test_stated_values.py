"""What texts state reaches the index with the products that are loaded and with those that change."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path

import pytest

from commerce.buyer import ANONYMOUS
from commerce.product import Catalog, CatalogItem, Offer, Product
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from engines.plan import SearchPlan
from indexer import Follower, rebuild
from indexer.extraction.artefact import KIND, load_extractor, save
from indexer.extraction.learning import ExtractionLearner
from indexer.learning import learn_catalog
from language.filters.tree import Compare
from registry import Registry, Training

COLOURS = ("Black", "White", "Red", "Blue")


def lamp(identity: str, title: str, **attributes: str) -> CatalogItem:
    return CatalogItem(Product(identity, title, category=("Lamps",), attributes=attributes), Offer(Decimal(10)))


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """A shop of lamps whose titles state their colour, and the rules learned from it."""
    store = Records(f"sqlite:///{tmp_path / 'vitrine.db'}")
    store.upgrade()
    catalog = Catalog("shop", "EUR")
    store.put_catalog(catalog)
    colours = islice(cycle(COLOURS), 120)
    lamps = [lamp(f"l{at}", f"Desk lamp L{at} {colour}", colour=colour) for at, colour in enumerate(colours)]
    store.upsert("shop", [*lamps, lamp("silent", "Desk lamp LX Red")])
    publish(store, tmp_path, 0.95)
    yield store
    store.close()


def publish(records: Records, home: Path, filtered_from: float) -> None:
    knowledge = learn_catalog(records, records.catalog("shop"))
    learner = ExtractionLearner(knowledge.dictionary, knowledge.values, "en")
    for item in records.items("shop"):
        learner.add(item.product, "Lamps")
    model = replace(learner.build(), filtered_from=filtered_from)
    Registry(home / "models").publish("shop", KIND, Training("1"), lambda folder: save(model, folder))


def index_with(records: Records, home: Path) -> EmbeddedEngine:
    engine = EmbeddedEngine(home)
    rebuild(records, engine, "shop", extractor=load_extractor(Registry(home / "models"), "shop"))
    return engine


def red(engine: EmbeddedEngine) -> set[str]:
    index = engine.open("shop")
    assert index is not None
    found = index.search(SearchPlan(filter=Compare("attributes.colour", "=", "Red"), limit=100))
    return {hit.product.id for hit in found.hits}


def test_the_follower_reads_changed_texts_by_the_rules_of_the_version(records: Records, tmp_path: Path) -> None:
    engine = index_with(records, tmp_path)
    publish(records, tmp_path, 1.01)  # newer rules are for the next version
    assert "silent" in red(engine)
    follower = Follower(records, engine, tmp_path)
    records.upsert("shop", [lamp("silent", "Desk lamp LX Blue"), lamp("new", "Desk lamp LY Red")])
    follower.step()
    assert red(engine) & {"silent", "new"} == {"new"}
    records.upsert("shop", [lamp("new", "Desk lamp LY Red", colour="Wine")])
    follower.step()
    assert "new" not in red(engine)
    follower.stop()


def test_rules_may_be_for_sheets_alone(records: Records, tmp_path: Path) -> None:
    publish(records, tmp_path, 1.01)
    engine = index_with(records, tmp_path)
    assert "silent" not in red(engine)
    index = engine.open("shop")
    assert index is not None
    assert b'"extracted":{"colour"' in index.get(["silent"], ANONYMOUS)["silent"].document
