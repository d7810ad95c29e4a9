"""Parts of a map: neighbourhoods, and the words that tell each from the others."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from ranking.product_map.layout import Places

Codes = NDArray[np.int32]
_PRODUCTS_EACH = 100
_MOST = 80
_WORD = re.compile(r"[^\W\d_]{3,}")


def neighbourhoods(places: Places, seed: int = 1) -> Codes:
    """Return the number of the region that each place lies in: one for about 100 products, at most 80, by k-means."""
    count = min(max(len(places) // _PRODUCTS_EACH, 1), _MOST)
    if count == 1:
        return np.zeros(len(places), np.int32)
    _, codes = kmeans2(places.astype(np.float64), count, minit="++", seed=seed)
    found: Codes = codes.astype(np.int32)
    return found


def telling_words(titles: Sequence[str], regions: Codes) -> list[str]:
    """Return for each title its word that tells most of its region; "" for a title without words.

    A word tells p log(p / q), where p is its share of the region's titles and q its share of all.
    """
    words = [list(dict.fromkeys(found.lower() for found in _WORD.findall(title))) for title in titles]
    everywhere: Counter[str] = Counter(word for each in words for word in each)
    here: defaultdict[int, Counter[str]] = defaultdict(Counter)
    sizes: Counter[int] = Counter(regions.tolist())
    for each, region in zip(words, regions.tolist(), strict=True):
        here[region].update(each)

    def tells(word: str, region: int) -> float:
        share = here[region][word] / sizes[region]
        return share * log(share * len(titles) / everywhere[word])

    return [
        max(each, key=lambda word, region=region: (tells(word, region), word), default="")  # type: ignore[misc]
        for each, region in zip(words, regions.tolist(), strict=True)
    ]
