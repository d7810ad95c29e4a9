"""Readers of shops' exports, driven by a mapping file."""

from commerce.readers.load import LoadReport, load_files
from commerce.readers.mapping import read_mapping
from commerce.readers.rows import Reject

__all__ = ["LoadReport", "Reject", "load_files", "read_mapping"]
