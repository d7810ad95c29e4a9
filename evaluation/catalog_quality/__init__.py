"""What is wrong with a catalogue: what it lacks, what stands out, what stands twice, what attributes cover."""

from evaluation.catalog_quality.measure import Basics, CatalogQuality, figures, measure, measure_basics

__all__ = ["Basics", "CatalogQuality", "figures", "measure", "measure_basics"]
