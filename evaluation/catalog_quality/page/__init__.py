"""The report as one HTML file for people.

``document`` draws its plots with matplotlib, the extra ``reports``.
"""
