"""Comparison: products side by side, what differs first, what that means, and what would be better than all of them."""
