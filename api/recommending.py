"""From scored candidates to units of products as one buyer may see them."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

import orjson

from api.liking import NO_LIKING, Liking, has_a_say, liking
from api.product_lines import ProductLines
from api.product_page import Json
from api.recommendation_bodies import RecommendationBody
from api.shop import Shelf
from commerce.buyer import Buyer
from commerce.merchandising import Weight
from engines.plan import SearchPlan, Sort
from engines.results import StoredProduct
from language.filters.tree import And, Exists, Filter, In, Not
from ranking.fields import resolve_filter
from ranking.guide.scope import both
from ranking.merchandising.effects import NO_EFFECTS, Effects
from ranking.merchandising.placing import slots
from ranking.merchandising.ruling import effects_on_unit
from ranking.merchandising.situation import Unit
from ranking.personal import Personal
from ranking.visible_fields import fields_of
from recommender.arranging import Caps, Choice, Weights, arrange
from recommender.behaviour import day_of
from recommender.history import EMPTY, History
from recommender.reasons import sentence
from recommender.serving import Asked, Candidate, Reason, Recommender

_SPARE = 8
"""Candidates looked up beyond those wanted: some are out of stock or not the buyer's to see."""
_POOL = 6
_JUST_BOUGHT = 3.0
"""Days in which a product is not recommended to who bought it."""


_Found = tuple[Candidate, StoredProduct]


