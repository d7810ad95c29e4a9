"""Which facets an answer shows by itself, from the most frequent values among its hits."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engines.auto_facets import READABLE, Floats, choose, usefulness
from engines.opensearch.connection import Json
from engines.opensearch.counting import NumberCounts, in_order
from engines.opensearch.encoding import SEPARATOR, field_of, numbers_of
from engines.plan import SearchPlan
from engines.port import FieldInfo

_RANGE_BITS = 2.6
"""What six ranges of like size tell."""
_PRICE_SCORE = 1.0
_REMEMBERED = 200_000
_KEY, _COUNT = itemgetter("key"), itemgetter("doc_count")


@dataclass(frozen=True, slots=True)
class Choice:
    """The fields chosen, best first, and the values of those of which none that is to be shown is missing."""

    fields: list[str] = field(default_factory=list)
    texts: dict[str, Counter[str]] = field(default_factory=dict)
    numbers: dict[str, NumberCounts] = field(default_factory=dict)


class _Frequent(NamedTuple):
    """The most frequent terms of an answer: how many units carry each, the places of their fields, and of how many
    units at most each of those carries that were left out; 0 if none was."""

    terms: list[str]
    counts: NDArray[np.int64]
    places: NDArray[np.int64]
    floor: int

    def of(self, places: list[int]) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield each of some places with where its terms are."""
        order = self.places.argsort(kind="stable")
        ordered = self.places[order]
        bounds = ordered.searchsorted(places).tolist(), ordered.searchsorted(places, "right").tolist()
        for place, first, last in zip(places, *bounds, strict=True):
            yield place, order[first:last]


