"""Why a candidate is one: the answers that it fits, and what it has over the others that are left."""

from collections.abc import Mapping, Sequence

import orjson

from engines.results import Facet, Hit
from language.dictionary import AttributeEntry
from ranking.facets import label
from ranking.guide.conversation import Understood
from ranking.guide.wording import words_of
from ranking.request import Stage

_WORTH_SAYING = 0.5
_MOST_SAID = 2
_PERCENT = 100


def reasons(
    hit: Hit,
    fits: Sequence[Understood],
    facets: Sequence[Facet],
    dictionary: Mapping[str, AttributeEntry],
    locale: str,
) -> tuple[Stage, ...]:
    """Return what speaks for a hit, the answers first; each stage's ``detail`` is a part of a sentence.

    ``fits`` are the answers that filtered. ``facets`` are the counts of what is left: a number beats the products of
    all intervals beyond its own, so that what is said is never too much.
    """
    said = words_of(locale)
    found = []
    if fits:
        names = said.and_.join(each.text for each in fits)
        found.append(Stage("answers", float(len(fits)), said.fits.format(names)))
    strong = [each for facet in facets if (each := _strength(hit, facet, dictionary, locale)) is not None]
    strong.sort(key=lambda stage: (-stage.contribution, stage.name))
    return (*found, *strong[:_MOST_SAID])


def _strength(hit: Hit, facet: Facet, dictionary: Mapping[str, AttributeEntry], locale: str) -> Stage | None:
    """Return by how many of those left a number of the hit is not met, where one direction is known to be better."""
    entry = dictionary.get(facet.field.removeprefix("attributes."))
    better = "lower" if facet.field == "price" else entry.better if entry else None
    if better is None or (value := _number(hit, facet.field)) is None:
        return None
    total = sum(each.count for each in facet.values)
    beaten = sum(
        each.count
        for each in facet.values
        if each.interval is not None
        and (
            (each.interval.gte is not None and each.interval.gte > value)
            if better == "lower"
            else (each.interval.lt is not None and each.interval.lt <= value)
        )
    )
    share = beaten / max(total, 1)
    if share < _WORTH_SAYING:
        return None
    said = words_of(locale)
    percent = int(share * _PERCENT)
    if facet.field == "price":
        return Stage("price", share, said.cheaper.format(percent))
    name = label(facet.field, locale, dictionary)
    phrase = said.below if better == "lower" else said.above
    return Stage(facet.field, share, phrase.format(name, percent))


def _number(hit: Hit, field: str) -> float | None:
    if field == "price":
        return None if hit.product.net is None else float(hit.product.net)
    value = orjson.loads(hit.product.document).get("attributes", {}).get(field.removeprefix("attributes."))
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
