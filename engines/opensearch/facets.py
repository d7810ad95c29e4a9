"""The facets of one search: asked for with the hits in one request, completed by a second where that one was cut."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engines import ranges
from engines.opensearch import counting
from engines.opensearch.choosing import Choice, FacetFields
from engines.opensearch.conditions import NOTHING, all_of
from engines.opensearch.connection import Json
from engines.opensearch.encoding import spelling
from engines.opensearch.filters import Names
from engines.plan import FacetRequest, Interval, SearchPlan, Selection
from engines.port import FieldInfo
from engines.ranges import Numbers
from engines.results import Facet, FacetType, FacetValue

_TYPES: dict[str, FacetType] = {"text": "terms", "boolean": "boolean", "hierarchy": "hierarchy", "number": "range"}
_SEPARATOR = " > "
_SPARE = 4
"""So many more fields are looked at, because a range may turn out to hold a single interval."""
Ask = Callable[[Json], Json]
Ranged = tuple[Numbers, list[tuple[Interval, int]]]
"""The numbers of a field, and its intervals with their products."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What facets must know of a version: its fields, how they are named in the index, which of them have several
    numbers in one unit, which may be chosen, and whether products have variants."""

    fields: Mapping[str, FieldInfo]
    names: Names
    several: frozenset[str]
    candidates: FacetFields
    varied: bool


class Facets:
    """Counts the facets of one plan. ``condition`` is the plan's filter and ``chosen`` its selections, as conditions
    on units."""

    def __init__(
        self,
        plan: SearchPlan,
        catalogue: Catalogue,
        condition: Json | None,
        chosen: Sequence[tuple[Selection, Json]],
    ) -> None:
        self._plan = plan
        self._catalogue = catalogue
        self._condition = condition
        self._chosen = chosen
        self._own = {selection.field: selection for selection, _ in chosen}
        taken = {request.field for request in plan.facets}
        self._ticked = [field for field in self._own if field not in taken] if plan.auto_facets else []
        self._asked = [*plan.facets, *(FacetRequest(field, plan.facet_limit) for field in self._ticked)]

    def aggregations(self) -> Json:
        """Return what is asked for together with the hits."""
        found = self._groups({str(at): self._first(request) for at, request in enumerate(self._asked)})
        if self._plan.auto_facets:
            parts = {**counting.everything(), "price": self._numbers("price", every=False)}
            lowered = self._catalogue.names.prices.lowered()
            if lowered is not NOTHING:
                parts["on_offer"] = {"filter": lowered}
            found["auto"] = counting.over_units(self._meets(None), parts)
        return found

    def read(self, answer: Json, ask: Ask) -> tuple[Facet, ...]:
        """Make the facets of the answer; ``ask`` sends further aggregations over the same hits."""
        if not self._asked and not self._plan.auto_facets:
            return ()
        parts = self._parts(answer, len(self._asked))
        requests = list(self._asked)
        texts: dict[str, Counter[str]] = {}
        numbers: dict[str, counting.NumberCounts] = {}
        for request, part in zip(requests, parts, strict=True):
            if self._is_number(request.field):
                numbers[request.field] = counting.number_counts(part, request.field, self._catalogue.names)
            else:
                texts[request.field] = counting.counts_in(part, self._own.get(request.field))
        choice = self._choose(answer) if self._plan.auto_facets else Choice()
        if "price" in choice.fields:
            numbers.setdefault(
                "price", counting.number_counts(answer["auto"]["in"]["price"], "price", self._catalogue.names)
            )
        texts = {**choice.texts, **texts}
        numbers = {**choice.numbers, **numbers}
        automatic = [FacetRequest(field, self._plan.facet_limit) for field in choice.fields]
        self._complete([*requests, *automatic], texts, numbers, ask)
        ranged = {each.field: self._cut(each.field, numbers) for each in requests if self._is_number(each.field)}
        shown = list(requests)
        for request in automatic:
            if len(shown) >= len(self._plan.facets) + self._plan.auto_facets:
                break
            # A facet of one line leaves no choice.
            if self._is_number(request.field):
                cut = self._cut(request.field, numbers)
                if len(cut[1]) > 1:
                    ranged[request.field] = cut
                    shown.append(request)
            elif min(len(+texts[request.field]), request.limit) > 1:
                shown.append(request)
        self._count_products(shown, ranged, ask)
        return tuple(self._facet(request, texts, ranged) for request in shown)

    def _choose(self, answer: Json) -> Choice:
        taken = {request.field for request in self._asked}
        most = self._plan.auto_facets + _SPARE
        known = self._catalogue
        return known.candidates.choose(answer["auto"]["in"], self._plan, taken, most, varied=known.varied)

    def _complete(
        self,
        requests: Sequence[FacetRequest],
        texts: dict[str, Counter[str]],
        numbers: dict[str, counting.NumberCounts],
        ask: Ask,
    ) -> None:
        """Ask for the values that the first answer left out."""
        missing: dict[str, tuple[FacetRequest, Json]] = {}
        for request in requests:
            field = request.field
            if self._is_number(field):
                if field not in numbers or not numbers[field].complete:
                    missing[str(len(missing))] = (request, self._numbers(field, every=True))
            elif field not in texts:
                missing[str(len(missing))] = (request, self._first(request))
        if not missing:
            return
        parts = {name: part for name, (_, part) in missing.items()}
        answer = ask(self._groups(parts, [request for request, _ in missing.values()]))
        for part, (request, _) in zip(self._parts(answer, len(missing)), missing.values(), strict=True):
            if self._is_number(request.field):
                numbers[request.field] = counting.number_counts(part, request.field, self._catalogue.names)
            else:
                texts[request.field] = counting.counts_in(part, self._own.get(request.field))

    def _cut(self, field: str, numbers: Mapping[str, counting.NumberCounts]) -> Ranged:
        """Cut the numbers of a field into intervals, and add those that are ticked."""
        counted = numbers[field].numbers()
        shown = ranges.choosable(field, counted, even=self._plan.even_ranges)
        known = {interval for interval, _ in shown}
        ticked = self._own[field].intervals if field in self._own else ()
        return counted, shown + [(each, counted.count(each)) for each in ticked if each not in known]

    def _count_products(self, shown: Sequence[FacetRequest], ranged: dict[str, Ranged], ask: Ask) -> None:
        """Count the products of intervals again where one product may have several numbers in one of them."""
        again = [
            each
            for each in shown
            if each.field in ranged
            and ranged[each.field][1]
            and (self._catalogue.varied or each.field in self._catalogue.several)
        ]
        if not again:
            return
        parts = {
            str(at): counting.in_intervals(each.field, [i for i, _ in ranged[each.field][1]], self._catalogue.names)
            for at, each in enumerate(again)
        }
        answers = self._parts(ask(self._groups(parts, again)), len(again))
        for request, answer in zip(again, answers, strict=True):
            counted, intervals = ranged[request.field]
            counts = counting.products_in(answer, len(intervals))
            ranged[request.field] = (counted, [(i, n) for (i, _), n in zip(intervals, counts, strict=True)])

    def _facet(
        self,
        request: FacetRequest,
        texts: Mapping[str, Counter[str]],
        ranged: Mapping[str, Ranged],
    ) -> Facet:
        own = self._own.get(request.field)
        if self._is_number(request.field):
            return _range(request, *ranged[request.field], own, even=self._plan.even_ranges)
        return _terms(request, _TYPES[self._catalogue.fields[request.field].kind], texts[request.field], own)

    def _first(self, request: FacetRequest) -> Json:
        if self._is_number(request.field):
            return self._numbers(request.field, every=False)
        own = self._own.get(request.field)
        return counting.values_of(request, own, self._catalogue.names, varied=self._catalogue.varied)

    def _numbers(self, field: str, *, every: bool) -> Json:
        return counting.numbers_in_units(field, self._catalogue.names, every=every)

    def _is_number(self, field: str) -> bool:
        return self._catalogue.fields[field].kind == "number"

    def _meets(self, field: str | None) -> Json:
        """Return what units must meet to be counted in a field's facet: all but the field's own selection."""
        others = [condition for selection, condition in self._chosen if selection.field != field]
        return all_of(([] if self._condition is None else [self._condition]) + others)

    def _groups(self, parts: Mapping[str, Json], requests: Sequence[FacetRequest] | None = None) -> dict[str, Json]:
        """Put aggregations about the same units together."""
        groups: dict[str, dict[str, Json]] = {}
        for (name, part), request in zip(parts.items(), requests or self._asked, strict=True):
            group = request.field if request.field in self._own else ""
            groups.setdefault(group, {})[name] = part
        return {f"of {group}": counting.over_units(self._meets(group), each) for group, each in groups.items()}

    @staticmethod
    def _parts(answer: Json, count: int) -> list[Json]:
        parts: dict[str, Json] = {}
        for name, group in answer.items():
            if name.startswith("of "):
                parts.update(group["in"])
        return [parts[str(at)] for at in range(count)]


def _terms(request: FacetRequest, kind: FacetType, counts: Counter[str], own: Selection | None) -> Facet:
    ticked = [spelling(value) for value in own.values] if own else []
    if request.prefix:
        prefix = request.prefix.casefold()
        counts = Counter({value: n for value, n in counts.items() if value.casefold().startswith(prefix)})
    largest = sorted(((v, n) for v, n in counts.items() if n), key=lambda pair: (-pair[1], pair[0]))[: request.limit]
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


def _range(
    request: FacetRequest,
    numbers: Numbers,
    shown: Sequence[tuple[Interval, int]],
    own: Selection | None,
    *,
    even: bool,
) -> Facet:
    ticked = own.intervals if own else ()
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
