"""The search engine that the settings name."""

from api.settings import InvalidSettings, Settings
from engines.embedded import EmbeddedEngine
from engines.port import SearchEngine


def open_engine(settings: Settings) -> SearchEngine:
    """Return the engine of ``VITRINE_ENGINE``; a cluster is first spoken to when it is first asked something.

    Raises InvalidSettings where its address, or the package that speaks to it, is missing.
    """
    if settings.engine == "embedded":
        return EmbeddedEngine(settings.home)
    try:
        # An extra that a shop with the embedded engine need not install.
        from engines.opensearch import OpenSearchEngine, parse_url
    except ImportError as error:
        raise InvalidSettings(
            f"VITRINE_ENGINE=opensearch needs the package {error.name}: install vitrine[opensearch]"
        ) from error
    if settings.opensearch_url is None:
        raise InvalidSettings("VITRINE_ENGINE=opensearch needs VITRINE_OPENSEARCH_URL, such as https://search:9200")
    key = settings.opensearch_api_key
    return OpenSearchEngine(
        parse_url(
            settings.opensearch_url.get_secret_value(),
            api_key=None if key is None else key.get_secret_value(),
            ca_file=settings.opensearch_ca_file,
            timeout=settings.opensearch_timeout,
            shards=settings.opensearch_shards,
            replicas=settings.opensearch_replicas,
            prefix=settings.opensearch_prefix,
        )
    )
