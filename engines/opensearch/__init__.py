"""The distributed engine: an OpenSearch cluster behind the port."""

from engines.opensearch.engine import OpenSearchEngine
from engines.opensearch.settings import InvalidAddress, OpenSearchSettings, parse_url

__all__ = ["InvalidAddress", "OpenSearchEngine", "OpenSearchSettings", "parse_url"]