class FacetFields:
    """The fields of a version that an automatic facet may show, by their numbers, with what is known of each
    beforehand. ``several`` are those of which a unit may have more than one value."""

    def __init__(
        self, fields: Mapping[str, FieldInfo], numbers: Mapping[str, str], products: int, several: Set[str]
    ) -> None:
        self.names = [name for name in fields if name in {"category", "brand"} or name.startswith("attributes.")]
        infos = [fields[name] for name in self.names]
        self.place = {name: at for at, name in enumerate(self.names)}
        # One place more than fields takes what is not a facet: other fields, and values too long to read.
        of_number = {numbers[name]: at for at, name in enumerate(self.names)}
        self.of_number = _Places(of_number, len(self.names), str)
        self.of_text = _Places(of_number, len(self.names), _readable)
        self.of_numeric = _Places(of_number, len(self.names), field_of)
        self.single = np.array([name not in several for name in self.names], dtype=bool)
        self.everywhere = np.array([info.products / max(products, 1) for info in infos])
        self.numeric = np.array([info.kind == "number" for info in infos], dtype=bool)
        self.range_bits = np.array([min(np.log2(max(info.distinct, 1)), _RANGE_BITS) for info in infos])

    def choose(self, answer: Json, plan: SearchPlan, taken: Set[str], limit: int, *, varied: bool) -> Choice:
        """Choose up to ``limit`` fields from the answer to ``counting.everything``, see ``auto_facets.usefulness``.

        Of each field the values that stand among the most frequent of all came with the answer. What is missing of
        those that carry the field has rarer values: they are taken to be half as frequent as the rarest that came.
        """
        total = int(answer["doc_count"])
        if not total:
            return Choice()
        size = len(self.names)
        has, texts = _frequent(answer["has"], self.of_number), _frequent(answer["texts"], self.of_text)
        numbers = _frequent(answer["numbers"], self.of_numeric)
        carried: Floats = np.bincount(has.places, has.counts, size + 1)[:size].astype(np.float64)
        seen = np.bincount(texts.places, texts.counts, size + 1)[:size]
        logs = np.bincount(texts.places, texts.counts * np.log2(texts.counts), size + 1)[:size]
        distinct = np.bincount(texts.places, minlength=size + 1)[:size].astype(np.float64)
        rare = max(texts.floor / 2.0, 1.0)
        missing = np.where(self.numeric, 0.0, (carried - seen).clip(min=0.0))
        present = np.flatnonzero(np.where(self.numeric, carried, seen))
        some = np.where(self.numeric, carried, seen + missing)[present]
        # H = log2 n - (1/n) sum c log2 c
        bits = np.log2(some) - (logs + missing * np.log2(rare))[present] / some
        numeric = self.numeric[present]
        scores = usefulness(
            (some / total).clip(max=1.0),
            self.everywhere[present],
            np.where(numeric, self.range_bits[present], bits),
            np.where(numeric, 0.0, (distinct + missing / rare)[present] / some),
            numeric,
        )
        names = [self.names[at] for at in present.tolist()]
        on_offer = float("on_offer" in answer and answer["on_offer"]["doc_count"] > 0)
        wanted = choose([*names, "price", "on_offer"], np.append(scores, (_PRICE_SCORE, on_offer)), limit)
        chosen = [name for name in wanted if name not in taken]
        places = [place for name in chosen if (place := self.place.get(name)) is not None]
        numeric_places = [at for at in places if self.numeric[at]]
        # With variants, texts came by the number of units; products are counted by another request.
        text_places = [] if varied else [at for at in places if not self.numeric[at]]
        return Choice(
            chosen,
            self._texts(text_places, texts, carried, plan.facet_limit),
            self._numbers(numeric_places, numbers, carried),
        )

    def _numbers(self, places: list[int], numbers: _Frequent, carried: Floats) -> dict[str, NumberCounts]:
        """Return the numbers of the fields at these places of which none is missing."""
        found = {}
        for place, at in numbers.of(places):
            units = numbers.counts[at]
            if not numbers.floor or (self.single[place] and units.sum() == carried[place]):
                values = numbers_of([numbers.terms[each] for each in at.tolist()])
                found[self.names[place]] = in_order(values, units, complete=True)
        return found

    def _texts(self, places: list[int], texts: _Frequent, carried: Floats, limit: int) -> dict[str, Counter[str]]:
        """Return the values of the fields at these places of which none that is to be shown can be missing: what was
        left out is at most as frequent as the rarest that came."""
        found = {}
        for place, at in texts.of(places):
            counts = texts.counts[at]
            if (
                not texts.floor
                or (self.single[place] and counts.sum() == carried[place])
                or np.count_nonzero(counts > texts.floor) >= limit
            ):
                values = [texts.terms[each].partition(SEPARATOR)[2] for each in at.tolist()]
                found[self.names[place]] = Counter(dict(zip(values, counts.tolist(), strict=True)))
        return found


class _Places(dict[str, int]):
    """The place of each term's field, found once: the frequent terms of one answer are those of many."""

    def __init__(self, of_number: Mapping[str, int], other: int, number: Callable[[str], str]) -> None:
        super().__init__()
        self._of_number = of_number
        self._other = other
        self._number = number

    def __missing__(self, term: str) -> int:
        place = self._of_number.get(self._number(term), self._other)
        if len(self) < _REMEMBERED:
            self[term] = place
        return place


def _readable(term: str) -> str:
    """Return the number of a text's field; nothing that is one where the text is too long to read."""
    number, _, value = term.partition(SEPARATOR)
    return number if len(value) <= READABLE else ""


def _frequent(answer: Json, places: _Places) -> _Frequent:
    buckets: Sequence[Json] = answer["buckets"]
    size = len(buckets)
    terms: list[str] = list(map(_KEY, buckets))
    counts = np.fromiter(map(_COUNT, buckets), np.int64, size)
    cut = bool(answer["sum_other_doc_count"])
    floor = int(counts[-1]) if cut and size else int(cut)
    return _Frequent(terms, counts, np.fromiter(map(places.__getitem__, terms), np.int64, size), floor)
