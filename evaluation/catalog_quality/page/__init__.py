"""The report as one HTML file for people.

``document`` draws its plots with matplotlib, the extra ``reports``. Nothing is imported here, so that other reports can
use the markup without it.
"""
