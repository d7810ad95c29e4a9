"""The shop's durable records."""

from commerce.records.history import LoadRecord
from commerce.records.offers import UNSET, OfferChange
from commerce.records.store import Change, Records, Written

__all__ = ["UNSET", "Change", "LoadRecord", "OfferChange", "Records", "Written"]
