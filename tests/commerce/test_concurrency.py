"""Several processes over one database: nothing is missed, nothing is half, nobody waits for the dead."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from commerce.product import Catalog, CatalogItem, Product
from commerce.records import Records, RecordsUnavailable

ROOT = Path(__file__).parents[2]
_BEGIN = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random
from commerce.product import CatalogItem, Offer, Product, Variant
from commerce.records import OfferChange, Records
records = Records(sys.argv[1])
print("ready", flush=True)
"""
# Adds, changes and removes products that other writers touch too; one write in eight breaks off midway.
WRITER = """
random = Random(sys.argv[2])
def items(ids, breaks):
    for at, identity in enumerate(ids):
        if breaks and at == len(ids) - 1:
            raise InterruptedError
        variants = tuple(Variant(f"{identity}.{n}", offer=Offer(Decimal(n))) for n in range(random.randrange(3)))
        yield CatalogItem(Product(identity, f"thing {random.random()}", variants=variants), Offer(Decimal(1)))
def write(turn):
    ids = [str(n) for n in random.sample(range(60), random.randrange(1, 12))]
    try:
        records.upsert("shop", items(ids, breaks=turn % 8 == 7))
    except InterruptedError:
        pass
    records.patch_offers("shop", [OfferChange(identity, stock=random.randrange(99)) for identity in ids])
    if turn % 3 == 0:
        records.delete("shop", ids[:4])
sys.stdin.readline()
with ThreadPoolExecutor(2) as threads:
    list(threads.map(write, range(30)))
"""
# Follows as the indexer does: what lies behind the last number that it saw, in small bites, for as long as it is asked.
FOLLOWER = """
from threading import Event, Thread
over = Event()
Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
seen = []
while True:
    was_over = over.is_set()
    news = records.changes_since("shop", seen[-1][0] if seen else 0, limit=7)
    seen += [(change.seq, change.product_id, change.kind) for change in news]
    if was_over and not news:
        break
    if not news:
        over.wait(0.02)
print(json.dumps(seen), flush=True)
"""
# Stops in the middle of a write of several batches, with the right to write in its hands.
STUCK = """
def items():
    for at in range(1_700):
        if at == 1_600:
            print("midway", flush=True)
            sys.stdin.readline()
        yield CatalogItem(Product(f"stuck-{at}", "t"))
records.upsert("shop", items())
"""


@contextmanager
def running(program: str, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a program in a process of its own, from when it is ready to its end."""
    command = [sys.executable, "-c", _BEGIN + program, *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database, patience=20)
    store.put_catalog(Catalog("shop", "EUR"))
    yield store
    store.close()


def test_who_follows_the_log_sees_every_change_once_in_the_order_of_its_numbers(
    records: Records, database: str
) -> None:
    with ExitStack() as stack:
        followers = [stack.enter_context(running(FOLLOWER, database)) for _ in range(2)]
        writers = [stack.enter_context(running(WRITER, database, str(n))) for n in range(2)]
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
        assert [writer.wait(120) for writer in writers] == [0, 0]
        seen = [json.loads(follower.communicate("over\n", timeout=60)[0]) for follower in followers]
    log = [[change.seq, change.product_id, change.kind] for change in records.changes_since("shop", 0)]
    assert len(log) > 300
    assert [each[0] for each in log] == sorted({each[0] for each in log})
    assert seen == [log, log]
    # Whoever replays the log has the products that there are.
    alive: set[str] = set()
    for _, identity, kind in log:
        alive.discard(identity) if kind == "delete" else alive.add(identity)
    assert [item.product.id for item in records.items("shop")] == sorted(alive)
    for item in records.items("shop"):
        assert records.offers("shop", [item.product.id]) == {item.product.id: list(item.offers())}


def test_a_writer_killed_in_the_middle_leaves_nothing_and_blocks_nobody(records: Records, database: str) -> None:
    records.upsert("shop", [CatalogItem(Product("before", "t"))])
    with running(STUCK, database) as stuck:
        assert stuck.stdout is not None
        assert stuck.stdout.readline() == "midway\n"
        # Its write is under way: others do not see it, and do not get to write.
        assert [item.product.id for item in records.items("shop")] == ["before"]
        hasty = Records(database, patience=0.1)
        with pytest.raises(RecordsUnavailable, match="another write"):
            hasty.upsert("shop", [CatalogItem(Product("hasty", "t"))])
        # Preparing a database that is ready waits for nobody.
        hasty.upgrade()
        hasty.close()
        stuck.send_signal(signal.SIGKILL)
        stuck.wait(20)
        records.upsert("shop", [CatalogItem(Product("after", "t"))])
    assert [item.product.id for item in records.items("shop")] == ["after", "before"]
    assert [change.product_id for change in records.changes_since("shop", 0)] == ["before", "after"]


def test_processes_that_prepare_one_database_at_once_all_succeed(empty_database: str) -> None:
    program = "sys.stdin.readline(); records.upgrade(); print(records.revision(), flush=True)"
    with ExitStack() as stack:
        processes = [stack.enter_context(running(program, empty_database)) for _ in range(3)]
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        said = {process.communicate(timeout=60)[0] for process in processes}
    store = Records(empty_database)
    assert said == {f"{store.revision()}\n"}
    store.close()


def test_a_reader_sees_one_moment_while_others_write(records: Records, database: str) -> None:
    many = [CatalogItem(Product(f"{at:05}", "old")) for at in range(4_500)]
    records.upsert("shop", many)
    reading = records.items("shop")
    assert next(reading).product.title == "old"
    other = Records(database)
    other.replace("shop", (CatalogItem(Product(f"{at:05}", "new")) for at in range(0, 4_500, 2)))
    other.close()
    assert {item.product.title for item in reading} == {"old"}
    assert {item.product.title for item in records.items("shop")} == {"new"}
