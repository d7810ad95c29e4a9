"""The facets of one search: which, and their values, each facet blind to its own selection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engines import ranges
from engines.auto_facets import choose
from engines.embedded.counting import (
    CodeCounts,
    FacetFields,
    NumberEntries,
    PartHits,
    PartTables,
    has_repeats,
    hits_by_part,
    merge_numbers,
    numbers_of,
    sampled,
)
from engines.embedded.filtering import PRICE_FIELDS
from engines.embedded.part import Mask
from engines.embedded.part_writer import OFFERED
from engines.embedded.value_counts import FieldValues, ValueCounts, count_values, merge_counts
from engines.embedded.view import View
from engines.plan import FacetRequest, SearchPlan, Selection
from engines.port import FieldInfo
from engines.ranges import Numbers
from engines.results import Facet, FacetType, FacetValue

_TYPES: dict[str, FacetType] = {
    "text": "terms",
    "boolean": "boolean",
    "hierarchy": "hierarchy",
    "number": "range",
}
_SEPARATOR = " > "
_SPARE = 4
"""So many more fields are looked at, because a range may turn out to hold a single interval."""


@dataclass(frozen=True, slots=True)
class Countable:
    """What a snapshot has to count: its fields, those of them that an automatic facet may show, and their values."""

    fields: Mapping[str, FieldInfo]
    candidates: FacetFields
    values: FieldValues


def count(
    views: Sequence[View],
    countable: Countable,
    plan: SearchPlan,
    matched: Sequence[Mask],
    chosen: Sequence[tuple[Selection, Sequence[Mask]]],
) -> tuple[Facet, ...]:
    """Count the facets that the plan asks for over the ``matched`` units of each part (before selections).

    In an automatic answer selected fields are always shown, so that the buyer can untick them, and a facet that
    leaves no choice is not.
    """
    if not plan.facets and not plan.auto_facets:
        return ()
    every = list(matched)
    for _, masks in chosen:
        every = [a & b for a, b in zip(every, masks, strict=True)]
    counter = _Counter(hits_by_part(views, every), countable.fields, countable.values, even=plan.even_ranges)
    for selection, _ in chosen:
        others = list(matched)
        for other, masks in chosen:
            if other.field != selection.field:
                others = [a & b for a, b in zip(others, masks, strict=True)]
        counter.select(selection, hits_by_part(views, others))
    facets = [counter.facet(request) for request in plan.facets]
    if plan.auto_facets:
        taken = {request.field for request in plan.facets}
        ticked = [selection.field for selection, _ in chosen if selection.field not in taken]
        found = [counter.facet(FacetRequest(field, plan.facet_limit)) for field in ticked]
        for field in counter.useful(countable.candidates, plan.auto_facets + _SPARE):
            if len(found) >= plan.auto_facets:
                break
            if field not in taken and field not in ticked:
                facet = counter.facet(FacetRequest(field, plan.facet_limit))
                found += [facet] if len(facet.values) > 1 else []
        facets += found
    return tuple(facets)


class _Counter:
    """Counts facets of one set of hits, and of what they would be without a field's own selection."""

    def __init__(
        self, hits: Sequence[PartHits], fields: Mapping[str, FieldInfo], values: FieldValues, *, even: bool
    ) -> None:
        self._hits = hits
        self._even = even
        self._fields = fields
        self._values = values
        self._selected: dict[str, tuple[Selection, Sequence[PartHits]]] = {}
        self._tables: list[PartTables] = []

    def select(self, selection: Selection, without: Sequence[PartHits]) -> None:
        self._selected[selection.field] = (selection, without)

    def useful(self, candidates: FacetFields, limit: int) -> list[str]:
        seen = sampled(self._hits)
        tables = [PartTables(each, CodeCounts(each), NumberEntries(each)) for each in seen]
        total = sum(each.products for each in seen)
        if not total:
            return []
        names, scores = candidates.scores(tables, total)
        if seen is self._hits:
            # What was counted to choose is what the facets show; a sample only chooses.
            self._tables = tables
        return choose([*names, "price", "on_offer"], np.append(scores, (1.0, self._on_offer())), limit)

    def _on_offer(self) -> float:
        """Return whether some of the hits are on offer, as a score."""
        promoted = (each for each in self._hits if each.view.offers.before is not None)
        return float(any(np.any(each.view.offers.on_offer[each.units]) for each in promoted))

    def facet(self, request: FacetRequest) -> Facet:
        own, hits = self._selected.get(request.field, (None, self._hits))
        kind = self._fields[request.field].kind
        if kind == "number":
            read = own is None and self._tables and request.field not in PRICE_FIELDS
            read = read and not has_repeats(self._tables, request.field)
            numbers = merge_numbers(self._tables, request.field) if read else numbers_of(hits, request.field)
            return _range(request, numbers, own, even=self._even)
        if own is None and self._tables and request.field not in OFFERED:
            counts = merge_counts(self._tables, request.field, self._values)
        else:
            counts = count_values(hits, request.field, self._values)
        return _terms(request, _TYPES[kind], counts, own)


def _terms(request: FacetRequest, kind: FacetType, counts: ValueCounts, own: Selection | None) -> Facet:
    ticked = [_spelling(value) for value in own.values] if own else []
    lines = counts.largest(request.limit, request.prefix)
    shown = {value for value, _ in lines}
    if not request.prefix:
        lines += [(value, counts.of(value)) for value in ticked if value not in shown]
    values = tuple(
        FacetValue(
            count=count,
            value=value == "true" if kind == "boolean" else value,
            level=value.count(_SEPARATOR) + 1 if kind == "hierarchy" else None,
            selected=value in ticked,
        )
        for value, count in lines
    )
    return Facet(request.field, kind, values)


def _range(request: FacetRequest, numbers: Numbers, own: Selection | None, *, even: bool) -> Facet:
    ticked = own.intervals if own else ()
    shown = ranges.choosable(request.field, numbers, even=even)
    known = {interval for interval, _ in shown}
    shown += [(each, numbers.count(each)) for each in ticked if each not in known]
    lines = tuple(
        FacetValue(
            count=count,
            interval=interval,
            selected=interval in ticked,
            span=ranges.span(numbers, interval) if even else None,
        )
        for interval, count in shown
        if count or interval in ticked
    )
    return Facet(request.field, "range", lines, numbers.stats())


def _spelling(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
