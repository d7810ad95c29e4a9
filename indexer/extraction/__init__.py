"""Extraction: what titles and descriptions say of attributes that a product does not give."""
