"""Any number of products, recombined from the real ones of the Icecat sample, the same for the same seed.

Each new product begins as a real one and takes about a third of its attribute values, its description and a word of its
title from another product of the same type. Its part number and GTIN are new, its price varies about the real one.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import zstandard
from stdnum import ean

from commerce.readers import read_mapping
from commerce.readers.products import ProductReader
from commerce.readers.rows import Row
from indexer.types import derive_types

_DIGIT = re.compile(r"\d")
_TAKEN = 0.35
_FIRST_ID = 100_000_000
Record = dict[str, Any]


def write_catalogue(path: Path, sample: Path, count: int, seed: int) -> None:
    """Write ``count`` products as compressed JSONL in the shape of the sample."""
    with path.open("wb") as raw, zstandard.ZstdCompressor(level=1).stream_writer(raw) as out:
        for record in recombined(read_records(sample / "products.jsonl.zst"), sample / "mapping.toml", count, seed):
            out.write(orjson.dumps(record) + b"\n")


def read_records(path: Path) -> list[Record]:
    """Return the real products."""
    with path.open("rb") as raw:
        content = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True).read()
    return [orjson.loads(line) for line in content.split(b"\n") if line]


def recombined(records: list[Record], mapping: Path, count: int, seed: int) -> Iterator[Record]:
    """Yield new products."""
    drawn = random.Random(seed)
    groups = _by_type(records, mapping)
    for number in range(count):
        base = drawn.choice(records)
        donor = drawn.choice(groups[base["id"]])
        yield _new(base, donor, number, drawn)


def _by_type(records: list[Record], mapping: Path) -> Mapping[str, list[Record]]:
    """Return for each product those of its type, itself where it has none."""
    items = ProductReader(read_mapping(mapping)).read("sample", (Row(at, each) for at, each in enumerate(records)))
    products = [item.product for item in items if hasattr(item, "product")]
    types = derive_types(products)
    named = {product.id: typed.name for product, typed in zip(products, types, strict=True) if typed}
    members: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        members[named.get(record["id"], record["id"])].append(record)
    return {record["id"]: members[named.get(record["id"], record["id"])] for record in records}


def _new(base: Record, donor: Record, number: int, drawn: random.Random) -> Record:
    name = _DIGIT.sub(lambda _: str(drawn.randrange(10)), str(base.get("name", "")))
    found = {
        **{key: donor[key] if key in donor and drawn.random() < _TAKEN else value for key, value in base.items()},
        "id": str(_FIRST_ID + number),
        "name": name,
        "title": _title(base, donor, name, drawn),
        "supplier": base.get("supplier"),
        "ean": [_gtin(number)],
    }
    if base.get("price"):
        found["price"] = max(round(base["price"] * drawn.lognormvariate(0.0, 0.3)), 1)
    return found


def _title(base: Record, donor: Record, name: str, drawn: random.Random) -> str:
    words = str(base["title"]).replace(str(base.get("name", "")) or "\0", name).split()
    others = str(donor["title"]).split()[2:]
    if len(words) > 3 and others:
        words[drawn.randrange(2, len(words))] = drawn.choice(others)
    return " ".join(words)


def _gtin(number: int) -> str:
    body = f"{400_000_000_000 + number:012d}"
    return body + ean.calc_check_digit(body)
