"""From scored candidates to units of products as one buyer may see them."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from api.product_page import Json, product_line
from api.recommendation_bodies import RecommendationBody
from api.shop import Shelf
from commerce.buyer import Buyer
from engines.plan import SearchPlan, Sort
from engines.results import StoredProduct
from language.filters.tree import And, Filter, In, Not
from ranking.fields import resolve_filter
from ranking.visible_fields import fields_of
from recommender.history import EMPTY, History
from recommender.reasons import sentence
from recommender.serving import Asked, Candidate, Reason, Recommender

_BATCH = 40
_PERSONAL = {"for_you", "next_basket", "buy_again"}


@dataclass(frozen=True, slots=True)
class Recommending:
    """What all units of one request share: the catalogue's snapshot, the buyer, and the model that serves, if any."""

    shelf: Shelf
    buyer: Buyer
    recommender: Recommender | None
    version: int | None
    history: History = EMPTY

    def unit(self, body: RecommendationBody, taken: set[str]) -> Json:
        """Return one unit; ``taken`` are products that it must not show, and grow by those that it shows."""
        context = body.context
        named = list(dict.fromkeys((*context.product_ids, *context.cart, *context.viewed)))
        known = self.shelf.index.get(named, self.buyer) if named else {}
        seeds = [each for each in (*context.product_ids, *context.cart) if each in known]
        left_out = taken | set(body.exclude) | set(context.product_ids) | set(context.cart)
        asked = Asked(body.strategy, seeds, [each for each in context.viewed if each in known])
        condition = body.condition()
        resolved = None if condition is None else resolve_filter(condition, fields_of(self.shelf.index, self.buyer))
        found = list(islice(self._visible(asked, resolved, left_out), body.count))
        taken.update(stored.id for _, stored in found)
        locale = self.shelf.locale(body.locale, self.buyer)
        titles = self._titles([each.reason for each, _ in found], body.locale)
        return {
            "recommendation_id": str(uuid.uuid4()),
            "strategy": body.strategy,
            "placement": body.placement,
            "model_version": None if self.version is None else str(self.version),
            "locale": locale,
            "items": [
                {
                    "id": stored.id,
                    "position": position,
                    "score": candidate.score,
                    **product_line(self.shelf.localised(stored, body.locale, self.buyer), self.shelf, locale),
                    "source": candidate.source,
                    "reason": _reason(candidate.reason, titles, locale),
                }
                for position, (candidate, stored) in enumerate(found, start=1)
            ],
            "unknown": [each for each in named if each not in known],
        }

    def _visible(
        self, asked: Asked, condition: Filter | None, left_out: set[str]
    ) -> Iterator[tuple[Candidate, StoredProduct]]:
        """Yield what the buyer may see, meets the condition and is not known to be out of stock."""
        candidates = self.recommender.recommend(asked, self.history) if self.recommender else iter(())
        wanted = (each for each in candidates if each.id not in left_out)
        shown: set[str] = set()
        while batch := list(islice(wanted, _BATCH)):
            visible = self._see([each.id for each in batch], condition)
            for candidate in batch:
                stored = visible.get(candidate.id)
                if stored is not None and stored.availability.in_stock:
                    shown.add(candidate.id)
                    yield candidate, stored
        yield from self._rest(condition, left_out | shown)

    def _see(self, ids: Sequence[str], condition: Filter | None) -> Mapping[str, StoredProduct]:
        if condition is None:
            return self.shelf.index.get(ids, self.buyer)
        plan = SearchPlan(buyer=self.buyer, filter=And((In("id", tuple(ids)), condition)), limit=len(ids))
        return {hit.product.id: hit.product for hit in self.shelf.index.search(plan).hits}

    def _rest(self, condition: Filter | None, left_out: set[str]) -> Iterator[tuple[Candidate, StoredProduct]]:
        """Yield the catalogue's most popular products: a unit is not empty while there are products."""
        parts = [Not(In("id", tuple(sorted(left_out))))] if left_out else []
        conditions: tuple[Filter, ...] = (*parts, condition) if condition else tuple(parts)
        plan = SearchPlan(buyer=self.buyer, filter=And(conditions), sort=Sort("popularity"), limit=100)
        for hit in self.shelf.index.search(plan).hits:
            if hit.product.availability.in_stock:
                yield Candidate(hit.product.id, 0.0, "fallback", Reason("range", {})), hit.product

    def _titles(self, reasons: Iterable[Reason], locale: str | None) -> dict[str, str]:
        anchors = list(dict.fromkeys(reason.anchor for reason in reasons if reason.anchor is not None))
        found = self.shelf.index.get(anchors, self.buyer) if anchors else {}
        return {identity: self.shelf.localised(stored, locale, self.buyer).title for identity, stored in found.items()}


def needs_history(bodies: Iterable[RecommendationBody]) -> bool:
    """Say whether one of the units is made from what the buyer bought."""
    return any(body.strategy in _PERSONAL for body in bodies)


def _reason(reason: Reason, titles: Mapping[str, str], locale: str) -> Json:
    evidence: Json = dict(reason.evidence)
    if reason.anchor in titles:
        evidence["product_id"] = reason.anchor
    return {"code": reason.code, "text": sentence(reason, titles, locale), "evidence": evidence}
