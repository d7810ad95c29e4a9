"""The models of one catalogue that a search may use, as they are at the moment of a request."""

from dataclasses import dataclass
from functools import lru_cache

from engines.port import SearchIndex
from language.analysis import analyzer
from ranking.intent import IntentReader, intent_reader
from ranking.ltr import KIND, Reranker, open_reranker
from ranking.meaning import QueryEncoder, load_query_encoder
from ranking.signals import SignalReader
from registry import Registry, Serving


@dataclass(frozen=True, slots=True)
class Models:
    """What there is; without an encoder a search goes by words alone, without a re-ranker by a fixed fusion.

    ``intents`` reads queries in the catalogue's default locale.
    """

    encoder: QueryEncoder | None = None
    reranker: Reranker | None = None
    intents: IntentReader | None = None

    def is_word(self, word: str) -> bool:
        """Whether a word is known to be one of the language, whatever the catalogue knows."""
        return self.encoder is not None and self.encoder.is_word(word)


NO_MODELS = Models()


class CatalogModels:
    """Keeps the models of one catalogue open and takes newer ones between two requests."""

    def __init__(self, registry: Registry, catalog_id: str) -> None:
        self._registry = registry
        self._catalog_id = catalog_id
        self._reranker: Serving[Reranker] = Serving(registry, catalog_id, KIND, open_reranker)
        self._encoder: tuple[str, QueryEncoder | None] = ("", None)
        self._intents: tuple[object, IntentReader | None] = (None, None)

    def of(self, index: SearchIndex) -> Models:
        """Return the encoder that made this version's vectors, the re-ranker that serves, and what reads intents."""
        name = index.stats().encoder
        if self._encoder[0] != name:
            vocabulary = index.vocabulary(index.stats().locales[0])
            self._encoder = (name, load_query_encoder(self._registry, self._catalog_id, name, vocabulary))
        encoder = self._encoder[1]
        return Models(encoder, self._reranker.get() if encoder else None, self._intents_of(index, encoder))

    def _intents_of(self, index: SearchIndex, encoder: QueryEncoder | None) -> IntentReader | None:
        """Return the reader for the categories and brands as they are now; read again when their products change."""
        stats, fields = index.stats(), index.fields()
        state = (stats.version, stats.encoder, fields.get("category"), fields.get("brand"))
        if self._intents[0] != state:
            self._intents = (state, intent_reader(index, analyzer(stats.locales[0]), encoder))
        return self._intents[1]


@lru_cache(maxsize=16)
def signal_reader(locale: str) -> SignalReader:
    """Return the shared reader of products in one locale."""
    return SignalReader(analyzer(locale))
