"""``kill -9`` at any step of a load, of indexing, of the switch, of following the log, of a restore.

After each death: what was committed is there and nothing half, the last good version serves, the next run succeeds,
and nothing is left behind that grows.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from commerce.buyer import ANONYMOUS
from commerce.product import Catalog, CatalogItem, Offer, Product
from commerce.records import OfferChange, Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild, roll_back
from ranking.request import SearchRequest
from ranking.search import search
from tests.e2e.crashing import KILLED, TIMED_OUT, Crashing, Run

MAPPING = """
[catalog]
currency = "EUR"
[product]
id = "id"
title = "title"
[offer]
net = "price"
"""
DEATHS = 24
"""At most so many steps to die at, drawn with a seed; half as many deaths come at random times."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database)
    store.put_catalog(Catalog("shop", "EUR"))
    yield store
    store.close()


@pytest.fixture
def vitrine(home: Path, database: str, records: Records) -> Iterator[Crashing]:
    with Crashing(home, database) as server:
        yield server


def state(turn: int) -> dict[str, tuple[str, str]]:
    """Return a catalogue's titles and prices by id; it differs from turn to turn in additions, changes, removals."""
    random = Random(turn)
    ids = random.sample(range(60), 40)
    return {str(at): (f"lamp {at} of turn{turn if at % 2 else 0}", f"{at}.{turn % 90 + 10}") for at in ids}


def items(wanted: dict[str, tuple[str, str]]) -> list[CatalogItem]:
    return [CatalogItem(Product(id, title), Offer(Decimal(net))) for id, (title, net) in wanted.items()]


def write_files(folder: Path, wanted: dict[str, tuple[str, str]]) -> list[str]:
    """Write a catalogue's export and return the words that load it."""
    (folder / "mapping.toml").write_text(MAPPING)
    rows = [f"{id},{title},{net}" for id, (title, net) in wanted.items()]
    (folder / "shop.csv").write_text("\n".join(["id,title,price", *rows]) + "\n")
    return ["load", "shop", str(folder / "shop.csv"), "--mapping", str(folder / "mapping.toml")]


def kept(records: Records) -> dict[str, tuple[str, str]]:
    return {item.product.id: (item.product.title, str(item.offer.net)) for item in records.items("shop")}


def served(home: Path) -> dict[str, tuple[str, str]]:
    """Return what a process that starts now serves, by way of a search and of the products themselves."""
    index = EmbeddedEngine(home).open("shop")
    assert index is not None
    found = {each.hit.product.id for each in search(index, SearchRequest("lamp", page_size=100), ANONYMOUS).hits}
    products = index.get([str(at) for at in range(200)], ANONYMOUS)
    assert found == set(products)
    assert index.stats().products == len(products)
    return {id: (product.title, str(product.net)) for id, product in products.items()}


def entries(home: Path) -> list[str]:
    """Return every file of the index by its name below the home."""
    return sorted(str(path.relative_to(home)) for path in (home / "index").rglob("*") if path.is_file())


