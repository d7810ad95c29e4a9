"""Which facets an answer shows by itself, from the most frequent values among its hits."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
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
_NOWHERE = 1 << 32
"""Behind all places: of texts that no facet shows."""
_KEY, _COUNT = itemgetter("key"), itemgetter("doc_count")


@dataclass(frozen=True, slots=True)
class Choice:
    """The fields chosen, best first, and the values of those of which none that is to be shown is missing."""

    fields: list[str] = field(default_factory=list)
    texts: dict[str, Counter[str]] = field(default_factory=dict)
    numbers: dict[str, NumberCounts] = field(default_factory=dict)


class _Frequent(NamedTuple):
    """The most frequent texts of an answer: all terms, and by field where those of the field stand among them and how
    many units carry each; the places of the fields ascending, where each begins (and the last ends), and of how many
    units at most each of those carries that were left out; 0 if none was."""

    terms: list[str]
    order: NDArray[np.int64]
    counts: NDArray[np.int64]
    places: NDArray[np.int64]
    begins: NDArray[np.int64]
    floor: int

    def of(self, places: list[int]) -> Iterator[tuple[int, list[str], NDArray[np.int64]]]:
        """Yield those of some places that have any, each with its terms and their counts."""
        at = {place: number for number, place in enumerate(self.places.tolist())}
        for place in places:
            if (number := at.get(place)) is not None:
                first, last = self.begins[number : number + 2].tolist()
                yield place, [self.terms[at] for at in self.order[first:last].tolist()], self.counts[first:last]


class FacetFields:
    """The fields of a version that an automatic facet may show, by their numbers, with what is known of each
    beforehand. ``several`` are those of which a unit may have more than one value."""

    def __init__(
        self, fields: Mapping[str, FieldInfo], numbers: Mapping[str, str], products: int, several: Set[str]
    ) -> None:
        self.names = [name for name in fields if name in {"category", "brand"} or name.startswith("attributes.")]
        infos = [fields[name] for name in self.names]
        self.place = {name: at for at, name in enumerate(self.names)}
        self.numbers = [numbers[name] for name in self.names]
        self.of_number = {number: at for at, number in enumerate(self.numbers)}
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
        texts = self._frequent(answer["texts"])
        carried = np.zeros(len(self.names))
        for bucket in answer["has"]["buckets"]:
            if (place := self.of_number.get(bucket["key"])) is not None:
                carried[place] = bucket["doc_count"]
        numeric_present = np.flatnonzero(carried * self.numeric)
        begins, counts = texts.begins[:-1], texts.counts
        seen = np.add.reduceat(counts, begins) if len(begins) else np.zeros(0, np.int64)
        logs = np.add.reduceat(counts * np.log2(counts), begins) if len(begins) else np.zeros(0)
        rare = max(texts.floor / 2.0, 1.0)
        missing = (carried[texts.places] - seen).clip(min=0.0)
        some = seen + missing
        # H = log2 n - (1/n) sum c log2 c
        bits = np.log2(some) - (logs + missing * np.log2(rare)) / some
        distinct = (np.diff(texts.begins) + missing / rare) / some
        present = np.concatenate((texts.places, numeric_present))
        among = np.concatenate((some, carried[numeric_present])) / total
        scores = usefulness(
            among.clip(max=1.0),
            self.everywhere[present],
            np.concatenate((bits, self.range_bits[numeric_present])),
            np.concatenate((distinct, np.zeros(len(numeric_present)))),
            self.numeric[present],
        )
        order = present.argsort(kind="stable")
        present, scores = present[order], scores[order]
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
            self._numbers(numeric_places, answer["numbers"], carried),
        )

    def _frequent(self, answer: Json) -> _Frequent:
        """Read the texts of an answer; those of other fields than facets', and those too long to read, are left out."""
        buckets: Sequence[Json] = answer["buckets"]
        terms: list[str] = list(map(_KEY, buckets))
        counts = np.fromiter(map(_COUNT, buckets), np.int64, len(buckets))
        found: list[int] = []
        for term in terms:
            number, _, value = term.partition(SEPARATOR)
            found.append(self.of_number.get(number, _NOWHERE) if len(value) <= READABLE else _NOWHERE)
        places = np.array(found, np.int64)
        cut = bool(answer["sum_other_doc_count"])
        floor = int(counts[-1]) if cut and len(buckets) else int(cut)
        order = places.argsort(kind="stable")
        ordered = places[order]
        order = order[: ordered.searchsorted(_NOWHERE)]
        ordered = ordered[: len(order)]
        firsts = np.flatnonzero(np.diff(ordered, prepend=-1))
        return _Frequent(terms, order, counts[order], ordered[firsts], np.append(firsts, len(order)), floor)

    def _numbers(self, places: list[int], answer: Json, carried: Floats) -> dict[str, NumberCounts]:
        """Return the numbers of the fields at these places of which none is missing."""
        buckets: dict[str, list[Json]] = {self.numbers[place]: [] for place in places}
        if not buckets:
            return {}
        for bucket in answer["buckets"]:
            if (number := field_of(bucket["key"])) in buckets:
                buckets[number].append(bucket)
        whole = not answer["sum_other_doc_count"]
        found = {}
        for place in places:
            own = buckets[self.numbers[place]]
            units = np.array(list(map(_COUNT, own)), np.int64)
            if own and (whole or (self.single[place] and units.sum() == carried[place])):
                found[self.names[place]] = in_order(numbers_of(list(map(_KEY, own))), units, complete=True)
        return found

    def _texts(self, places: list[int], texts: _Frequent, carried: Floats, limit: int) -> dict[str, Counter[str]]:
        """Return the values of the fields at these places of which none that is to be shown can be missing: what was
        left out is at most as frequent as the rarest that came."""
        found = {}
        for place, terms, counts in texts.of(places):
            if (
                not texts.floor
                or (self.single[place] and counts.sum() == carried[place])
                or np.count_nonzero(counts > texts.floor) >= limit
            ):
                values = [term.partition(SEPARATOR)[2] for term in terms]
                found[self.names[place]] = Counter(dict(zip(values, counts.tolist(), strict=True)))
        return found
