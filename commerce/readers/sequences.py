"""Sequence files: one line a user, ``user item item …``, the oldest item first, apart by blanks."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

_END = datetime(2020, 1, 1, tzinfo=UTC)
_APART = timedelta(days=30)


def sequence_rows(stream: BinaryIO, encoding: str) -> Iterator[tuple[int, dict[str, object]] | tuple[int, str]]:
    """Yield a line's number with the columns of one item each, or with what is wrong with the line.

    The columns are ``user``, ``item``, ``position`` (from 1), ``step`` (user and position) and ``time``.

    Such files tell no times. Every user's last step is given 2020-01-01 and those before it stand thirty days apart, so
    that a cut on 2019-12-15 leaves out each user's last item.
    """
    with io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="\n") as text:
        for number, line in enumerate(text, start=1):
            user, *items = line.split() or [""]
            if user and not items:
                yield number, "has a user and no item"
            for position, item in enumerate(items, start=1):
                time = (_END - _APART * (len(items) - position)).isoformat()
                step = f"{user}:{position}"
                yield number, {"user": user, "item": item, "position": position, "step": step, "time": time}