def deaths(steps: int, seconds: float) -> Iterator[dict[str, float]]:
    """Yield how to die: at each step or at some of many, then at random times."""
    random = Random(steps)
    for step in sorted(random.sample(range(1, steps + 1), min(steps, DEATHS))):
        yield {"die_at": step}
    for _ in range(DEATHS // 2):
        yield {"die_after": random.uniform(0.001, seconds)}


def died(run: Run) -> bool:
    assert run.code in {0, KILLED, TIMED_OUT}, run.said
    return run.code != 0


def test_a_load_that_is_killed_is_whole_or_never_was(
    vitrine: Crashing, records: Records, home: Path, tmp_path: Path
) -> None:
    words = write_files(tmp_path, state(1))
    records.replace("shop", items(state(0)))
    count = 0
    for how in deaths(vitrine.done(*words).steps, 0.3):
        records.replace("shop", items(state(0)))
        last = records.last_seq()
        is_dead = died(vitrine(*words, **how))  # type: ignore[arg-type]
        count += is_dead
        assert kept(records) in ([state(0), state(1)] if is_dead else [state(1)])
        # The log tells of all of it or of nothing.
        changed = {change.product_id for change in records.changes_since("shop", last)}
        different = {id for id in state(0).keys() | state(1).keys() if state(0).get(id) != state(1).get(id)}
        assert changed == (different if kept(records) == state(1) else set())
        vitrine.done(*words)
        assert kept(records) == state(1)
    assert count >= 8


def test_indexing_that_is_killed_leaves_the_last_good_version_or_the_new_one(
    vitrine: Crashing, records: Records, home: Path
) -> None:
    records.replace("shop", items(state(0)))
    rebuild(records, EmbeddedEngine(home), "shop")
    before = state(0)
    count = 0
    for turn, how in enumerate(deaths(vitrine.done("index", "shop").steps, 0.3), start=1):
        records.replace("shop", items(state(turn)))
        is_dead = died(vitrine("index", "shop", **how))  # type: ignore[arg-type]
        count += is_dead
        now = served(home)
        assert now in ([before, state(turn)] if is_dead else [state(turn)])
        before = now
    assert count >= 12
    # What the dead left behind goes with the next run that lives; what may serve again is whole.
    vitrine.done("index", "shop")
    newest, engine = kept(records), EmbeddedEngine(home)
    assert served(home) == newest
    versions = list(engine.versions("shop"))
    assert len(versions) == 2
    names = entries(home)
    assert {name.split("/")[2] for name in names} == {"current", *(f"v{version:06d}" for version in versions)}
    assert not [name for name in names if name.endswith(".partial")]
    assert roll_back(engine, "shop") == versions[0]
    assert served(home) == before


def test_a_roll_back_that_is_killed_serves_one_version_or_the_other(
    vitrine: Crashing, records: Records, home: Path
) -> None:
    for turn in (0, 1):
        records.replace("shop", items(state(turn)))
        rebuild(records, EmbeddedEngine(home), "shop")
    steps = vitrine.done("index", "shop", "--rollback").steps
    for how in deaths(steps, 0.1):
        EmbeddedEngine(home).switch("shop", 2)
        is_dead = died(vitrine("index", "shop", "--rollback", **how))  # type: ignore[arg-type]
        assert served(home) in ([state(0), state(1)] if is_dead else [state(0)])
    EmbeddedEngine(home).switch("shop", 2)
    vitrine.done("index", "shop", "--rollback")
    assert served(home) == state(0)


def test_a_follower_that_is_killed_loses_no_change_and_repeats_none(
    vitrine: Crashing, records: Records, home: Path
) -> None:
    records.replace("shop", items(state(0)))
    rebuild(records, EmbeddedEngine(home), "shop")
    records.replace("shop", items(state(1)))
    before = state(1)
    count = 0
    for turn, how in enumerate(deaths(vitrine.done("follow").steps, 0.1), start=2):
        ids = list(state(turn))
        # Offers alone, or all kinds of changes: the two ways into the index.
        if turn % 3:
            records.replace("shop", items(state(turn)))
        records.patch_offers("shop", [OfferChange(id, net=Decimal(f"{turn}.99")) for id in ids[:7]])
        count += died(vitrine("follow", **how))  # type: ignore[arg-type]
        assert served(home) in (before, kept(records))
        vitrine.done("follow")
        assert served(home) == kept(records)
        before = kept(records)
    assert count >= 12
    names = entries(home)
    assert not [name for name in names if name.endswith(".partial")]
    assert len(names) < 20, names


def test_a_restore_that_is_killed_is_whole_or_never_was(
    vitrine: Crashing, records: Records, home: Path, tmp_path: Path
) -> None:
    records.replace("shop", items(state(0)))
    vitrine.done("backup", str(tmp_path / "kept"))
    records.replace("shop", items(state(1)))
    words = ["restore", str(tmp_path / "kept"), "--replace"]
    for how in deaths(vitrine.done(*words).steps, 0.5):
        records.replace("shop", items(state(1)))
        is_dead = died(vitrine(*words, **how))  # type: ignore[arg-type]
        assert kept(records) in ([state(0), state(1)] if is_dead else [state(0)])
    vitrine.done(*words)
    assert (kept(records), served(home)) == (state(0), state(0))


def test_a_backup_that_is_killed_leaves_the_one_before(vitrine: Crashing, records: Records, tmp_path: Path) -> None:
    target = tmp_path / "kept"
    records.replace("shop", items(state(0)))
    words = ["backup", str(target)]
    steps = vitrine.done(*words).steps
    for how in deaths(steps, 0.3):
        records.replace("shop", items(state(1)))
        vitrine.done(*words)
        records.replace("shop", items(state(0)))
        is_dead = died(vitrine(*words, **how))  # type: ignore[arg-type]
        vitrine.done("restore", str(target), "--replace")
        assert kept(records) in ([state(0), state(1)] if is_dead else [state(0)])
    vitrine.done(*words)
    assert [path.name for path in tmp_path.glob("kept*")] == ["kept"]
