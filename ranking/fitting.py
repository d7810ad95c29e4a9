"""How well candidates fit what a query asks for: the thing itself, rather than what goes with it."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ranking.candidates import Scores
from ranking.intent import Intent
from ranking.signals import ProductSignals

_NAMED, _SAME_MEANING, _SAME_KIND, _OTHER_THING = 0.5, 3.0, 0.25, -1.0
"""In standard deviations of the other parts. Where another word means a category, the words alone lead astray: they are
those of what goes with its products."""
_SHARE, _SUPPORT = 0.05, 3


def fits(signals: Sequence[ProductSignals], words: Scores, intent: Intent) -> Scores:
    """Return for each product what its kind adds to its place.

    More for a product of a category that is meant, or that its own title names by the noun asked for, as far as it has
    the query's other words (``words`` is their share). Less for one whose title has that noun only as part of another
    thing's name: a bag for laptops is no laptop. But toner cartridges are toner: a category some of whose products are
    named by the noun alone is one of such things.
    """
    if not intent.heads:
        return np.zeros(len(signals))
    named = [not intent.heads.isdisjoint(each.names) for each in signals]
    kinds = _kinds_named(signals, named, intent)
    rows = zip(signals, named, words.tolist(), strict=True)
    return np.array([_fit(each, share, kinds, intent, by_name=by_name) for each, by_name, share in rows])


def _kinds_named(signals: Sequence[ProductSignals], named: Sequence[bool], intent: Intent) -> frozenset[str]:
    """Return the kinds of products some of which are named by the noun alone."""
    saying = Counter(each.type_name for each in signals if not intent.heads.isdisjoint(each.title))
    by_name = Counter(each.type_name for each, is_named in zip(signals, named, strict=True) if is_named)
    enough = (kind for kind, count in by_name.items() if count >= max(_SUPPORT, _SHARE * saying[kind]))
    return frozenset(kind for kind in enough if kind)


def _fit(product: ProductSignals, share: float, kinds: frozenset[str], intent: Intent, *, by_name: bool) -> float:
    meant = intent.categories or {}
    weight = max((meant.get(each, 0.0) for each in product.categories), default=0.0)
    of_category = weight * (_SAME_MEANING if intent.by_meaning else _NAMED)
    if by_name:
        return max(_NAMED * share, of_category)
    if of_category or intent.heads.isdisjoint(product.title):
        return of_category
    return _SAME_KIND * share if product.type_name in kinds else _OTHER_THING
