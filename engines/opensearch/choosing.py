"""Which facets an answer shows by itself, from the most frequent values among its hits."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import numpy as np

from engines.auto_facets import READABLE, choose, usefulness
from engines.opensearch.connection import Json
from engines.opensearch.counting import NumberCounts, counts_of_buckets
from engines.opensearch.encoding import SEPARATOR
from engines.opensearch.filters import Names
from engines.plan import SearchPlan
from engines.port import FieldInfo

_RANGE_BITS = 2.6
"""What six ranges of like size tell."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The fields chosen, best first, and the values of those whose values are all known already."""

    fields: list[str] = field(default_factory=list)
    texts: dict[str, Counter[str]] = field(default_factory=dict)
    numbers: dict[str, NumberCounts] = field(default_factory=dict)


def choose_fields(
    answer: Json,
    fields: Mapping[str, FieldInfo],
    names: Names,
    products: int,
    taken: Set[str],
    plan: SearchPlan,
    spare: int,
    varied: bool,
) -> Choice:
    """Choose from the answer to ``counting.everything``, see ``auto_facets.usefulness``.

    Of each field the values that stand among the most frequent of all are looked at: what is missing is rare, and
    what is rare divides nothing.
    """
    total = int(answer["doc_count"])
    if not total:
        return Choice()
    name_of = {number: name for name, number in names.numbers.items()}
    texts = _by_field(answer["texts"]["buckets"])
    numbers = _by_field(answer["numbers"]["buckets"])
    shown: list[str] = []
    carried, bits, distinct = [], [], []
    for bucket in answer["has"]["buckets"]:
        number = str(bucket["key"])
        name = name_of.get(number, "")
        if name not in fields or not (name in {"category", "brand"} or name.startswith("attributes.")):
            continue
        if fields[name].kind == "number":
            have = float(bucket["doc_count"])
            entropy = min(np.log2(max(fields[name].distinct, 1)), _RANGE_BITS)
            values = 0
        else:
            counts = np.array([b["doc_count"] for b in texts.get(number, ()) if _readable(b)], dtype=np.float64)
            if not len(counts):
                continue
            have = float(counts.sum())
            # H = log2 n - (1/n) sum c log2 c
            entropy = float(np.log2(have) - (counts * np.log2(counts)).sum() / have)
            values = len(counts)
        shown.append(name)
        carried.append(have)
        bits.append(entropy)
        distinct.append(values)
    have_ = np.array(carried)
    scores = usefulness(
        (have_ / total).clip(max=1.0),
        np.array([fields[name].products / max(products, 1) for name in shown]),
        np.array(bits),
        np.array(distinct) / have_,
        np.array([fields[name].kind == "number" for name in shown], dtype=bool),
    )
    wanted = choose([*shown, "price"], np.append(scores, 1.0), plan.auto_facets + spare)
    chosen = [name for name in wanted if name not in taken]
    choice = Choice(chosen)
    floor = _floor(answer["texts"])
    have_by_name = dict(zip(shown, carried, strict=True))
    for name in chosen:
        if name == "price":
            continue
        number = names.numbers[name]
        if fields[name].kind == "number":
            counted = counts_of_buckets(numbers.get(number, []), name, complete=True)
            if not answer["numbers"]["sum_other_doc_count"] or counted.units.sum() == have_by_name[name]:
                choice.numbers[name] = counted
        elif not varied:
            values_ = texts[number]
            # What was left out is at most as frequent as the last that came.
            if floor == 0 or sum(bucket["doc_count"] > floor for bucket in values_) >= plan.facet_limit:
                choice.texts[name] = Counter({_value(bucket): bucket["doc_count"] for bucket in values_})
    return choice


def _by_field(buckets: list[Json]) -> dict[str, list[Json]]:
    found: defaultdict[str, list[Json]] = defaultdict(list)
    for bucket in buckets:
        found[bucket["key"].split(SEPARATOR, 1)[0]].append(bucket)
    return found


def _floor(texts: Json) -> int:
    return int(texts["buckets"][-1]["doc_count"]) if texts["sum_other_doc_count"] else 0


def _value(bucket: Json) -> str:
    return str(bucket["key"]).split(SEPARATOR, 1)[1]


def _readable(bucket: Json) -> bool:
    return len(_value(bucket).encode()) <= READABLE
