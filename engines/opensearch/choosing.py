"""Which facets an answer shows by itself, from the most frequent values among its hits."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import numpy as np

from engines.auto_facets import READABLE, choose, usefulness
from engines.opensearch.connection import Json
from engines.opensearch.encoding import SEPARATOR
from engines.plan import SearchPlan
from engines.port import FieldInfo

_RANGE_BITS = 2.6
"""What six ranges of like size tell."""
_PRICE_SCORE = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """The fields chosen, best first, and the values of those of which no frequent one is missing."""

    fields: list[str] = field(default_factory=list)
    texts: dict[str, Counter[str]] = field(default_factory=dict)


class FacetFields:
    """The fields of a version that an automatic facet may show, by their numbers, with what is known of each
    beforehand."""

    def __init__(self, fields: Mapping[str, FieldInfo], numbers: Mapping[str, str], products: int) -> None:
        self.names = [name for name in fields if name in {"category", "brand"} or name.startswith("attributes.")]
        infos = [fields[name] for name in self.names]
        self.place = {numbers[name]: at for at, name in enumerate(self.names)}
        self.number = {name: numbers[name] for name in self.names}
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
        place, size = self.place, len(self.names)
        carried = np.zeros(size)
        for bucket in answer["has"]["buckets"]:
            if (at := place.get(bucket["key"])) is not None:
                carried[at] = bucket["doc_count"]
        buckets = answer["texts"]["buckets"]
        split = [bucket["key"].split(SEPARATOR, 1) for bucket in buckets]
        # One place more than fields takes what is not a facet: other fields, and values too long to read.
        places = np.array(
            [place.get(name, size) if len(value) <= READABLE else size for name, value in split], dtype=np.int64
        )
        counts = np.array([bucket["doc_count"] for bucket in buckets], dtype=np.float64)
        seen = np.bincount(places, weights=counts, minlength=size + 1)[:size]
        logs = np.bincount(places, weights=counts * np.log2(counts), minlength=size + 1)[:size]
        distinct = np.bincount(places, minlength=size + 1)[:size].astype(np.float64)
        cut = bool(answer["texts"]["sum_other_doc_count"])
        floor = float(counts[-1]) if cut and len(counts) else 1.0
        rare = max(floor / 2.0, 1.0)
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
        wanted = choose([*names, "price"], np.append(scores, _PRICE_SCORE), limit)
        chosen = [name for name in wanted if name not in taken]
        if varied:
            # Values came by the number of variants; products are counted by another request.
            return Choice(chosen)
        return Choice(chosen, self._complete(chosen, split, answer["texts"], plan.facet_limit, floor))

    def _complete(
        self, chosen: list[str], split: list[list[str]], texts: Json, limit: int, floor: float
    ) -> dict[str, Counter[str]]:
        """Return the values of the text fields of which no value that is to be shown can be missing: what was left
        out is at most as frequent as the rarest that came."""
        wanted = {self.number[name]: name for name in chosen if name in self.number}
        found: dict[str, Counter[str]] = {}
        for (number, value), bucket in zip(split, texts["buckets"], strict=True):
            if number in wanted:
                found.setdefault(wanted[number], Counter())[value] = bucket["doc_count"]
        return {name: counts for name, counts in found.items() if sum(n > floor for n in counts.values()) >= limit}
