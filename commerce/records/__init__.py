"""The shop's durable records."""

from commerce.records.store import UNSET, Change, LoadRecord, OfferChange, Records, Written

__all__ = ["UNSET", "Change", "LoadRecord", "OfferChange", "Records", "Written"]
