"""The shop's durable records."""

from commerce.records.errors import NewerDatabase, RecordsUnavailable, UnusableDatabase
from commerce.records.history import LoadRecord
from commerce.records.offers import UNSET, OfferChange
from commerce.records.store import Change, Records, Written

__all__ = [
    "UNSET",
    "Change",
    "LoadRecord",
    "NewerDatabase",
    "OfferChange",
    "Records",
    "RecordsUnavailable",
    "UnusableDatabase",
    "Written",
]
