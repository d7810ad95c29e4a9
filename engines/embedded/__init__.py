"""The embedded engine: search inside the process, on tantivy and memory-mapped columns."""

from engines.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
