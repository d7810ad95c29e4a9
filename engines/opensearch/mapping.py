"""The index of one version: its settings and its explicit mapping, whose size no catalogue changes."""

from engines.opensearch.connection import Json
from engines.opensearch.price_book import PARTS, POINTS
from engines.opensearch.settings import OpenSearchSettings
from engines.opensearch.stock import STOCK_MAPPING
from engines.opensearch.tags import TAGS
from engines.port import Schema, text_field

MAPPING = 8
"""The make of an index. An index of another make is not read: the catalogue is indexed again from its records."""
SURFACE = "surface"
LOADING = {"refresh_interval": "-1", "number_of_replicas": 0}
"""While a version is loaded: nothing is visible before a commit, and copies are made once, at the end."""

_TERMS = {"type": "text", "analyzer": "terms"}
_WORDS = {"type": "text", "analyzer": "terms", "index_options": "docs", "norms": False}
_KEYWORD = {"type": "keyword"}
_PIECES = {"type": "wildcard", "doc_values": False}
_UNINDEXED: Json = {"type": "keyword", "index": False, "doc_values": False}


def index_body(schema: Schema, settings: OpenSearchSettings) -> Json:
    """Return what a version's index is made with.

    Texts are terms already, made by the analysis that queries share; the index only cuts them at spaces.
    """
    default = schema.locales[0]
    texts = {
        text_field(field, locale, default): _TERMS if field == "title" else {**_TERMS, "index_options": "freqs"}
        for locale in schema.locales
        for field in schema.texts
    }
    words = {text_field(SURFACE, locale, default): _WORDS for locale in schema.locales}
    return {
        "settings": {
            "index": {
                **LOADING,
                "number_of_shards": settings.shards,
                "knn": True,
                "codec": "default",
                "similarity": {"default": {"type": "BM25", "k1": 1.2, "b": 0.75}},
                "analysis": {"analyzer": {"terms": {"type": "custom", "tokenizer": "whitespace"}}},
            }
        },
        "mappings": {
            "dynamic": False,
            "_meta": {"vitrine": MAPPING},
            "properties": {
                "batch": {"type": "long"},
                "row": {"type": "long"},
                "popularity": {"type": "float"},
                TAGS: {**_KEYWORD, "doc_values": False},
                "identifiers": {"type": "keyword", "doc_values": False},
                # Numbers that are found by four characters, and those that are found by eight digits.
                "pieces": _PIECES,
                "gtins": _PIECES,
                "phrases": {"type": "keyword", "doc_values": False},
                "text": {"dynamic": False, "properties": {**texts, **words}},
                "units": _UNITS,
                "phrase": _PHRASE,
                "stored": {"type": "object", "enabled": False},
                "control": {"type": "object", "enabled": False},
            },
        },
    }


def vector_mapping(dimensions: int) -> Json:
    """Return the mapping that lets products have vectors; their length is known when the first one comes."""
    method = {"name": "hnsw", "engine": "lucene", "space_type": "innerproduct"}
    return {"properties": {"vector": {"type": "knn_vector", "dimension": dimensions, "method": method}}}


_UNITS: Json = {
    "type": "nested",
    "dynamic": False,
    "properties": {
        # Which fields there are; texts and truth values; numbers; texts that are nearly unique to a product.
        "has": _KEYWORD,
        "kv": {**_KEYWORD, "ignore_above": 8000},
        "num": _KEYWORD,
        "key": {**_KEYWORD, "ignore_above": 8000},
        "price": {"type": "double"},
        **STOCK_MAPPING,
        POINTS: {"dynamic": False, "properties": {str(part): {"type": "long"} for part in range(PARTS)}},
        "id": _KEYWORD,
        "net": {"type": "long", "index": False, "doc_values": False},
        "stock": {"type": "long", "index": False, "doc_values": False},
    },
}
_PHRASE: Json = {
    "dynamic": False,
    "properties": {
        "kind": {**_KEYWORD, "doc_values": False},
        "begins": _KEYWORD,
        "inside": {**_KEYWORD, "doc_values": False},
        "count": {"type": "integer"},
    },
}
