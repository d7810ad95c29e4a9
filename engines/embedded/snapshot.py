"""A snapshot of one version: the text index as it was committed, and the columns that belong to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from time import perf_counter

import numpy as np
import tantivy
from numpy.typing import NDArray

from commerce.buyer import Buyer
from engines.embedded import facets as faceting
from engines.embedded.counting import FacetFields
from engines.embedded.filtering import filter_mask, selection_mask
from engines.embedded.ordering import Position, best_first, decode_cursor, encode_cursor, sort_keys
from engines.embedded.part import Mask, Part
from engines.embedded.suggesting import Completions
from engines.embedded.text import ID, SURFACE, rows_of, rows_with_identifiers, run_text
from engines.plan import SearchPlan, Selection, TextMatch, VectorMatch
from engines.port import FieldInfo, Schema, Stats, Suggestion
from engines.results import Hit, SearchResult, StoredProduct
from language.analysis import analyzer
from language.filters.tree import Filter
from language.vocabulary import Vocabulary

_WORD_TIER = 1e5
_IDENTIFIER_TIER = 1e8


class EmbeddedIndex:
    """What the serving version holds at one moment; safe for concurrent use.

    Every buyer sees the whole catalogue at its own price: assortments and price lists are not kept yet.
    """

    def __init__(
        self,
        searcher: tantivy.Searcher,
        text: tantivy.Schema,
        schema: Schema,
        parts: Sequence[Part],
        stats: Stats,
    ) -> None:
        self._searcher = searcher
        self._text = text
        self._parts = parts
        self._bases = np.array([part.base for part in parts], dtype=np.int64)
        self._size = parts[-1].base + parts[-1].count if parts else 0
        self._stats = stats
        everything = searcher.search(tantivy.Query.all_query(), limit=max(searcher.num_docs, 1), count=False).hits
        self._live = np.zeros(self._size, bool)
        self._live[rows_of(searcher, everything)] = True
        self._live_rows = np.flatnonzero(self._live)
        self._fields = _fields(parts)
        self._facet_fields = FacetFields(parts, self._fields, stats.products)
        stems = {term for field in schema.texts for term, _ in searcher.terms_with_prefix(field, "")}
        self._vocabulary = Vocabulary(searcher.terms_with_prefix(SURFACE, ""), stems)
        self._completions = Completions(parts, self._live, analyzer(schema.locale))

    def search(self, plan: SearchPlan) -> SearchResult:
        """Execute a plan. Raises InvalidCursor for a cursor that does not belong to it."""
        began = perf_counter()
        after = decode_cursor(self._stats.version, plan)
        rows, keys, by_identifier, words = self._match(plan)
        matched = perf_counter()
        chosen = [(each, self._mask(each)) for each in plan.selections]
        keep = np.ones(len(rows), bool)
        for _, mask in chosen:
            keep &= mask[rows]
        kept = rows[keep]
        kept_keys = keys[keep] if plan.sort.field == "relevance" else sort_keys(self._parts, kept, plan.sort)
        order = best_first(kept_keys, kept, plan.offset if after is None else 0, plan.limit, after)
        hits = tuple(self._hits(kept[order], keys[keep][order], by_identifier[keep][order], plan.text is not None))
        ordered = perf_counter()
        facets = faceting.count(self._parts, self._fields, self._facet_fields, plan, rows, chosen)
        counted = perf_counter()
        cursor = None
        if hits and len(hits) == plan.limit and self._continues(plan, after, order, kept_keys, kept):
            last = Position(float(kept_keys[order[-1]]), int(kept[order[-1]]))
            cursor = encode_cursor(self._stats.version, plan, last)
        timings = {
            "match": (matched - began) * 1e3,
            "order": (ordered - matched) * 1e3,
            "facets": (counted - ordered) * 1e3,
        }
        return SearchResult(hits, len(kept), facets, words, cursor, timings)

    def suggest(self, typed: str, limit: int, buyer: Buyer) -> Sequence[Suggestion]:
        """Complete what was typed, up to ``limit`` of each kind."""
        return self._completions.complete(typed, limit)

    def get(self, ids: Sequence[str], buyer: Buyer) -> Mapping[str, StoredProduct]:
        """Return the products of the ids that this catalogue holds."""
        if not ids:
            return {}
        query = tantivy.Query.term_set_query(self._text, ID, list(ids))
        rows = rows_of(self._searcher, self._searcher.search(query, limit=len(ids), count=False).hits)
        return {product.id: product for product in self._products(rows)}

    def fields(self) -> Mapping[str, FieldInfo]:
        """Return every field that filters, facets and sorting may name."""
        return self._fields

    def vocabulary(self) -> Vocabulary:
        """Return the words of the searched texts."""
        return self._vocabulary

    def stats(self) -> Stats:
        """Return the size of this version."""
        return self._stats

    def _match(self, plan: SearchPlan) -> tuple[NDArray[np.int64], NDArray[np.float64], Mask, int]:
        allowed = None if plan.filter is None else self._mask(plan.filter)
        if plan.vector is not None:
            return self._match_vector(plan.vector, allowed)
        if plan.text is None:
            rows = self._live_rows if allowed is None else np.flatnonzero(self._live & allowed)
            return rows, self._popularity(rows), np.zeros(len(rows), bool), 0
        return self._match_text(plan.text, allowed)

    def _match_text(
        self, text: TextMatch, allowed: Mask | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], Mask, int]:
        rows, words, scores, least = self._match_words(text, allowed)
        named = rows_with_identifiers(self._searcher, self._text, text.identifiers)
        if not len(named):
            return rows, scores + words * _WORD_TIER, np.zeros(len(rows), bool), least
        if allowed is not None:
            named = named[allowed[named]]
        extra = named[~np.isin(named, rows)]
        rows = np.concatenate([rows, extra])
        keys = np.concatenate([scores + words * _WORD_TIER, np.zeros(len(extra))])
        by_identifier = np.isin(rows, named)
        return rows, keys + by_identifier * _IDENTIFIER_TIER, by_identifier, least

    def _match_vector(
        self, vector: VectorMatch, allowed: Mask | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], Mask, int]:
        """Compare with every product: exact, and fast enough below 100,000 products."""
        wanted = np.asarray(vector.values, dtype=np.float32)
        scores = np.full(self._size, -np.inf)
        for part in self._parts:
            if part.vectors is not None:
                scores[part.base : part.base + part.count] = part.vectors @ wanted
        scores[~self._live if allowed is None else ~(self._live & allowed)] = -np.inf
        rows = np.flatnonzero(scores >= vector.floor)
        nearest = rows[np.argsort(-scores[rows], kind="stable")[: vector.limit]]
        return nearest, scores[nearest], np.zeros(len(nearest), bool), 0

    def _match_words(
        self, text: TextMatch, allowed: Mask | None
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64], int]:
        """Match all words first and fewer only where too few products match: most queries never read the long tail."""
        least = max(len(text.words), text.minimum)
        while True:
            hits = run_text(self._searcher, self._text, replace(text, minimum=least))
            rows, words, scores = hits.rows, hits.words, hits.scores
            if allowed is not None:
                keep = allowed[rows]
                rows, words, scores = rows[keep], words[keep], scores[keep]
            if len(rows) >= text.enough or least <= text.minimum:
                return rows, words, scores, least
            least -= 1

    def _mask(self, condition: Filter | Selection) -> Mask:
        masks = [
            selection_mask(part, condition) if isinstance(condition, Selection) else filter_mask(part, condition)
            for part in self._parts
        ]
        return np.concatenate(masks) if masks else np.zeros(0, bool)

    def _popularity(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        if not self._parts:
            return np.empty(0)
        return np.concatenate([part.popularity for part in self._parts])[rows].astype(np.float64)

    def _continues(
        self,
        plan: SearchPlan,
        after: Position | None,
        order: NDArray[np.int64],
        keys: NDArray[np.float64],
        rows: NDArray[np.int64],
    ) -> bool:
        if after is None:
            return plan.offset + len(order) < len(keys)
        last = order[-1]
        return bool(np.any((keys < keys[last]) | ((keys == keys[last]) & (rows > rows[last]))))

    def _products(self, rows: NDArray[np.int64]) -> Iterator[StoredProduct]:
        for row in rows.tolist():
            part = self._parts[int(np.searchsorted(self._bases, row, side="right")) - 1]
            yield part.product(row - part.base)

    def _hits(self, rows: NDArray[np.int64], keys: NDArray[np.float64], named: Mask, textual: bool) -> Iterator[Hit]:
        scores = keys % _WORD_TIER if textual else keys
        for product, score, by_identifier in zip(self._products(rows), scores.tolist(), named.tolist(), strict=True):
            yield Hit(product, score, by_identifier)


def _fields(parts: Sequence[Part]) -> dict[str, FieldInfo]:
    found: dict[str, FieldInfo] = {}
    for part in parts:
        for column in (*part.codes.values(), *part.numbers.values()):
            if column.name.startswith("_"):
                continue
            if column.kind == "number":
                rows, values = part.numbers_of(column)
                products, distinct = len(rows), len(np.unique(values))
            else:
                products, distinct = (
                    len(part.rows_of_codes(column.first, column.last)),
                    column.last - column.first,
                )
            known = found.get(column.name)
            if known:
                products, distinct = products + known.products, max(distinct, known.distinct)
            found[column.name] = FieldInfo(column.name, column.kind, products, distinct)
    for price in ("price", "list_price"):
        found[price] = FieldInfo(price, "number", sum(int((part.net >= 0).sum()) for part in parts))
    return found
