"""Answers as JSON. Stored products are spliced in as the bytes that they are."""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
from starlette.responses import Response

from api.product_page import Json, availability, badges, price, product
from api.shop import Shelf
from engines.plan import Interval
from engines.results import Facet, FacetValue
from ranking.badges import availability_badges
from ranking.facets import label, unit
from ranking.measures import Constraint
from ranking.request import RankedHit, SearchAnswer
from ranking.suggest import SuggestAnswer

_YES_NO = {"en": ("Yes", "No"), "de": ("Ja", "Nein")}


class JsonResponse(Response):
    """A JSON answer written by orjson."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """Return the body."""
        return orjson.dumps(content)


def search_answer(
    answer: SearchAnswer,
    shelf: Shelf,
    *,
    query_id: str,
    page: int,
    page_size: int,
    fields: Sequence[str] | None,
    locale: str,
    took_ms: float,
    experiment: Json | None = None,
) -> Json:
    """Return the answer to a search."""
    understood = answer.interpretation
    return {
        "query_id": query_id,
        "total": answer.total,
        "total_is_exact": answer.total_is_exact,
        "page": page,
        "page_size": page_size,
        "cursor": answer.cursor,
        "took_ms": round(took_ms, 2),
        "locale": answer.locale,
        "personalized": answer.personalized,
        "interpretation": {
            "language": understood.language,
            "corrected_query": understood.corrected_query,
            "part_number": understood.part_number,
            "category": understood.category,
            "constraints": [constraint(each) for each in understood.constraints],
            "relaxed": understood.relaxed,
            "ignored": understood.ignored,
            "compounds": [
                {"text": each.text, "parts": each.parts, "source": "dictionary" if each.edited else "learned"}
                for each in understood.compounds
            ],
            "semantic_hits": understood.semantic_hits,
        },
        "hits": [hit(each, shelf, locale, fields) for each in answer.hits],
        "facets": [facet(each, shelf, locale) for each in answer.facets],
        "rules_applied": [{"id": each.id, "effects": each.effects, "because": each.because} for each in answer.rules],
        "banners": [{"rule_id": each.rule_id, "data": each.data} for each in answer.banners],
        "redirect": answer.redirect,
        "experiment": experiment,
    }


def constraint(said: Constraint) -> Json:
    """Return a condition that a query says."""
    return {"field": said.field, "op": said.op, "value": said.value, "unit": said.unit, "text": said.text}


def hit(ranked: RankedHit, shelf: Shelf, locale: str, fields: Sequence[str] | None = None) -> Json:
    """Return one hit, its badges in a locale."""
    found = ranked.hit
    explanation = None
    if ranked.stages is not None:
        text = "; ".join(f"{stage.name} {stage.contribution:.2f}" for stage in ranked.stages)
        stages = [{"name": s.name, "contribution": s.contribution, "detail": s.detail} for s in ranked.stages]
        explanation = {"stages": stages, "text": text}
    return {
        "id": found.product.id,
        "position": ranked.position,
        "score": found.score,
        "product": product(found.product, fields),
        "price": price(found.product, shelf, locale),
        "availability": availability(found.product),
        "highlight": ranked.highlight,
        "matched_by": ranked.matched_by,
        "matched_variants": found.product.matched,
        "badges": [
            *badges(found.product, shelf, locale),
            *(badge._asdict() for badge in availability_badges(found.product.availability, locale)),
        ],
        "explanation": explanation,
    }


def facet(found: Facet, shelf: Shelf, locale: str) -> Json:
    """Return one facet with its labels."""
    stats = None
    if found.stats:
        stats = dict(zip(("min", "max", "mean"), found.stats, strict=True))
    dictionary = shelf.index.dictionary()
    is_price = found.field in {"price", "list_price"}
    return {
        "field": found.field,
        "label": label(found.field, locale, dictionary),
        "type": found.type,
        "unit": shelf.catalog.currency if is_price else unit(found.field, dictionary),
        "values": [_facet_value(each, found, locale) for each in found.values],
        "stats": stats,
        "from_texts": None if shelf.stated is None else round(shelf.stated.get(found.field, 0.0), 3),
    }


def _facet_value(value: FacetValue, found: Facet, locale: str) -> Json:
    rest: Json = {"count": value.count, "selected": value.selected}
    if value.interval is not None:
        return {**_interval(value.interval, is_time=found.field == "released"), **rest}
    if found.type == "boolean":
        yes, no = _YES_NO.get(locale.split("-")[0], _YES_NO["en"])
        return {"value": value.value, "label": yes if value.value else no, **rest}
    if found.type == "hierarchy":
        path = str(value.value)
        return {"value": path, "label": path.rsplit(" > ", 1)[-1], "path": path, "level": value.level, **rest}
    return {"value": value.value, "label": value.value, **rest}


def _interval(interval: Interval, *, is_time: bool) -> Json:
    if not is_time:
        return {"gte": interval.gte, "lt": interval.lt}
    edges = {"gte": interval.gte, "lt": interval.lt}
    return {
        name: None if edge is None else datetime.fromtimestamp(edge, UTC).isoformat().replace("+00:00", "Z")
        for name, edge in edges.items()
    }


def suggestions(answer: SuggestAnswer, shelf: Shelf, locale: str) -> Json:
    """Return what fits what was typed."""
    return {
        "queries": [{"text": text, "count": count} for text, count in answer.queries],
        "products": [hit(each, shelf, locale) for each in answer.products],
        "categories": [{"path": path, "count": count} for path, count in answer.categories],
        "brands": [{"value": value, "count": count} for value, count in answer.brands],
    }
