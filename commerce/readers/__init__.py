"""Readers of shops' exports, driven by a mapping file."""

from commerce.readers.deltas import DeltaReport, delete_products, load_offers
from commerce.readers.load import LoadReport, load_files
from commerce.readers.mapping import read_mapping
from commerce.readers.rows import Reject

__all__ = ["DeltaReport", "LoadReport", "Reject", "delete_products", "load_files", "load_offers", "read_mapping"]
