"""Experiments judged while they run: whoever looks, however often, is misled no more often than promised."""
