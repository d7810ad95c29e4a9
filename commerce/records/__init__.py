"""The shop's durable records."""

from commerce.records.assortments import AssortmentWritten, ListedProducts
from commerce.records.change_log import Change
from commerce.records.errors import NewerDatabase, RecordsUnavailable, UnusableDatabase
from commerce.records.events import Behaviour
from commerce.records.history import LoadRecord
from commerce.records.offers import UNSET, OfferChange
from commerce.records.orders import OrderExtent, OrdersWritten
from commerce.records.price_lists import ListPrices, PriceDiff, PriceListHead, PriceListWritten
from commerce.records.promotions import PromotionWritten
from commerce.records.revocations import Revocations
from commerce.records.store import Records, Written

__all__ = [
    "UNSET",
    "AssortmentWritten",
    "Behaviour",
    "Change",
    "ListPrices",
    "ListedProducts",
    "LoadRecord",
    "NewerDatabase",
    "OfferChange",
    "OrderExtent",
    "OrdersWritten",
    "PriceDiff",
    "PriceListHead",
    "PriceListWritten",
    "PromotionWritten",
    "Records",
    "RecordsUnavailable",
    "Revocations",
    "UnusableDatabase",
    "Written",
]
