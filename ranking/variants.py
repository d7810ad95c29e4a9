"""Which variants of a product are meant: those that meet the conditions, and of them those that the query's own words
or part numbers speak of."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from engines.plan import TextMatch
from engines.results import StoredProduct
from language.analysis import Analyzer
from language.identifiers import normalise_identifier


def matched_variants(product: StoredProduct, text: TextMatch | None, words: Analyzer) -> tuple[str, ...]:
    """Return the ids of the variants that matched; none where nothing tells one variant from another.

    A part number that is a variant's own names that variant. Else the variants whose own words hold most words of the
    query are meant, unless all hold as many.
    """
    if not product.units or text is None or not product.more:
        return product.matched
    variants: list[Mapping[str, Any]] = orjson.loads(product.more).get("variants", [])
    candidates = [each for each in variants if not product.matched or each["id"] in product.matched]
    if named := [each["id"] for each in candidates if text.identifiers and _is_named(each, text.identifiers)]:
        return tuple(named)
    counts = [_words_held(each, text, words) for each in candidates]
    if counts and max(counts) > min(counts):
        most = max(counts)
        return tuple(each["id"] for each, count in zip(candidates, counts, strict=True) if count == most)
    return product.matched


def _is_named(variant: Mapping[str, Any], identifiers: Sequence[str]) -> bool:
    given = (variant["id"], variant["mpn"] or "", *variant["gtin"])
    return any(normalise_identifier(each) in identifiers for each in given)


def _words_held(variant: Mapping[str, Any], text: TextMatch, words: Analyzer) -> int:
    values = [value for value in variant["attributes"].values() if isinstance(value, str)]
    terms = {words.term(word) for word in words.words(" ".join((variant["title"], *values)))}
    return sum(any(form in terms for form, _ in word.forms) for word in text.words)
