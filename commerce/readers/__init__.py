"""Readers of shops' exports, driven by a mapping file."""

from commerce.readers.assortments import load_assortments
from commerce.readers.deltas import DeltaReport, delete_products, load_offers
from commerce.readers.events import load_events
from commerce.readers.listed import ListsReport
from commerce.readers.load import LoadReport, load_files
from commerce.readers.mapping import read_mapping
from commerce.readers.orders import load_orders
from commerce.readers.price_lists import load_price_lists
from commerce.readers.rows import Reject

__all__ = [
    "DeltaReport",
    "ListsReport",
    "LoadReport",
    "Reject",
    "delete_products",
    "load_assortments",
    "load_events",
    "load_files",
    "load_offers",
    "load_orders",
    "load_price_lists",
    "read_mapping",
]
