"""Reader of BMEcat 1.2 and 2005: new catalogues, updates of products and of prices."""

from commerce.readers.bmecat.errors import InvalidBmecat
from commerce.readers.bmecat.ledger import ElementCount
from commerce.readers.bmecat.load import load_bmecat
from commerce.readers.bmecat.report import BmecatReport
from commerce.readers.bmecat.source import is_bmecat

__all__ = ["BmecatReport", "ElementCount", "InvalidBmecat", "is_bmecat", "load_bmecat"]
