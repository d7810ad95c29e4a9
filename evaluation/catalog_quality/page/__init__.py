"""The report as one HTML file for people. Needs matplotlib, the extra ``reports``."""

from evaluation.catalog_quality.page.content import PageInput
from evaluation.catalog_quality.page.document import render_page
from evaluation.catalog_quality.page.findings import named_ids
from evaluation.catalog_quality.page.labels import LOCALES

__all__ = ["LOCALES", "PageInput", "named_ids", "render_page"]
