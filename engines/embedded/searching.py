"""One search over the views of one buyer: match, order, count."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from engines.embedded import facets as faceting
from engines.embedded import text as texts
from engines.embedded.facets import Countable
from engines.embedded.filtering import filter_mask, selection_mask
from engines.embedded.ordering import Position, best_first, decode_cursor, encode_cursor, sort_keys
from engines.embedded.part import Mask
from engines.embedded.view import View
from engines.plan import HEAVIEST, SearchPlan, Selection, TextMatch, VectorMatch
from engines.results import Facet, Hit, SearchResult
from engines.stock import IN_STOCK_SCORE
from language.filters.tree import Filter

_WORD_TIER = 1e5
_PIECE_TIER = 1e7
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


class Search:
    """Executes plans over ``views``; texts are searched in ``locale`` unless the plan names another one."""

    def __init__(self, views: Sequence[View], locale: str, counted: Countable) -> None:
        self._views = views
        self._locale = locale
        self._counted = counted
        self._bases = np.array([view.part.base for view in views], dtype=np.int64)
        self._counts_stock = not all(view.offers.all_in_stock for view in views)
        self._varied = any(view.part.row_of_unit is not None for view in views)

    def run(self, plan: SearchPlan, version: int) -> SearchResult:
        """Execute a plan. Raises InvalidCursor for a cursor that does not belong to it."""
        began = perf_counter()
        after = decode_cursor(version, plan)
        allowed = None if plan.filter is None else self._masks(plan.filter)
        found = self._match(plan, allowed)
        if plan.on_offer_boost and plan.vector is None:
            found = self._promoted(found, plan, allowed)
        factors = self._factors(plan, allowed) if plan.weights else None
        if factors is not None and plan.vector is None:
            found = self._weighed(found, factors[found.rows], textual=plan.text is not None)
        matched = perf_counter()
        chosen = [(each, self._masks(each)) for each in plan.selections]
        conditions = ([allowed] if allowed is not None else []) + [masks for _, masks in chosen]
        units = self._all_of(conditions) if conditions else None
        keep: Mask | slice = slice(None)
        if chosen and units is not None:
            keep = self._any_unit(units)[found.rows]
        if plan.apart:
            apart = [view.part.base + row for view, row in texts.rows_with_ids(self._views, plan.apart)]
            others = ~np.isin(found.rows, apart)
            keep = others if isinstance(keep, slice) else keep & others
        rows, keys = found.rows[keep], found.keys[keep]
        wanted = keys if plan.sort.field == "relevance" else sort_keys(self._views, rows, plan.sort, units)
        order = best_first(wanted, rows, plan.offset if after is None else 0, plan.limit, after)
        weights = np.ones(len(order)) if factors is None else factors[rows[order]]
        hits = self._hits(plan, rows[order], keys[order], found.by_identifier[keep][order], weights, units)
        ordered = perf_counter()
        facets: tuple[Facet, ...] = ()
        if plan.facets or plan.auto_facets:
            mine = self._units_of(found.rows, allowed)
            facets = faceting.count(self._views, self._counted, plan, mine, chosen)
        counted = perf_counter()
        cursor = None
        if hits and len(hits) == plan.limit and self._continues(plan, after, order, wanted, rows):
            last = Position(float(wanted[order[-1]]), int(rows[order[-1]]))
            cursor = encode_cursor(version, plan, last)
        timings = {
            "match": (matched - began) * 1e3,
            "order": (ordered - matched) * 1e3,
            "facets": (counted - ordered) * 1e3,
        }
        return SearchResult(hits, len(rows), facets, found.words, cursor, timings)

    def ids(self, plan: SearchPlan) -> list[str]:
        """Return the ids of all products that meet the plan's filter and selections."""
        conditions = [self._masks(each) for each in (*((plan.filter,) if plan.filter else ()), *plan.selections)]
        units = self._all_of(conditions) if conditions else None
        found: list[str] = []
        for number, view in enumerate(self._views):
            rows = view.live if units is None else view.live & view.part.any_unit(units[number])
            found += [view.part.ids[at] for at in np.flatnonzero(rows).tolist()]
        return found

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
        found = self._beside(self._match_text(plan.text, may), plan.also, may)
        if self._counts_stock:
            found = replace(found, keys=found.keys + self._in_stock[found.rows] * IN_STOCK_SCORE)
        return found

    def _beside(self, found: _Matches, ids: Sequence[str], may: list[Mask]) -> _Matches:
        """Add the products of these ids that may be found and are not yet, behind the others."""
        if not ids:
            return found
        rows = np.array([view.part.base + row for view, row in texts.rows_with_ids(self._views, ids)], dtype=np.int64)
        rows = rows[_joined(may)[rows] & ~np.isin(rows, found.rows)]
        nothing = np.zeros(len(rows))
        by_identifier = np.concatenate([found.by_identifier, nothing.astype(bool)])
        return _Matches(
            np.concatenate([found.rows, rows]), np.concatenate([found.keys, nothing]), by_identifier, found.words
        )

    def _promoted(self, found: _Matches, plan: SearchPlan, allowed: list[Mask] | None) -> _Matches:
        """Let what is on offer, by units that the filter allows, score more."""
        if all(view.offers.before is None for view in self._views):
            return found
        units = [view.offers.on_offer for view in self._views]
        on_offer = self._any_unit(units if allowed is None else self._all_of([units, allowed]))[found.rows]
        # Popularity may be 0 for every product: a product on offer comes first all the same.
        scores = found.keys % _WORD_TIER if plan.text else found.keys + 1.0
        return replace(found, keys=found.keys + on_offer * scores * plan.on_offer_boost)

    def _factors(self, plan: SearchPlan, allowed: list[Mask] | None) -> Keys:
        """Return what the score of each row of all parts is multiplied by."""
        factors = np.ones(sum(view.part.count for view in self._views))
        for each in plan.weights:
            units = self._masks(each.filter)
            factors[self._any_unit(units if allowed is None else self._all_of([units, allowed]))] *= each.factor
        return np.minimum(factors, HEAVIEST)

    def _weighed(self, found: _Matches, factors: Keys, *, textual: bool) -> _Matches:
        # Popularity may be 0 for every product: what is boosted comes first all the same.
        scores = found.keys % _WORD_TIER if textual else found.keys + 1.0
        return replace(found, keys=found.keys + scores * (factors - 1.0))

    def _match_text(self, text: TextMatch, may: list[Mask]) -> _Matches:
        hits = texts.match(self._views, text, may, self._locale)
        keys = hits.scores + hits.words * _WORD_TIER
        named, tiers = self._named(text, may)
        if not len(named):
            return _Matches(hits.rows, keys, np.zeros(len(hits.rows), bool), hits.least)
        extra = ~np.isin(named, hits.rows)
        rows = np.concatenate([hits.rows, named[extra]])
        keys = np.concatenate([keys, np.zeros(int(extra.sum()))])
        at = np.minimum(np.searchsorted(named, rows), len(named) - 1)
        by_identifier = named[at] == rows
        return _Matches(rows, keys + np.where(by_identifier, tiers[at], 0.0), by_identifier, hits.least)

    def _named(self, text: TextMatch, may: list[Mask]) -> tuple[Rows, Keys]:
        """Return the rows with the part numbers asked for, ascending, and what these add to each one's key."""
        begin, inside = texts.rows_with_pieces(self._views, text.pieces)
        whole = texts.rows_with_identifiers(self._views, text.identifiers)
        kinds = (whole, _IDENTIFIER_TIER), (begin, 2 * _PIECE_TIER), (inside, _PIECE_TIER)
        found = np.concatenate([rows for rows, _ in kinds])
        # Of equal rows the first is kept, and with it the highest tier.
        named, first = np.unique(found, return_index=True)
        tiers = np.repeat([tier for _, tier in kinds], [len(rows) for rows, _ in kinds])[first]
        seen = _joined(may)[named] if len(named) else np.empty(0, bool)
        return named[seen], tiers[seen]

    @cached_property
    def _in_stock(self) -> Mask:
        """Which rows of all parts the buyer can have at once."""
        return self._any_unit([view.offers.in_stock for view in self._views])

    def _match_vector(self, vector: VectorMatch, may: list[Mask]) -> _Matches:
        """Compare with every product: exact, and fast enough below 100,000 products."""
        wanted = np.asarray(vector.values, dtype=np.float32)
        scores = np.full(sum(view.part.count for view in self._views), -np.inf, np.float32)
        for view in self._views:
            if view.part.vectors is not None:
                part = scores[view.part.base : view.part.base + view.part.count]
                np.matmul(view.part.vectors, wanted, out=part)
        rows = np.flatnonzero((scores >= vector.floor) & _joined(may))
        if len(rows) > vector.limit:
            found = scores[rows]
            # Those as near as the last of the nearest stay, so that of equal ones the first rows do.
            rows = rows[found >= np.partition(found, len(found) - vector.limit)[len(found) - vector.limit]]
        nearest = rows[np.argsort(-scores[rows], kind="stable")[: vector.limit]]
        return _Matches(nearest, scores[nearest].astype(np.float64), np.zeros(len(nearest), bool))

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
        self, plan: SearchPlan, rows: Rows, keys: Keys, named: Mask, factors: Keys, units: Sequence[Mask] | None
    ) -> tuple[Hit, ...]:
        textual = bool(plan.text)
        scores = (keys % _WORD_TIER if textual else keys).tolist()
        words = (keys % _PIECE_TIER // _WORD_TIER if textual else np.zeros(len(keys))).astype(int).tolist()
        places = (np.searchsorted(self._bases, rows, side="right") - 1).tolist()
        hits = []
        found = zip(rows.tolist(), places, scores, named.tolist(), words, factors.tolist(), strict=True)
        for row, place, score, by_identifier, matched, factor in found:
            view = self._views[place]
            at = row - view.part.base
            product = view.product(at, None if units is None else units[place])
            for_stock = IN_STOCK_SCORE if textual and self._counts_stock and self._in_stock[row] else 0.0
            vectors = view.part.vectors if plan.with_vectors else None
            vector = None if vectors is None else vectors[at]
            hits.append(Hit(product, score, by_identifier, matched, for_stock, vector, factor))
        return tuple(hits)


def _joined(arrays: Sequence[NDArray[np.generic]]) -> NDArray:  # type: ignore[type-arg]
    return np.concatenate(arrays) if len(arrays) > 1 else arrays[0] if arrays else np.zeros(0, bool)
