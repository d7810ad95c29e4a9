"""Anonymous memory of processes: files that are mapped count apart, since the system may drop them at any time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.1


@dataclass(slots=True)
class Peak:
    """The largest anonymous memory that a process was seen to have, in bytes."""

    anonymous: int = 0


def anonymous_memory(pid: int) -> int:
    """Return a process's anonymous memory in bytes. Raises ProcessLookupError if there is no such process."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError as error:
        raise ProcessLookupError(pid) from error
    for line in lines:
        if line.startswith("RssAnon"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(pid)


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    """Look at a process ten times a second until it or the block ends."""
    peak, stopped = Peak(), threading.Event()

    def watch() -> None:
        while not stopped.wait(_EVERY):
            try:
                peak.anonymous = max(peak.anonymous, anonymous_memory(pid))
            except ProcessLookupError:
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        stopped.set()
        watcher.join()