@dataclass(frozen=True, slots=True)
class Recommending:
    """What all units of one request share: the catalogue's snapshot, the buyer, and the model that serves, if any.

    ``recent`` are products that the buyer dealt with, the oldest first, for requests that name none. ``personal`` is
    what is known of the buyer's taste.
    """

    shelf: Shelf
    buyer: Buyer
    recommender: Recommender | None
    version: int | None
    lines: ProductLines
    history: History = EMPTY
    at: datetime | None = None
    recent: tuple[str, ...] = ()
    personal: Personal | None = None

    def unit(self, body: RecommendationBody, taken: set[str], arms: Mapping[str, str] | None = None) -> Json:
        """Return one unit; ``taken`` are products that it must not show, and grow by those that it shows. Rules may ask
        for the ``arms`` of experiments."""
        context = body.context
        named = list(dict.fromkeys((*context.product_ids, *context.cart, *context.viewed)))
        known = self.shelf.index.get(named, self.buyer, self.at) if named else {}
        seeds = [each for each in (*context.product_ids, *context.cart) if each in known]
        left_out = taken | set(body.exclude) | set(context.product_ids) | set(context.cart) | self._just_bought()
        viewed = [each for each in context.viewed if each in known] or list(self.recent)
        asked = Asked(body.strategy, seeds, viewed, self.at or datetime.now(UTC))
        condition = body.condition()
        resolved = None if condition is None else resolve_filter(condition, fields_of(self.shelf.index, self.buyer))
        effects = self._effects(body, resolved, arms)
        resolved = both(resolved, effects.condition)
        pins = self._pinned(effects, resolved, left_out, body.count)
        shown = {stored.id for _, (_, stored) in pins}
        visible = self._visible(asked, resolved, left_out | shown, body.count)
        arranged, liked = self._arranged(body, visible, effects.weights)
        found = _with_pins(arranged, pins, body.count)
        taken.update(stored.id for _, stored in found)
        locale = self.shelf.locale(body.locale, self.buyer)
        seen = {**known, **{stored.id: stored for _, stored in found}}
        titles = self._titles([each.reason for each, _ in found], seen, body.locale)
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
                    **self.lines.of(stored, self.shelf, self.buyer, body.locale),
                    "source": candidate.source,
                    "reason": _reason(candidate.reason, titles, locale, liked.said.get(stored.id)),
                }
                for position, (candidate, stored) in enumerate(found, start=1)
            ],
            "unknown": [each for each in named if each not in known],
            "personalized": liked is not NO_LIKING,
            "rules_applied": [
                {"id": each.id, "effects": each.effects, "because": each.because} for each in effects.applied(shown)
            ],
            "banners": [{"rule_id": each.rule_id, "data": each.data} for each in effects.banners],
        }

    def _effects(self, body: RecommendationBody, condition: Filter | None, arms: Mapping[str, str] | None) -> Effects:
        if not self.shelf.rules:
            return NO_EFFECTS
        return effects_on_unit(
            Unit(body.placement, body.strategy),
            body.context.query or "",
            condition,
            self.shelf.known_locale(body.locale, self.buyer),
            self.buyer,
            self.shelf.rules,
            at=self.at,
            device=body.device,
            arms=arms,
        )

    def _pinned(
        self, effects: Effects, condition: Filter | None, left_out: set[str], count: int
    ) -> list[tuple[int, _Found]]:
        """Return the pins that the buyer may see and buy, with their places: none that the unit must not show."""
        wanted = [(pin, rule) for pin, rule in effects.pins if pin.id not in left_out and pin.position <= count]
        if not wanted:
            return []
        seen = self._see([pin.id for pin, _ in wanted], condition)
        return [
            (pin.position, (Candidate(pin.id, 0.0, "primary", Reason("pinned", {"rule": rule})), stored))
            for pin, rule in wanted
            if (stored := seen.get(pin.id)) is not None and stored.availability.in_stock
        ]

    def _just_bought(self) -> set[str]:
        if self.recommender is None:
            return set()
        return self.recommender.bought_within(self.history, day_of(self.at or datetime.now(UTC)) - _JUST_BOUGHT)

    def _arranged(
        self, body: RecommendationBody, visible: Iterator[_Found], boosts: Sequence[Weight] = ()
    ) -> tuple[list[_Found], Liking]:
        """Return the first ``count``, or what weights, caps, rules and a profile make of several times as many.

        What fills up comes after all that the strategy itself says.
        """
        personal = self.personal if body.personalize and has_a_say(self.personal, body.strategy) else None
        weights, caps = Weights(**body.weights.model_dump()), Caps(**body.caps.model_dump())
        if weights.is_plain and caps == Caps() and not boosts and personal is None:
            return list(islice(visible, body.count)), NO_LIKING
        pool = list(islice(visible, _POOL * body.count))
        factors = self._factors([stored.id for _, stored in pool], boosts)
        liked = NO_LIKING
        if personal is not None:
            liked = liking(personal, body.strategy, pool, self.shelf.index.stats().locales[0])
            factors = {
                each: factors.get(each, 1.0) * liked.factors.get(each, 1.0) for each in {*factors, *liked.factors}
            }
        arranged: list[_Found] = []
        for source in ("primary", "fallback"):
            part = [each for each in pool if each[0].source == source]
            choices = [self._choice(*each, factors) for each in part]
            shown = [self._choice(*each, factors) for each in arranged]
            places = arrange([*shown, *choices], body.count, weights, caps, settled=len(shown))
            arranged = [*arranged, *(part[place - len(shown)] for place in places[len(shown) :])]
        return arranged, liked

    def _factors(self, ids: Sequence[str], boosts: Sequence[Weight]) -> Mapping[str, float]:
        """Return what rules multiply the worth of products by, as the engine reads their filters."""
        if not boosts or not ids:
            return {}
        plan = SearchPlan(
            buyer=self.buyer, at=self.at, filter=In("id", tuple(ids)), limit=len(ids), weights=tuple(boosts)
        )
        return {hit.product.id: hit.factor for hit in self.shelf.index.search(plan).hits}

    def _choice(self, candidate: Candidate, stored: StoredProduct, factors: Mapping[str, float]) -> Choice:
        share = self.recommender.share_of_buyers(candidate.id) if self.recommender else 0.0
        cost = self.recommender.cost(candidate.id) if self.recommender else None
        net = None if stored.net is None else float(stored.net)
        product = orjson.loads(stored.document)
        category = product.get("category") or [None]
        margin = None if net is None or cost is None else net - cost
        return Choice(net, share, product.get("brand"), category[0], factors.get(candidate.id, 1.0), margin)

    def _visible(self, asked: Asked, condition: Filter | None, left_out: set[str], count: int) -> Iterator[_Found]:
        """Yield what the buyer may see, meets the condition and is not known to be out of stock."""
        candidates = self.recommender.recommend(asked, self.history) if self.recommender else iter(())
        shown: set[str] = set()
        if asked.strategy == "new_arrivals":
            for found in self._released(condition, left_out):
                shown.add(found[1].id)
                yield found
        skipped = left_out | shown
        wanted = (each for each in candidates if each.id not in skipped)
        while batch := list(islice(wanted, count + _SPARE)):
            visible = self._see([each.id for each in batch], condition)
            for candidate in batch:
                stored = visible.get(candidate.id)
                if stored is not None and stored.availability.in_stock:
                    shown.add(candidate.id)
                    yield candidate, stored
        yield from self._rest(condition, left_out | shown)

    def _see(self, ids: Sequence[str], condition: Filter | None) -> Mapping[str, StoredProduct]:
        if condition is None:
            return self.shelf.index.get(ids, self.buyer, self.at)
        plan = SearchPlan(buyer=self.buyer, at=self.at, filter=And((In("id", tuple(ids)), condition)), limit=len(ids))
        return {hit.product.id: hit.product for hit in self.shelf.index.search(plan).hits}

    def _released(self, condition: Filter | None, left_out: set[str]) -> Iterator[_Found]:
        """Yield the products that were released last, where the catalogue says when."""
        if "released" in self.shelf.index.fields():
            dated = And((Exists("released"), condition)) if condition else Exists("released")
            for rank, stored in enumerate(self._in_stock(dated, left_out, "released"), start=1):
                yield Candidate(stored.id, 1 / rank, "primary", Reason("new", {})), stored

    def _rest(self, condition: Filter | None, left_out: set[str]) -> Iterator[_Found]:
        """Yield the catalogue's most popular products: a unit is not empty while there are products."""
        for stored in self._in_stock(condition, left_out, "popularity"):
            yield Candidate(stored.id, 0.0, "fallback", Reason("range", {})), stored

    def _in_stock(self, condition: Filter | None, left_out: set[str], order: str) -> Iterator[StoredProduct]:
        parts = [Not(In("id", tuple(sorted(left_out))))] if left_out else []
        conditions: tuple[Filter, ...] = (*parts, condition) if condition else tuple(parts)
        plan = SearchPlan(buyer=self.buyer, at=self.at, filter=And(conditions), sort=Sort(order), limit=100)
        return (each.product for each in self.shelf.index.search(plan).hits if each.product.availability.in_stock)

    def _titles(
        self, reasons: Iterable[Reason], seen: Mapping[str, StoredProduct], locale: str | None
    ) -> dict[str, str]:
        """Return the titles of the products that reasons refer to, as far as the buyer sees them; ``seen`` are some."""
        anchors = list(dict.fromkeys(reason.anchor for reason in reasons if reason.anchor is not None))
        missing = [each for each in anchors if each not in seen]
        found = {**seen, **self.shelf.index.get(missing, self.buyer, self.at)} if missing else seen
        return {each: self.shelf.localised(found[each], locale, self.buyer).title for each in anchors if each in found}


def _with_pins(others: Sequence[_Found], pins: Sequence[tuple[int, _Found]], count: int) -> list[_Found]:
    """Return the first ``count`` of others, with pins, which come by position, in their places."""
    total = min(count, len(others) + len(pins))
    places = dict(zip(slots([position - 1 for position, _ in pins], total), (found for _, found in pins), strict=True))
    rest = iter(others)
    return [places[at] if at in places else next(rest) for at in range(total)]


def _reason(reason: Reason, titles: Mapping[str, str], locale: str, liked: str | None) -> Json:
    evidence: Json = dict(reason.evidence)
    if reason.anchor in titles:
        evidence["product_id"] = reason.anchor
    if liked is not None:
        evidence["personal"] = liked
    return {"code": reason.code, "text": sentence(reason, titles, locale), "evidence": evidence}
