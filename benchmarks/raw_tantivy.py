"""The reference: tantivy alone, doing the same query, the same 24 hits with their source and the same facets."""

from collections.abc import Sequence
from pathlib import Path

import orjson
import tantivy
from tantivy import Occur, Query

from commerce.product import CatalogItem
from engines.plan import TextMatch, Word
from engines.port import Document
from engines.results import Facet
from language.analysis import analyzer

_TEXTS = ("title", "type", "brand", "attributes", "description", "measures")


class RawTantivy:
    """One tantivy index with every facet field in a JSON fast field."""

    def __init__(self, folder: Path, items: Sequence[tuple[CatalogItem, Document]]) -> None:
        builder = tantivy.SchemaBuilder()
        for field in _TEXTS:
            builder.add_text_field(field, tokenizer_name="stemmed")
        builder.add_text_field("surface", tokenizer_name="plain", index_option="basic")
        builder.add_json_field("values", fast=True, tokenizer_name="raw", index_option="basic")
        builder.add_bytes_field("source", stored=True)
        self._schema = builder.build()
        folder.mkdir(parents=True)
        index = tantivy.Index(self._schema, str(folder))
        index.register_tokenizer("stemmed", analyzer("en").stemmed)
        index.register_tokenizer("plain", analyzer("en").plain)
        writer = index.writer(200_000_000, num_threads=1)
        for item, document in items:
            entry = tantivy.Document()
            for field, text in document.texts.items():
                entry.add_text(field, text)
                entry.add_text("surface", text)
            values: dict[str, object] = {}
            for field, several in document.values.items():
                if field in {"brand", "category"} or field.startswith("attributes."):
                    values[_column(field)] = list(several) if len(several) > 1 else several[0]
            if item.offer.net is not None:
                values["price"] = float(item.offer.net)
            entry.add_json("values", orjson.dumps(values).decode())
            entry.add_bytes("source", document.stored.document)
            writer.add_document(entry)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def answer(self, text: TextMatch, facets: Sequence[Facet], limit: int) -> int:
        """Search, read the hits' source and count the facets; return how many hits were read."""
        query = _query(self._schema, text)
        found = self._searcher.search(query, limit=limit)
        sources = [self._searcher.doc(address)["source"][0] for _, address in found.hits]
        wanted: dict[str, object] = {}
        for facet in facets:
            field = f"values.{_column(facet.field)}"
            if facet.type == "range":
                wanted[facet.field] = {"range": {"field": field, "ranges": _ranges(facet)}}
            else:
                wanted[facet.field] = {"terms": {"field": field, "size": 20}}
        if wanted:
            self._searcher.aggregate(query, wanted)
        return len(sources)


def _query(schema: tantivy.Schema, text: TextMatch) -> Query:
    clauses = [(Occur.Should, _word(schema, word, text)) for word in text.words]
    query = Query.boolean_query(clauses, minimum_number_should_match=text.minimum)
    phrases = [
        Query.boost_query(Query.phrase_query(schema, "title", list(phrase)), text.phrase_boost)
        for phrase in text.phrases
    ]
    return Query.boolean_query([(Occur.Must, query), *((Occur.Should, each) for each in phrases)])


def _word(schema: tantivy.Schema, word: Word, text: TextMatch) -> Query:
    ways = [
        Query.boost_query(Query.term_query(schema, field, form), weight * of_form)
        for form, of_form in word.forms
        for field, weight in text.fields.items()
    ]
    if word.prefix:
        begins = Query.fuzzy_term_query(schema, "surface", word.prefix, distance=0, prefix=True)
        ways.append(Query.const_score_query(begins, 0.4))
    return Query.disjunction_max_query(ways, tie_breaker=0.1)


def _column(field: str) -> str:
    return field.replace(".", "_")


def _ranges(facet: Facet) -> list[dict[str, float]]:
    ranges = []
    for value in facet.values:
        edges = {}
        if value.interval and value.interval.gte is not None:
            edges["from"] = value.interval.gte
        if value.interval and value.interval.lt is not None:
            edges["to"] = value.interval.lt
        ranges.append(edges)
    return ranges
