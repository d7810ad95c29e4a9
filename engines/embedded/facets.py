"""The facets of one search: which, and their values, each facet blind to its own selection."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engines import ranges
from engines.auto_facets import choose
from engines.embedded.counting import CodeCounts, PartHits, count_codes, hits_by_part, merge_codes, numbers_of, scores
from engines.embedded.part import Mask, Part
from engines.plan import FacetRequest, SearchPlan, Selection
from engines.port import FieldInfo
from engines.results import Facet, FacetType, FacetValue

_TYPES: dict[str, FacetType] = {"text": "terms", "boolean": "boolean", "hierarchy": "hierarchy", "number": "range"}
_SEPARATOR = " > "


def count(
    parts: Sequence[Part],
    fields: Mapping[str, FieldInfo],
    plan: SearchPlan,
    rows: NDArray[np.int64],
    chosen: Sequence[tuple[Selection, Mask]],
) -> tuple[Facet, ...]:
    """Count the facets that the plan asks for over the matched ``rows`` (before selections).

    Selected fields are always shown in an automatic answer, so that the buyer can untick them.
    """
    if not plan.facets and not plan.auto_facets:
        return ()
    size = parts[-1].base + parts[-1].count if parts else 0
    matched = np.zeros(size, bool)
    matched[rows] = True
    selected = {selection.field: selection for selection, _ in chosen}
    every = matched.copy()
    for _, mask in chosen:
        every &= mask
    hits = hits_by_part(parts, every)
    requests = list(plan.facets)
    tables: list[tuple[PartHits, CodeCounts]] = []
    automatic: list[str] = []
    if plan.auto_facets:
        tables = [(each, CodeCounts(each)) for each in hits]
        taken = [request.field for request in requests]
        total = max(sum(len(each.rows) for each in hits), 1)
        ticked = [field for field in selected if field not in taken]
        automatic = choose(scores(tables, total), plan.auto_facets, (*taken, *ticked))
        automatic = (ticked + automatic)[: max(plan.auto_facets, len(ticked))]
        requests += [FacetRequest(field, plan.facet_limit) for field in automatic]
    facets = []
    for request in requests:
        info = fields.get(request.field)
        if info is None:
            continue
        own = selected.get(request.field)
        base = hits
        if own is not None:
            others = matched.copy()
            for selection, mask in chosen:
                if selection.field != request.field:
                    others &= mask
            base = hits_by_part(parts, others)
        if info.kind == "number":
            facets.append(_range(request, numbers_of(base, request.field), own))
            continue
        if own is None and request.field in automatic:
            counts = merge_codes(tables, request.field, request.limit)
        else:
            counts = count_codes(base, request.field)
        facets.append(_terms(request, _TYPES[info.kind], counts, own))
    return tuple(facets)


def _terms(request: FacetRequest, kind: FacetType, counts: Counter[str], own: Selection | None) -> Facet:
    ticked = [_spelling(value) for value in own.values] if own else []
    if request.prefix:
        prefix = request.prefix.casefold()
        counts = Counter({value: n for value, n in counts.items() if value.casefold().startswith(prefix)})
    largest = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[: request.limit]
    shown = [value for value, _ in largest]
    missing = [] if request.prefix else [value for value in ticked if value not in shown]
    values = tuple(
        FacetValue(
            count=counts[value],
            value=value == "true" if kind == "boolean" else value,
            level=value.count(_SEPARATOR) + 1 if kind == "hierarchy" else None,
            selected=value in ticked,
        )
        for value in (*shown, *missing)
    )
    return Facet(request.field, kind, values)


def _range(request: FacetRequest, values: NDArray[np.float64], own: Selection | None) -> Facet:
    ticked = own.intervals if own else ()
    shown = ranges.intervals(values)
    shown += [interval for interval in ticked if interval not in shown]
    lines = tuple(
        FacetValue(count=n, interval=interval, selected=interval in ticked)
        for interval in shown
        if (n := ranges.count_within(values, interval)) or interval in ticked
    )
    stats = (float(values.min()), float(values.max()), float(values.mean())) if len(values) else None
    return Facet(request.field, "range", lines, stats)


def _spelling(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
