"""What is wrong with a catalogue's price lists: gaps, outliers, tiers, versions of contracts, dead lists."""

from evaluation.price_consistency.findings import Finding, FindingKind
from evaluation.price_consistency.report import PriceReport, check_prices

__all__ = ["Finding", "FindingKind", "PriceReport", "check_prices"]
