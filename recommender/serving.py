"""Answer a unit of recommendations: scored candidates with their reasons, best first, before any buyer's view."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from commerce.order import Order
from recommender.artefact import Trained
from recommender.behaviour import Floats, Ints, day_of, read_behaviour
from recommender.blend import Ranked
from recommender.features import bought_until, model_scores
from recommender.history import EMPTY, History
from recommender.knowledge import ITEM_COLUMNS
from recommender.models.neighbours import best, entries
from recommender.readiness import readiness

Strategy = Literal[
    "bought_together", "viewed_together", "similar", "substitutes", "accessories", "for_you", "next_basket",
    "buy_again", "trending", "most_popular", "recently_viewed", "new_arrivals", "session_next",
]  # fmt: skip
Source = Literal["primary", "fallback"]
MOST = 300
_WINDOW = 4
_FEWEST_SHARED = 2
_SELLS_AT_ALL = 0.005
"""Share of a fortnight's buyers."""
_NEW_FOR = 90.0
"""Days."""
_SHARE = ITEM_COLUMNS.index("popularity_400")
_RANKINGS_A_DAY = 24 * 12
_MOST_RANKINGS = 2_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a unit is about: products on the page or in the cart, those viewed (oldest first), and when."""

    strategy: Strategy
    seeds: Sequence[str] = ()
    viewed: Sequence[str] = ()
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item stands there: a code, its evidence, and the product that it refers to, if any."""

    code: str
    evidence: Mapping[str, float | int | str]
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One item with its score; ``fallback`` means that the strategy itself had nothing left to say."""

    id: str
    score: float
    source: Source
    reason: Reason


class Recommender:
    """One trained version in service; safe for any number of threads."""

    def __init__(self, trained: Trained) -> None:
        self._known = trained.knowledge
        self._blend = trained.blend
        self.histories = trained.histories
        self._rankings: dict[tuple[bytes, bytes, int, bool], Ranked] = {}
        self._for_all: dict[str, tuple[Candidate, ...]] = {}
        self.written = trained.written
        self.readiness = readiness(trained.report) if trained.report else {}
        self.items = trained.knowledge.items
        self._number = {identity: number for number, identity in enumerate(trained.knowledge.items)}

    def history(self, orders: Iterable[Order]) -> History:
        """Return a buyer's history of the orders so far; products that came after training are left out."""
        found = read_behaviour(orders)
        numbers = np.array([self._number.get(identity, -1) for identity in found.items], dtype=np.int32)
        item = numbers[found.item] if len(found) else found.item
        known = item >= 0
        return History(item, found.order, found.at, found.quantity, found.price).chosen(known)

    def recommend(self, asked: Asked, history: History = EMPTY) -> Iterator[Candidate]:
        """Yield up to 300 candidates of the strategy and then the popular items as a fallback, each once."""
        seen: set[str] = set()
        ready = self.readiness.get(asked.strategy)
        for candidate in chain(
            _STRATEGIES[asked.strategy](self, asked, history), self._standing("fallback", self._fallback)
        ):
            if candidate.id not in seen:
                seen.add(candidate.id)
                yield replace(candidate, source="fallback") if ready and ready.is_fallback else candidate

    def share_of_buyers(self, identity: str) -> float:
        """Return the share of all buyers who have a product, 0 for one that is not known."""
        at = self._number.get(identity)
        return 0.0 if at is None else float(self._known.columns[at, _SHARE])

    def cost(self, identity: str) -> float | None:
        """Return what a product cost the shop when this version was trained; None where that is not known."""
        at = self._number.get(identity)
        cost = float("nan") if at is None else float(self._known.costs[at])
        return None if math.isnan(cost) else cost

    def bought_within(self, history: History, since: float) -> set[str]:
        """Return the products of a history that were bought after a day."""
        return {self._known.items[item] for item in history.item[history.at > since]}

    def bought_together(self, asked: Asked, _: History) -> Iterator[Candidate]:
        """Yield what shares orders with the seeds more than chance lets it."""
        yield from self._beside(asked, "together")

    def viewed_together(self, asked: Asked, _: History) -> Iterator[Candidate]:
        """Yield what is looked at in the same visits, then, as a fallback, what is bought by the same buyers."""
        yield from self._after(asked.seeds, {"viewed": 1.0}, "viewed_together")
        yield from self._beside(asked, "cosine", "fallback")

    def similar(self, asked: Asked, _: History) -> Iterator[Candidate]:
        """Yield what reads like the seeds, and is bought by the same buyers."""
        content, cosine = self._scores("content", asked.seeds), self._scores("cosine", asked.seeds)
        yield from self._from_seeds(asked, content + 0.3 * cosine, "similar")

    def substitutes(self, asked: Asked, _: History) -> Iterator[Candidate]:
        """Yield what reads like the seeds and is not bought in the same orders."""
        content, together = self._scores("content", asked.seeds), self._scores("together", asked.seeds)
        yield from self._from_seeds(asked, content / (1 + 5 * together), "substitute")

    def accessories(self, asked: Asked, _: History) -> Iterator[Candidate]:
        """Yield what is made for the seeds, then what is bought in the same orders and is something else."""
        seeds = [self._number[each] for each in asked.seeds if each in self._number]
        yield from self._made_for(seeds)
        content, together = self._scores("content", asked.seeds), self._scores("together", asked.seeds)
        yield from self._from_seeds(asked, together * np.maximum(1 - 2 * content, 0), "accessory")

    def _made_for(self, seeds: Sequence[int]) -> Iterator[Candidate]:
        """Yield what names one of the seeds as what it fits, the most bought first; never one of the seeds."""
        for seed in seeds:
            found = self._known.fits.indices[self._known.fits.indptr[seed] : self._known.fits.indptr[seed + 1]]
            for at in found[np.argsort(-self._known.orders[found], kind="stable")].tolist():
                if at not in seeds:
                    reason = Reason("fits", {"orders": int(self._known.orders[at])}, self._known.items[seed])
                    yield Candidate(self._known.items[at], 1.0, "primary", reason)

    def next_basket(self, asked: Asked, history: History) -> Iterator[Candidate]:
        """Yield what the buyer's next order holds most likely, bought before or not."""
        yield from self._personal(asked, history, lambda owned: np.ones_like(owned))

    def for_you(self, asked: Asked, history: History) -> Iterator[Candidate]:
        """Yield what the buyer never bought and may like."""
        yield from self._personal(asked, history, lambda owned: ~owned, new=True)

    def buy_again(self, asked: Asked, history: History) -> Iterator[Candidate]:
        """Yield what the buyer bought before and may need again."""
        yield from self._personal(asked, history, lambda owned: owned)

    def trending(self, _asked: Asked, _: History) -> Iterator[Candidate]:
        """Yield what sells more in the last fortnight than in the two months before, of what sells at all."""
        yield from self._standing("trending", self._trending)

    def most_popular(self, _asked: Asked, _: History) -> Iterator[Candidate]:
        """Yield what most buyers bought in the last thirty days."""
        yield from self._standing("most_popular", self._popular)

    def new_arrivals(self, _asked: Asked, _: History) -> Iterator[Candidate]:
        """Yield what was first bought last, of what was bought at all."""
        yield from self._standing("new_arrivals", self._new)

    def recently_viewed(self, asked: Asked, _: History) -> Iterator[Candidate]:
        """Yield what was viewed, the latest first."""
        for place, identity in enumerate(reversed(asked.viewed)):
            yield Candidate(identity, 1 / (place + 1), "primary", Reason("viewed", {}))

    def session_next(self, asked: Asked, _: History) -> Iterator[Candidate]:
        """Yield what follows the last four products of the visit: transitions, and half the similarity; by visits, and
        behind that by orders."""
        steps = [*asked.viewed, *asked.seeds]
        yield from self._after(steps, {"next": 1.0, "viewed": 0.5}, "session")
        yield from self._after(steps, {"followed": 1.0, "cosine": 0.5}, "session")

    def _after(self, steps: Sequence[str], models: Mapping[str, float], code: str) -> Iterator[Candidate]:
        """Yield what some models say of the last four steps, the last one most: 1 / distance."""
        last = list(enumerate(reversed(steps[-_WINDOW:]), start=1))
        known = [(self._number[each], 1 / back) for back, each in last if each in self._number]
        if not known:
            return
        items, weights = [item for item, _ in known], [weight for _, weight in known]
        near = {**self._known.neighbours, **self._known.visits}
        scores = np.zeros(len(self._known.items), dtype=np.float32)
        for name, weight in models.items():
            scores += np.float32(weight) * near[name].scores(items, weights)
        scores[items] = 0
        anchor = self._known.items[items[0]]
        yield from self._ordered(scores, lambda _: Reason(code, {}, anchor))

    def _beside(self, asked: Asked, model: str, source: Source = "primary") -> Iterator[Candidate]:
        yield from self._from_seeds(asked, self._scores(model, asked.seeds), "bought_together", source)

    def _from_seeds(self, asked: Asked, scores: Floats, code: str, source: Source = "primary") -> Iterator[Candidate]:
        seeds = [self._number[each] for each in asked.seeds if each in self._number]
        if not seeds:
            return
        scores[seeds] = 0
        order = _in_order(scores)
        anchors, shared = self._shared(seeds, order, "content" if code in {"similar", "substitute"} else "together")
        needs_orders = code in {"bought_together", "accessory"}
        for at, score, anchor, both in zip(order.tolist(), scores[order].tolist(), anchors, shared, strict=True):
            orders = int(self._known.orders[anchor])
            evidence = {"orders_with_both": both, "orders": orders, "share": round(both / max(orders, 1), 4)}
            is_weak = needs_orders and both < _FEWEST_SHARED
            reason = Reason(code, evidence, self._known.items[anchor])
            yield Candidate(self._known.items[at], score, "fallback" if is_weak else source, reason)

    def _shared(self, seeds: Sequence[int], items: NDArray[np.int64], model: str) -> tuple[list[int], list[int]]:
        """Return for each item the seed that it belongs to most by a model, and how many orders hold both."""
        near, shared = self._known.neighbours[model].matrix, self._known.shared
        strengths = np.array([entries(near, seed, items) for seed in seeds])
        of_seed = strengths.argmax(axis=0)
        both = np.array([entries(shared, seed, items) for seed in seeds])
        return np.array(seeds)[of_seed].tolist(), both[of_seed, np.arange(len(items))].tolist()

    def _personal(
        self,
        asked: Asked,
        history: History,
        wanted: Callable[[NDArray[np.bool_]], NDArray[np.bool_]],
        *,
        new: bool = False,
    ) -> Iterator[Candidate]:
        if not len(history.item):
            return
        today = day_of(asked.now)
        ranked = self._ranked(history, today, new=new)
        owned = np.isin(ranked.items, history.item)
        keep = wanted(owned)
        bought: Ints = np.unique(history.item)
        rows = zip(ranked.items[keep][:MOST], ranked.scores[keep][:MOST], owned[keep][:MOST], strict=True)
        for item, score, is_owned in rows:
            reason = self._again(int(item), history, today) if is_owned else self._because(int(item), bought)
            yield Candidate(self._known.items[item], float(score), "primary", reason)

    def _ranked(self, history: History, now: float, *, new: bool) -> Ranked:
        """Return the buyer's candidates in order: for the units of a page, and for a while, the same ones."""
        key = (history.item.tobytes(), history.at.tobytes(), int(now * _RANKINGS_A_DAY), new)
        found = self._rankings.get(key)
        if found is None:
            found = self._rank(history, now, new=new)
            self._rankings[key] = found
            if len(self._rankings) > _MOST_RANKINGS:
                # Whatever was asked for longest ago; another thread may have been quicker.
                self._rankings.pop(next(iter(self._rankings)), None)
        return found

    def _rank(self, history: History, now: float, *, new: bool) -> Ranked:
        if self._blend is not None:
            return self._blend.rank(self._known, history, now, new=new)
        # Too little was known to train a blend: personal frequency first, then the closed-form model.
        scores = model_scores(self._known, bought_until(history, now))
        total = np.bincount(history.item, minlength=len(self._known.items)) + scores[0] / max(
            float(scores[0].max()), 1e-6
        )
        order = np.argsort(-total, kind="stable")
        order = order[total[order] > 0]
        return Ranked(order, total[order].astype(np.float32))

    def _standing(self, name: str, make: Callable[[], Iterator[Candidate]]) -> Sequence[Candidate]:
        """Return what is the same for everybody, made once."""
        found = self._for_all.get(name)
        if found is None:
            found = self._for_all[name] = tuple(make())
        return found

    def _popular(self) -> Iterator[Candidate]:
        share = self._known.column("popularity_30")
        scores = share if (share > 0).any() else self._known.orders.astype(np.float32)
        return self._ordered(scores, lambda at: Reason("popular", {"share_of_buyers": round(float(share[at]), 4)}))

    def _fallback(self) -> Iterator[Candidate]:
        for candidate in self._standing("most_popular", self._popular):
            yield replace(candidate, source="fallback")

    def _trending(self) -> Iterator[Candidate]:
        enough = self._known.column("popularity_14") >= _SELLS_AT_ALL
        return self._ordered(
            self._known.column("trend_fortnight"), lambda at: Reason("trending", self._trend(at)), enough
        )

    def _new(self) -> Iterator[Candidate]:
        age = self._known.column("days_on_sale")
        is_new = (age < _NEW_FOR) & (self._known.orders > 1)
        return self._ordered(-age, lambda at: Reason("new", {"days_on_sale": round(float(age[at]))}), is_new)

    def _ordered(
        self, scores: Floats, reason: Callable[[int], Reason], eligible: NDArray[np.bool_] | None = None
    ) -> Iterator[Candidate]:
        """Yield the ``eligible`` items, the best first; None are those that score above nothing."""
        order = _in_order(scores, eligible)
        for at, score in zip(order.tolist(), scores[order].tolist(), strict=True):
            yield Candidate(self._known.items[at], score, "primary", reason(at))

    def _scores(self, model: str, ids: Sequence[str]) -> Floats:
        items = [self._number[each] for each in ids if each in self._number]
        return self._known.neighbours[model].scores(items, [1.0] * len(items))

    def _again(self, item: int, history: History, today: float) -> Reason:
        times = history.at[history.item == item]
        return Reason("bought_before", {"times": len(times), "days_ago": max(round(today - float(times[-1])), 0)})

    def _because(self, item: int, bought: Ints) -> Reason:
        """Name the purchase that an item is most like by its buyers."""
        found = self._known.neighbours["cosine"].nearest_of(item, bought)
        if found is None:
            return Reason("for_you", {})
        return Reason("because_bought", {"similarity": round(found[1], 4)}, self._known.items[found[0]])

    def _trend(self, at: int) -> dict[str, float]:
        fortnight, baseline = self._known.column("popularity_14")[at], self._known.column("popularity_60")[at]
        return {"share_fortnight": round(float(fortnight), 4), "share_two_months": round(float(baseline), 4)}


def _in_order(scores: Floats, eligible: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """Return the numbers of the ``eligible`` items that score best; equal ones go by their number. None are those that
    score above nothing."""
    # The greatest in any order first: sorting all items would take most of the time.
    may = np.flatnonzero(scores > 0 if eligible is None else eligible)
    first = np.sort(may[best(scores[may], MOST)])
    return first[np.argsort(-scores[first], kind="stable")]


_STRATEGIES: Mapping[Strategy, Callable[[Recommender, Asked, History], Iterator[Candidate]]] = {
    "bought_together": Recommender.bought_together,
    "viewed_together": Recommender.viewed_together,
    "similar": Recommender.similar,
    "substitutes": Recommender.substitutes,
    "accessories": Recommender.accessories,
    "for_you": Recommender.for_you,
    "next_basket": Recommender.next_basket,
    "buy_again": Recommender.buy_again,
    "trending": Recommender.trending,
    "most_popular": Recommender.most_popular,
    "recently_viewed": Recommender.recently_viewed,
    "new_arrivals": Recommender.new_arrivals,
    "session_next": Recommender.session_next,
}
