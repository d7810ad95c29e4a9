"""Completions: a sorted table of phrases, entered at the beginning of any of their words."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engines.embedded.part_writer import SUGGESTIONS
from engines.embedded.view import View
from engines.port import Suggestion
from language.analysis import Analyzer

Kind = Literal["query", "category", "brand"]
_FIELDS: tuple[tuple[Kind, str], ...] = (("query", SUGGESTIONS), ("category", "category"), ("brand", "brand"))
_AFTER_ANY = "\U0010ffff"
_LATER_WORD = 0.5
"""A phrase entered at a later word counts half of one that begins as typed."""


class Completions:
    """The phrases of some parts with their counts, on top of those of ``base``; built in about a second for 300,000
    phrases."""

    def __init__(self, views: Sequence[View], analyzer: Analyzer, base: "Completions | None" = None) -> None:
        self._analyzer = analyzer
        self._base = base
        self._tables: dict[Kind, _Table] = {kind: _Table(views, field, analyzer) for kind, field in _FIELDS}

    def complete(self, typed: str, limit: int) -> list[Suggestion]:
        """Return up to ``limit`` suggestions of each kind, those that stand for most products first."""
        prefix = " ".join(self._analyzer.words(typed))
        if not prefix:
            return []
        begins = prefix if typed[-1:].isalnum() else prefix + " "
        found: list[Suggestion] = []
        for kind, table in self._tables.items():
            counts = Counter(dict(table.complete(begins, prefix, limit)))
            below = self._base
            while below:
                counts.update(dict(below._tables[kind].complete(begins, prefix, limit)))
                below = below._base
            ranked = sorted(counts.items(), key=lambda pair: -pair[1]) if self._base else counts.items()
            found += [Suggestion(text, kind, count) for text, count in list(ranked)[:limit]]
        return found

    def complete_within(self, typed: str, limit: int, views: Sequence[View]) -> list[Suggestion]:
        """Return suggestions that stand for products in ``views``, with the number of these products."""
        found: list[Suggestion] = []
        fields = dict(_FIELDS)
        for kind in self._tables:
            asked = limit * 4
            while True:
                offered = [each for each in self.complete(typed, asked) if each.kind == kind]
                counted = [(_visible(views, fields[kind], each.text), each) for each in offered]
                seen = [Suggestion(each.text, kind, count) for count, each in counted if count]
                if len(seen) >= limit or len(offered) < asked:
                    break
                asked *= 4
            seen.sort(key=lambda each: -each.count)
            found += seen[:limit]
        return found


def _visible(views: Sequence[View], field: str, text: str) -> int:
    """Count the products in views that carry a value."""
    count = 0
    for view in views:
        part = view.part
        if (column := part.codes.get(field)) and (code := part.find_code(column, text)) is not None:
            units = part.units_of_codes(code, code + 1)
            rows = units if part.row_of_unit is None else np.unique(part.row_of_unit[units])
            count += int(np.count_nonzero(view.live[rows]))
    return count


class _Table:
    def __init__(self, views: Sequence[View], field: str, analyzer: Analyzer) -> None:
        counts: Counter[str] = Counter()
        for view in views:
            part = view.part
            if column := part.codes.get(field):
                ends = part.code_ends[column.first : column.last + 1]
                units = part.units_of_codes(column.first, column.last)
                if part.row_of_unit is None or part.unit_ends is None:
                    alive = view.live[units]
                else:
                    # A product counts once: by its first unit, which carries whatever all its units carry.
                    rows = part.row_of_unit[units]
                    alive = view.live[rows] & (part.unit_ends[rows] == units)
                running = np.zeros(len(alive) + 1, dtype=np.int64)
                np.cumsum(alive, out=running[1:])
                totals = np.diff(running[ends - ends[0]])
                names = part.values.slice(column.first, column.last)
                counts.update({name: int(total) for name, total in zip(names, totals, strict=True) if total})
        self._texts = list(counts)
        entries: list[tuple[str, int, float]] = []
        for at, text in enumerate(self._texts):
            words = analyzer.words(text)
            entries.extend(
                (" ".join(words[start:]), at, 1.0 if start == 0 else _LATER_WORD) for start in range(len(words))
            )
        entries.sort()
        self._keys = [key for key, _, _ in entries]
        self._phrases = np.array([at for _, at, _ in entries], dtype=np.int64)
        self._counts = np.array(list(counts.values()), dtype=np.int64)
        # Counts of a long tail differ by orders of magnitude; a root keeps short phrases from crowding all else out.
        self._weights: NDArray[np.float64] = np.array(
            [weight * counts[self._texts[at]] ** 0.5 for _, at, weight in entries]
        )

    def complete(self, prefix: str, exact: str, limit: int) -> list[tuple[str, int]]:
        first = bisect_left(self._keys, prefix)
        last = bisect_left(self._keys, prefix + _AFTER_ANY)
        whole = bisect_left(self._keys, exact)
        if whole < first and self._keys[whole] == exact:
            first = whole
        found: dict[int, None] = {}
        order = np.argsort(-self._weights[first:last], kind="stable")[: limit * 4]
        for at in self._phrases[first + order].tolist():
            found.setdefault(at)
            if len(found) == limit:
                break
        return [(self._texts[at], int(self._counts[at])) for at in found]
