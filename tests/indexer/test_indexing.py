"""From records to an index and along the change log."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.buyer import ANONYMOUS
from commerce.product import Catalog, CatalogItem, Offer, Product, Quantity
from commerce.records import Change, OfferChange, Records
from engines.embedded import EmbeddedEngine
from engines.plan import SearchPlan
from indexer import Follower, changes, rebuild, roll_back
from indexer.follower import WriterLock
from indexer.rebuild import NothingToRollBackTo
from indexer.types import derive_types, type_of
from language.filters import parse_filter
from ranking.request import SearchRequest
from ranking.search import search
from tests.sample import icecat_items


def lamp(identity: str, title: str = "desk lamp", **attributes: str | float | bool) -> CatalogItem:
    return CatalogItem(Product(identity, title, attributes=attributes), Offer(Decimal(10)))


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database)
    store.put_catalog(Catalog("shop", "EUR"))
    yield store
    store.close()


@pytest.fixture
def engine(tmp_path: Path) -> EmbeddedEngine:
    return EmbeddedEngine(tmp_path)


def ids(engine: EmbeddedEngine, query: str = "") -> set[str]:
    index = engine.open("shop")
    assert index is not None
    return {each.hit.product.id for each in search(index, SearchRequest(query, page_size=100), ANONYMOUS).hits}


def test_a_rebuild_is_a_new_version_and_old_ones_are_removed(records: Records, engine: EmbeddedEngine) -> None:
    records.upsert("shop", [lamp("1"), lamp("2")])
    assert [rebuild(records, engine, "shop").version for _ in range(4)] == [1, 2, 3, 4]
    assert list(engine.versions("shop")) == [3, 4]
    assert ids(engine) == {"1", "2"}


def test_an_empty_catalogue_is_indexed_too(records: Records, engine: EmbeddedEngine) -> None:
    assert rebuild(records, engine, "shop").products == 0
    assert ids(engine, "lamp") == set()


def test_the_follower_applies_what_changed_since(records: Records, engine: EmbeddedEngine, tmp_path: Path) -> None:
    records.upsert("shop", [lamp("1"), lamp("2")])
    rebuild(records, engine, "shop")
    follower = Follower(records, engine, tmp_path)
    assert follower.step() == 0
    records.upsert("shop", [lamp("3", colour="red"), lamp("2", "floor light")])
    records.delete("shop", ["1"])
    records.patch_offers("shop", [OfferChange("3", stock=0)])
    assert follower.step() == 4
    assert follower.step() == 0
    assert ids(engine) == {"2", "3"}
    assert ids(engine, "floor") == {"2"}
    index = engine.open("shop")
    assert index is not None
    assert "attributes.colour" in index.fields()
    assert index.get(["3"], ANONYMOUS)["3"].stock == 0
    follower.stop()


def test_after_a_roll_back_the_changes_since_are_applied(
    records: Records, engine: EmbeddedEngine, tmp_path: Path
) -> None:
    records.upsert("shop", [lamp("1")])
    rebuild(records, engine, "shop")
    with pytest.raises(NothingToRollBackTo):
        roll_back(engine, "shop")
    records.upsert("shop", [lamp("2")])
    rebuild(records, engine, "shop")
    assert roll_back(engine, "shop") == 1
    assert ids(engine) == {"1"}
    follower = Follower(records, engine, tmp_path)
    assert follower.step() == 1
    follower.stop()
    assert ids(engine) == {"1", "2"}


def test_one_follower_writes_and_another_takes_over(records: Records, engine: EmbeddedEngine, tmp_path: Path) -> None:
    records.upsert("shop", [lamp("1")])
    rebuild(records, engine, "shop")
    other = EmbeddedEngine(tmp_path)
    first, second = Follower(records, engine, tmp_path), Follower(records, other, tmp_path)
    first.step()
    records.upsert("shop", [lamp("2")])
    assert second.step() == 0
    assert first.step() == 1
    second.step()
    assert ids(other) == {"1", "2"}
    first.stop()
    records.upsert("shop", [lamp("3")])
    assert second.step() == 1
    second.stop()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from indexer.follower import WriterLock\n"
        "assert WriterLock(Path(sys.argv[1])).acquire(); print('held', flush=True); sys.stdin.read()"
    )
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": root}
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        lock = WriterLock(tmp_path)
        assert not lock.acquire()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert lock.acquire()
    lock.release()


def test_types_are_derived_from_titles_and_attributes() -> None:
    items = list(icecat_items(2))
    typed = derive_types([item.product for item in items])
    named = {item.product.id: found for item, found in zip(items, typed, strict=True)}
    found = [each for each in typed if each]
    assert len(found) > 0.6 * len(items)
    assert all(0.0 < each.confidence <= 1.0 for each in found)
    assert {each.source for each in found} == {"title", "attribute", "inferred"}
    toner = named["3920564"]
    assert toner is not None
    assert (toner.name, toner.source) == ("Toner cartridge", "title")
    assert toner.confidence > 0.9
    assert derive_types([item.product for item in items]) == typed


def test_inferred_types_are_as_sure_as_they_say() -> None:
    # Hide what the title says of every fifth cable and toner; the model must find it again about as often as it claims.
    products = [item.product for item in icecat_items(2)]
    known = derive_types(products)
    hidden = [
        at for at, each in enumerate(known) if each and each.source == "title" and each.confidence > 0.9 and at % 5 == 0
    ]
    masked = list(products)
    for at in hidden:
        product = products[at]
        words = [w for w in product.title.split() if w.lower() not in (known[at].name.lower().split())]  # type: ignore[union-attr]
        masked[at] = Product(product.id, " ".join(words) or "x", brand=None, attributes=product.attributes)
    again = derive_types(masked)
    guesses = [(again[at], known[at]) for at in hidden if again[at] and again[at].source == "inferred"]  # type: ignore[union-attr]
    assert len(guesses) > 100
    right = sum(guess.name == truth.name for guess, truth in guesses)  # type: ignore[union-attr]
    claimed = sum(guess.confidence for guess, _ in guesses) / len(guesses)  # type: ignore[union-attr]
    assert right / len(guesses) > claimed - 0.1


def test_a_catalogue_without_any_pattern_has_no_types() -> None:
    products = [Product(str(at), f"thing{at} other{at}") for at in range(50)]
    assert derive_types(products) == [None] * 50
    assert derive_types([]) == []
    assert type_of(Product("1", "HP USB cable 2 m", brand="HP"), ["USB cable"]) is not None


def test_a_catalogue_s_own_categories_are_kept(records: Records, engine: EmbeddedEngine) -> None:
    product = Product("1", "desk lamp", category=("Home > Lamps",))
    records.upsert("shop", [CatalogItem(product)])
    rebuild(records, engine, "shop")
    index = engine.open("shop")
    assert index is not None
    hit = index.search(SearchPlan()).hits[0]
    assert b"category_source" not in hit.product.document
    assert b"Home > Lamps" in hit.product.document


def test_a_version_rolled_back_to_gets_what_it_missed_also_when_nothing_was_written_since(
    records: Records, engine: EmbeddedEngine, tmp_path: Path
) -> None:
    records.upsert("shop", [lamp("1")])
    rebuild(records, engine, "shop")
    records.upsert("shop", [lamp("2")])
    rebuild(records, engine, "shop")
    follower = Follower(records, engine, tmp_path)
    assert follower.step() == 0
    assert roll_back(engine, "shop") == 1
    assert follower.step() == 1
    assert ids(engine) == {"1", "2"}
    follower.stop()


class Interrupted(Exception):
    """What a test lets happen in the middle of a rebuild."""


def test_a_rebuild_serves_what_changed_while_it_ran(records: Records, engine: EmbeddedEngine) -> None:
    records.upsert("shop", [lamp(str(at)) for at in range(5)])

    def meanwhile(done: int, total: int) -> None:
        if done == total:  # every product is written, none is committed
            records.patch_offers("shop", [OfferChange("1", net=Decimal(77))])
            records.upsert("shop", [lamp("new", colour="red")])
            records.delete("shop", ["2"])

    rebuild(records, engine, "shop", meanwhile)
    index = engine.open("shop")
    assert index is not None
    assert ids(engine) == {"0", "1", "3", "4", "new"}
    assert index.get(["1"], ANONYMOUS)["1"].net == Decimal(77)
    assert "attributes.colour" in index.fields()
    assert index.stats().applied == records.last_seq("shop")


def test_a_rebuild_that_fails_leaves_no_version_behind(records: Records, engine: EmbeddedEngine) -> None:
    records.upsert("shop", [lamp("1")])
    rebuild(records, engine, "shop")

    def fail(done: int, total: int) -> None:
        if done == total:
            raise Interrupted

    with pytest.raises(Interrupted):
        rebuild(records, engine, "shop", fail)
    assert list(engine.versions("shop")) == [1]
    assert ids(engine) == {"1"}


def test_one_catalogue_s_failure_does_not_hold_up_another(
    records: Records, engine: EmbeddedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.put_catalog(Catalog("annex", "EUR"))
    for catalog in ("annex", "shop"):
        records.upsert(catalog, [lamp("1")])
        rebuild(records, engine, catalog)
        records.upsert(catalog, [lamp("2")])
    follower = Follower(records, engine, tmp_path)
    real = changes.to_document

    def refuse(item: CatalogItem, *rest: object) -> object:
        if catalog_of_turn[0] == "annex":
            raise Interrupted
        return real(item, *rest)  # type: ignore[arg-type]

    catalog_of_turn = [""]
    since = records.changes_since

    def noted(catalog: str, *rest: int) -> list[Change]:
        catalog_of_turn[0] = catalog
        return since(catalog, *rest)

    monkeypatch.setattr(changes, "to_document", refuse)
    monkeypatch.setattr(records, "changes_since", noted)
    with pytest.raises(Interrupted):
        follower.step()
    assert ids(engine) == {"1", "2"}
    monkeypatch.setattr(changes, "to_document", real)
    assert follower.step() == 1
    follower.stop()


def test_an_attribute_that_comes_with_a_change_has_its_unit_at_once(
    records: Records, engine: EmbeddedEngine, tmp_path: Path
) -> None:
    records.upsert("shop", [lamp("1")])
    rebuild(records, engine, "shop")
    follower = Follower(records, engine, tmp_path)

    def kettle(identity: str, value: float, unit: str) -> CatalogItem:
        return CatalogItem(Product(identity, "kettle", attributes={"volume": Quantity(value, unit)}))

    records.upsert("shop", [kettle("k1", 1.5, "l"), kettle("k2", 1.7, "l")])
    assert follower.step() == 2
    records.upsert("shop", [kettle("k3", 900, "ml")])
    assert follower.step() == 1
    follower.stop()
    index = engine.open("shop")
    assert index is not None
    assert index.dictionary()["volume"].unit == "l"
    found = search(index, SearchRequest(filter=parse_filter("attributes.volume < 1")), ANONYMOUS)
    assert [each.hit.product.id for each in found.hits] == ["k3"]
