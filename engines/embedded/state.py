"""The commit point of a version: one small file that says how much of every other file counts.

Parts, the log of dead rows and the log of offers only ever grow; what lies behind the committed lengths is as good as
absent, so a crash at any moment leaves the last commit.
"""

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from engines.embedded.container import Array, write_atomically
from engines.port import EngineUnavailable

OFFER = np.dtype([("unit", "<i8"), ("net", "<i8"), ("stock", "<i8")])
SUPPLY = np.dtype(
    [
        ("place", "<i8"),
        ("unit", "<i8"),
        ("quantity", "<i8"),
        ("lead", "<i8"),
        ("coming", "<i8"),
        ("coming_quantity", "<i8"),
        ("entry", "<i8"),
    ]
)
"""What is known of one unit at one place, in days and days since 1970, -1 for what is not. In the log ``entry`` is the
place in the log of offers of the offer that it belongs to: the newest offer of a unit says all of its stock."""
_DEAD = np.dtype("<i8")
FORMAT = 3
"""Counts up whenever what lies on disk changes its meaning."""


class OtherFormat(EngineUnavailable):
    """An index that another version of this program wrote."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What a version holds: rows and units in parts, entries in the three logs, the change-log number applied.

    ``offers_file`` numbers the logs of offers and of their supplies, written anew when they have grown long; ``book``
    numbers the directory of price lists and assortments, 0 for none.
    """

    rows: int = 0
    units: int = 0
    dead: int = 0
    offers: int = 0
    offers_file: int = 1
    book: int = 0
    applied: int = 0
    supplies: int = 0


class StateFiles:
    """The commit file and the logs of one version."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def stamp(self) -> tuple[int, int]:
        """Return what changes with every commit; (0, 0) before the first."""
        try:
            status = (self._folder / "commit.json").stat()
        except FileNotFoundError:
            return (0, 0)
        return (status.st_mtime_ns, status.st_ino)

    def read(self) -> Commit:
        """Return the last commit. Raises OtherFormat for one that this code cannot read."""
        try:
            content = orjson.loads((self._folder / "commit.json").read_bytes())
        except FileNotFoundError:
            return Commit()
        if (made := content.pop("format", None)) != FORMAT:
            message = f"the index in {self._folder.name} has format {made}, this program reads {FORMAT}"
            raise OtherFormat(f"{message}: build it again with `vitrine index {self._folder.parent.name}`")
        return Commit(**content)

    def write(self, commit: Commit) -> None:
        """Commit."""
        write_atomically(self._folder / "commit.json", orjson.dumps({"format": FORMAT, **asdict(commit)}))

    def dead(self, commit: Commit, first: int = 0) -> NDArray[np.int64]:
        """Return the rows that died, from the entry ``first`` on."""
        return _read(self._folder / "dead.log", _DEAD, first, commit.dead)

    def offers(self, commit: Commit, first: int = 0) -> Array:
        """Return the offers that changed, from the entry ``first`` on, the newest last."""
        return _read(self._offers(commit.offers_file), OFFER, first, commit.offers)

    def append_dead(self, commit: Commit, rows: NDArray[np.int64]) -> Commit:
        """Write dead rows durably behind the committed ones; they count once the returned commit is written."""
        _append(self._folder / "dead.log", commit.dead, rows.astype(_DEAD))
        return replace(commit, dead=commit.dead + len(rows))

    def supplies(self, commit: Commit, first: int = 0) -> Array:
        """Return what the offers that changed say of stock by location, from the entry ``first`` on."""
        return _read(self._supplies(commit.offers_file), SUPPLY, first, commit.supplies)

    def append_offers(self, commit: Commit, offers: Array, supplies: Array) -> Commit:
        """Write changed offers durably behind the committed ones; they count once the returned commit is written.

        The entries of ``supplies`` are counted within ``offers``.
        """
        _append(self._offers(commit.offers_file), commit.offers, offers)
        placed = supplies.copy()
        placed["entry"] += commit.offers
        _append(self._supplies(commit.offers_file), commit.supplies, placed)
        return replace(commit, offers=commit.offers + len(offers), supplies=commit.supplies + len(supplies))

    def shorten_offers(self, commit: Commit) -> Commit:
        """Write the log of offers anew with the newest entry of each unit."""
        entries, supplies = self.offers(commit), self.supplies(commit)
        kept = np.sort(newest(entries))
        supplies = supplies[np.isin(supplies["entry"], kept)]
        supplies["entry"] = np.searchsorted(kept, supplies["entry"])
        shorter = replace(commit, offers_file=commit.offers_file + 1, offers=0, supplies=0)
        return self.append_offers(shorter, entries[kept], supplies)

    def tidy(self, commit: Commit) -> None:
        """Remove logs that no reader of this commit or of the one before needs."""
        for pattern in ("offers-*.log", "supplies-*.log"):
            for path in self._folder.glob(pattern):
                if int(path.stem.split("-")[1]) < commit.offers_file - 1:
                    path.unlink()

    def _offers(self, number: int) -> Path:
        return self._folder / f"offers-{number}.log"

    def _supplies(self, number: int) -> Path:
        return self._folder / f"supplies-{number}.log"


def newest(offers: Array) -> NDArray[np.int64]:
    """Return where the newest entry of each unit is, by unit."""
    _, last = np.unique(offers["unit"][::-1], return_index=True)
    return len(offers) - 1 - last


def _append(path: Path, after: int, entries: Array) -> None:
    if not len(entries):
        return
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(after * entries.dtype.itemsize)
        file.seek(0, os.SEEK_END)
        file.write(np.ascontiguousarray(entries).tobytes())
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path, dtype: "np.dtype[Any]", first: int, last: int) -> Array:
    if last <= first:
        return np.empty(0, dtype)
    found = np.fromfile(path, dtype=dtype, count=last - first, offset=first * dtype.itemsize)
    if len(found) != last - first:
        raise OSError(f"{path} has fewer entries than were committed: build the catalogue's index again")
    return found
