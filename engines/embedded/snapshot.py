"""A snapshot of one version: its parts, its offers and its live rows at the moment of one commit."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from commerce.buyer import ANONYMOUS, Buyer
from engines.embedded import text as texts
from engines.embedded.buyers import BuyerViews
from engines.embedded.counting import FacetFields
from engines.embedded.facets import Countable
from engines.embedded.part import Part
from engines.embedded.part_writer import OFFERED
from engines.embedded.postings import SURFACE
from engines.embedded.searching import Search
from engines.embedded.value_counts import FieldValues
from engines.embedded.view import View
from engines.embedded.words import VisibleVocabulary, Words
from engines.plan import SearchPlan
from engines.port import FieldInfo, Schema, Stats, Suggestion, text_field
from engines.results import SearchResult, StoredProduct
from engines.stock import AVAILABLE_BY
from language.dictionary import AttributeEntry
from language.vocabulary import Vocabulary


class EmbeddedIndex:
    """What the serving version holds at one moment; safe for concurrent use."""

    def __init__(
        self,
        schema: Schema,
        views: Sequence[View],
        stats: Stats,
        buyers: BuyerViews,
        before: "EmbeddedIndex | None" = None,
    ) -> None:
        self._schema = schema
        self._views = views
        self._stats = stats
        self._buyers = buyers
        parts = [view.part for view in views]
        self._parts = parts
        self._fields: Mapping[str, FieldInfo]
        if before and before._parts == parts:
            self._fields, candidates = before._fields, before._counted.candidates
        else:
            # Most often the parts from before have one more behind them.
            known = before if before and before._parts == parts[: len(before._parts)] else None
            self._fields = _fields(parts, known._parts if known else (), known._fields if known else {})
            old = known._counted.candidates if known else None
            candidates = FacetFields(parts, self._fields, stats.products, old)
        self._counted: Countable = Countable(
            self._fields, candidates, before._counted.values if before else FieldValues()
        )
        self._words: Words = Words(schema, views, before._words if before else None)

    def search(self, plan: SearchPlan) -> SearchResult:
        """Execute a plan. Raises InvalidCursor for a cursor that does not belong to it."""
        views = self._buyers.of(plan.buyer, plan.at)
        return Search(views, self._schema.locales[0], self._counted).run(plan, self._stats.version)

    def ids(self, plan: SearchPlan) -> Sequence[str]:
        """Return the ids of all products that meet the plan's filter and selections."""
        views = self._buyers.of(plan.buyer, plan.at)
        return Search(views, self._schema.locales[0], self._counted).ids(plan)

    def suggest(self, typed: str, limit: int, buyer: Buyer, at: datetime | None = None) -> Sequence[Suggestion]:
        """Complete what was typed, up to ``limit`` of each kind; counts are of what the buyer sees."""
        if buyer.assortments is None:
            return self._words.completions.complete(typed, limit)
        return self._words.completions.complete_within(typed, limit, self._buyers.of(buyer, at))

    def get(self, ids: Sequence[str], buyer: Buyer, at: datetime | None = None) -> Mapping[str, StoredProduct]:
        """Return the products of the ids that the buyer sees."""
        if not ids:
            return {}
        found = (view.product(row) for view, row in texts.rows_with_ids(self._buyers.of(buyer, at), ids))
        return {product.id: product for product in found}

    def fields(self) -> Mapping[str, FieldInfo]:
        """Return every field that filters, facets and sorting may name."""
        return self._fields

    def vocabulary(self, locale: str, buyer: Buyer = ANONYMOUS) -> Vocabulary:
        """Return the words of the searched texts of one locale, of the default one where it is not kept, as far as the
        buyer sees products with them."""
        default = self._schema.locales[0]
        kept = locale if locale in self._words.vocabularies else default
        words = self._words.vocabularies[kept]
        if buyer.assortments is None:
            return words
        fields = [text_field(field, kept, default) for field in self._schema.texts]
        return VisibleVocabulary(words, self._buyers.of(buyer), text_field(SURFACE, kept, default), fields)

    def dictionary(self) -> Mapping[str, AttributeEntry]:
        """Return what the attributes mean."""
        return self._schema.dictionary

    def stats(self) -> Stats:
        """Return the size of this version."""
        return self._stats


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
    for state in OFFERED:
        found[state] = FieldInfo(state, "boolean", sum(part.count for part in parts), 2)
    found[AVAILABLE_BY] = FieldInfo(AVAILABLE_BY, "number")
    return found
