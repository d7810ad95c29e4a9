"""A snapshot of one version: its parts, its offers and its live rows at the moment of one commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from commerce.buyer import Buyer
from engines.embedded import facets as faceting
from engines.embedded import text as texts
from engines.embedded.counting import FacetFields
from engines.embedded.filtering import filter_mask, selection_mask
from engines.embedded.ordering import Position, best_first, decode_cursor, encode_cursor, sort_keys
from engines.embedded.part import Mask, Part
from engines.embedded.part_writer import OFFERED
from engines.embedded.value_counts import FieldValues
from engines.embedded.view import View
from engines.embedded.words import Words
from engines.plan import SearchPlan, Selection, TextMatch, VectorMatch
from engines.port import FieldInfo, Schema, Stats, Suggestion
from engines.results import Facet, Hit, SearchResult, StoredProduct
from language.dictionary import AttributeEntry
from language.filters.tree import Filter
from language.vocabulary import Vocabulary

_WORD_TIER = 1e5
_IDENTIFIER_TIER = 1e8
Rows = NDArray[np.int64]
Keys = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Matches:
    """Rows with their keys of relevance; those that were found by part number; the words that each matches at least."""

    rows: Rows
    keys: Keys
    by_identifier: Mask
    words: int = 0


class EmbeddedIndex:
    """What the serving version holds at one moment; safe for concurrent use.

    Every buyer sees the whole catalogue at its own price: assortments and price lists are not kept yet.
    """

    def __init__(
        self,
        schema: Schema,
        views: Sequence[View],
        stats: Stats,
        before: "EmbeddedIndex | None" = None,
    ) -> None:
        self._schema = schema
        self._views = views
        self._stats = stats
        parts = [view.part for view in views]
        self._bases = np.array([part.base for part in parts], dtype=np.int64)
        self._varied = any(part.row_of_unit is not None for part in parts)
        self._parts = parts
        self._fields: Mapping[str, FieldInfo]
        self._facet_fields: FacetFields
        if before and before._parts == parts:
            self._fields, self._facet_fields = before._fields, before._facet_fields
        else:
            # Most often the parts from before have one more behind them.
            known = before if before and before._parts == parts[: len(before._parts)] else None
            self._fields = _fields(parts, known._parts if known else (), known._fields if known else {})
            old = known._facet_fields if known else None
            self._facet_fields = FacetFields(parts, self._fields, stats.products, old)
        self._values: FieldValues = before._values if before else FieldValues()
        self._words: Words = Words(schema, views, before._words if before else None)

    def search(self, plan: SearchPlan) -> SearchResult:
        """Execute a plan. Raises InvalidCursor for a cursor that does not belong to it."""
        began = perf_counter()
        after = decode_cursor(self._stats.version, plan)
        allowed = None if plan.filter is None else self._masks(plan.filter)
        found = self._match(plan, allowed)
        matched = perf_counter()
        chosen = [(each, self._masks(each)) for each in plan.selections]
        conditions = ([allowed] if allowed is not None else []) + [masks for _, masks in chosen]
        units = self._all_of(conditions) if conditions else None
        keep: Mask | slice = slice(None)
        if chosen and units is not None:
            keep = self._any_unit(units)[found.rows]
        rows, keys = found.rows[keep], found.keys[keep]
        wanted = keys if plan.sort.field == "relevance" else sort_keys(self._views, rows, plan.sort, units)
        order = best_first(wanted, rows, plan.offset if after is None else 0, plan.limit, after)
        hits = self._hits(rows[order], keys[order], found.by_identifier[keep][order], units, textual=bool(plan.text))
        ordered = perf_counter()
        facets: tuple[Facet, ...] = ()
        if plan.facets or plan.auto_facets:
            mine = self._units_of(found.rows, allowed)
            facets = faceting.count(self._views, self._fields, self._facet_fields, self._values, plan, mine, chosen)
        counted = perf_counter()
        cursor = None
        if hits and len(hits) == plan.limit and self._continues(plan, after, order, wanted, rows):
            last = Position(float(wanted[order[-1]]), int(rows[order[-1]]))
            cursor = encode_cursor(self._stats.version, plan, last)
        timings = {
            "match": (matched - began) * 1e3,
            "order": (ordered - matched) * 1e3,
            "facets": (counted - ordered) * 1e3,
        }
        return SearchResult(hits, len(rows), facets, found.words, cursor, timings)

    def suggest(self, typed: str, limit: int, buyer: Buyer) -> Sequence[Suggestion]:
        """Complete what was typed, up to ``limit`` of each kind."""
        return self._words.completions.complete(typed, limit)

    def get(self, ids: Sequence[str], buyer: Buyer) -> Mapping[str, StoredProduct]:
        """Return the products of the ids that this catalogue holds."""
        if not ids:
            return {}
        found = (view.product(row) for view, row in texts.rows_with_ids(self._views, ids))
        return {product.id: product for product in found}

    def fields(self) -> Mapping[str, FieldInfo]:
        """Return every field that filters, facets and sorting may name."""
        return self._fields

    def vocabulary(self, locale: str) -> Vocabulary:
        """Return the words of the searched texts of one locale, of the default one where it is not kept."""
        return self._words.vocabularies.get(locale) or self._words.vocabularies[self._schema.locales[0]]

    def dictionary(self) -> Mapping[str, AttributeEntry]:
        """Return what the attributes mean."""
        return self._schema.dictionary

    def stats(self) -> Stats:
        """Return the size of this version."""
        return self._stats

    def _match(self, plan: SearchPlan, allowed: list[Mask] | None) -> _Matches:
        may = [view.live for view in self._views]
        if allowed is not None:
            pairs = zip(self._views, allowed, strict=True)
            may = [view.live & view.part.any_unit(mask) for view, mask in pairs]
        if plan.vector is not None:
            return self._match_vector(plan.vector, may)
        if plan.text is None:
            rows = np.flatnonzero(_joined(may))
            popularity = _joined([view.part.popularity for view in self._views])[rows].astype(np.float64)
            return _Matches(rows, popularity, np.zeros(len(rows), bool))
        return self._match_text(plan.text, may)

    def _match_text(self, text: TextMatch, may: list[Mask]) -> _Matches:
        hits = texts.match(self._views, text, may, self._schema.locales[0])
        keys = hits.scores + hits.words * _WORD_TIER
        named = texts.rows_with_identifiers(self._views, text.identifiers)
        if not len(named):
            return _Matches(hits.rows, keys, np.zeros(len(hits.rows), bool), hits.least)
        named = named[_joined(may)[named]]
        extra = named[~np.isin(named, hits.rows)]
        rows = np.concatenate([hits.rows, extra])
        by_identifier = np.isin(rows, named)
        keys = np.concatenate([keys, np.zeros(len(extra))]) + by_identifier * _IDENTIFIER_TIER
        return _Matches(rows, keys, by_identifier, hits.least)

    def _match_vector(self, vector: VectorMatch, may: list[Mask]) -> _Matches:
        """Compare with every product: exact, and fast enough below 100,000 products."""
        wanted = np.asarray(vector.values, dtype=np.float32)
        scores = np.full(sum(view.part.count for view in self._views), -np.inf)
        for view in self._views:
            if view.part.vectors is not None:
                scores[view.part.base : view.part.base + view.part.count] = view.part.vectors @ wanted
        scores[~_joined(may)] = -np.inf
        rows = np.flatnonzero(scores >= vector.floor)
        nearest = rows[np.argsort(-scores[rows], kind="stable")[: vector.limit]]
        return _Matches(nearest, scores[nearest], np.zeros(len(nearest), bool))

    def _masks(self, condition: Filter | Selection) -> list[Mask]:
        """Return which units of each part meet a condition."""
        if isinstance(condition, Selection):
            return [selection_mask(view, condition) for view in self._views]
        return [filter_mask(view, condition) for view in self._views]

    def _all_of(self, conditions: Sequence[list[Mask]]) -> list[Mask]:
        return [np.logical_and.reduce(masks) for masks in zip(*conditions, strict=True)]

    def _any_unit(self, units: Sequence[Mask]) -> Mask:
        """Return which rows of all parts have one of these units."""
        return _joined([view.part.any_unit(mask) for view, mask in zip(self._views, units, strict=True)])

    def _units_of(self, rows: Rows, allowed: list[Mask] | None) -> list[Mask]:
        """Return the allowed units of these rows, by part."""
        matched = np.zeros(sum(view.part.count for view in self._views), bool)
        matched[rows] = True
        found = []
        for number, view in enumerate(self._views):
            own = view.part.all_units(matched[view.part.base : view.part.base + view.part.count])
            found.append(own & allowed[number] if allowed is not None and self._varied else own)
        return found

    def _continues(self, plan: SearchPlan, after: Position | None, order: Rows, keys: Keys, rows: Rows) -> bool:
        if after is None:
            return plan.offset + len(order) < len(keys)
        last = order[-1]
        return bool(np.any((keys < keys[last]) | ((keys == keys[last]) & (rows > rows[last]))))

    def _hits(
        self, rows: Rows, keys: Keys, named: Mask, units: Sequence[Mask] | None, *, textual: bool
    ) -> tuple[Hit, ...]:
        scores = (keys % _WORD_TIER if textual else keys).tolist()
        places = (np.searchsorted(self._bases, rows, side="right") - 1).tolist()
        hits = []
        for row, place, score, by_identifier in zip(rows.tolist(), places, scores, named.tolist(), strict=True):
            view = self._views[place]
            product = view.product(row - view.part.base, None if units is None else units[place])
            hits.append(Hit(product, score, by_identifier))
        return tuple(hits)


def _joined(arrays: Sequence[NDArray[np.generic]]) -> NDArray:  # type: ignore[type-arg]
    return np.concatenate(arrays) if len(arrays) > 1 else arrays[0] if arrays else np.zeros(0, bool)


def _fields(
    parts: Sequence[Part], known_parts: Sequence[Part], known_fields: Mapping[str, FieldInfo]
) -> dict[str, FieldInfo]:
    """Return what is known of each field, given that of the first parts."""
    found = dict(known_fields)
    for part in parts[len(known_parts) :]:
        for column in (*part.codes.values(), *part.numbers.values()):
            if column.name.startswith("_"):
                continue
            products, distinct = column.carried, column.distinct
            if known := found.get(column.name):
                products, distinct = products + known.products, max(distinct, known.distinct)
            found[column.name] = FieldInfo(column.name, column.kind, products, distinct)
    for price in ("price", "list_price"):
        found[price] = FieldInfo(price, "number", sum(int((part.net >= 0).sum()) for part in parts))
    found[OFFERED] = FieldInfo(OFFERED, "boolean", sum(part.count for part in parts), 2)
    return found
