"""Merchandising: rules that hold for a search, and what they do to it."""
