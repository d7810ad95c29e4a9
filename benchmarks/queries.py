"""Queries that no cache has seen: words drawn from products' own titles."""

import random
import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]{3,}")


def distinct_queries(titles: Sequence[str], count: int, seed: int) -> list[str]:
    """Return ``count`` different queries of one to three words, each drawn from one title in its order."""
    drawn = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        words = _WORD.findall(drawn.choice(titles).lower())[:8]
        length = drawn.choice((1, 2, 2, 3))
        if len(words) >= length:
            at = sorted(drawn.sample(range(len(words)), length))
            found[" ".join(words[each] for each in at)] = None
    return list(found)
