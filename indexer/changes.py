"""Changes of a catalogue's records into one version of its index."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from commerce.product import CatalogItem
from commerce.records import Change, Records
from commerce.records.change_log import ChangeKind
from engines.port import IndexBuilder, OfferUpdate, Schema
from indexer.buyer_terms import write_assortments, write_price_lists, write_promotions
from indexer.documents import to_document
from indexer.embedding import Embedder, embedded
from indexer.extraction.model import ExtractionModel
from indexer.knowledge import extend
from indexer.types import TypedProduct

Typing = Callable[[Sequence[CatalogItem]], Mapping[str, TypedProduct]]


class ChangeWriter:
    """Writes changes into a version in their order; each batch is one commit.

    ``schema`` is the version's, ``types`` gives the derived types of products that name no category, by their ids,
    ``embedder`` makes vectors of the same space as the version's others, ``extraction`` reads texts as for them.
    """

    def __init__(
        self,
        records: Records,
        catalog_id: str,
        builder: IndexBuilder,
        schema: Schema,
        types: Typing,
        embedder: Embedder | None = None,
        extraction: ExtractionModel | None = None,
    ) -> None:
        self._records = records
        self._catalog_id = catalog_id
        self._builder = builder
        self._schema = schema
        self._types = types
        self._embedder = embedder
        self._extraction = extraction

    def apply(self, changes: Sequence[Change]) -> None:
        """Bring what some changes name to where the records have it now, and commit."""
        named: dict[ChangeKind, dict[str, None]] = {}
        for change in changes:
            named.setdefault(change.kind, {})[change.product_id] = None
        if "prices" in named:
            # First, since large ones are committed midway: a product must not show before what hides it.
            before = changes[0].seq - 1
            lists = list(named["prices"])
            write_price_lists(
                self._records, self._catalog_id, self._builder, lambda: self._builder.commit(before), lists
            )
        if "assort" in named:
            write_assortments(self._records, self._catalog_id, self._builder, list(named["assort"]))
        if "promo" in named:
            write_promotions(self._records, self._catalog_id, self._builder, list(named["promo"]))
        whole = list(dict.fromkeys(change.product_id for change in changes if change.kind in {"upsert", "delete"}))
        offers = named.get("offer", {})
        for identity in whole:
            offers.pop(identity, None)
        if whole:
            self._write(whole)
        if offers:
            self._builder.patch_offers(self._offers(list(offers)))
        self._builder.commit(changes[-1].seq)

    def close(self) -> None:
        """Let go of the version."""
        self._builder.close()

    def _write(self, ids: Sequence[str]) -> None:
        items = list(self._records.items(self._catalog_id, ids=ids))
        knowledge = replace(extend(self._schema, items), extraction=self._extraction)
        self._builder.extend(knowledge.kinds(), knowledge.dictionary)
        kinds = {**self._schema.kinds, **knowledge.kinds()}
        self._schema = replace(self._schema, kinds=kinds, dictionary=knowledge.dictionary)
        types = self._types(items)
        self._builder.write(
            to_document(item, types.get(item.product.id), knowledge, vector)
            for item, vector in embedded(items, self._embedder)
        )
        self._builder.delete(set(ids) - {item.product.id for item in items})

    def _offers(self, ids: Sequence[str]) -> Iterator[OfferUpdate]:
        """Yield the offers of these products as they are now."""
        for product_id, offers in self._records.offers(self._catalog_id, ids).items():
            for unit_id, offer in offers:
                yield OfferUpdate(product_id, unit_id, offer.net, offer.stock, offer.supply)
