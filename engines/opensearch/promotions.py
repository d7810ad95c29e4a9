"""Promotions made ready for one search: which units each is on, and its sum, as queries and answers need them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commerce.promotions import Promotion, in_order
from engines.opensearch.connection import Json
from engines.opensearch.documents import PRICE_SCALE
from engines.opensearch.encoding import text_term
from engines.opensearch.filters import UNIQUE, Names, condition_of
from engines.opensearch.price_rules import Step, step_of
from engines.opensearch.unit_criteria import criterion_of, holds

_UNIT_ID = "units.id"
_TOGETHER = 50_000
"""Ids of one condition; the cluster takes no more than 65,536."""


@dataclass(frozen=True, slots=True)
class ReadyPromotion:
    """A promotion, the condition of its filter on units (None: it has no filter) and the number of the field that has
    a product's id (None: no product has)."""

    terms: Promotion
    condition: Json | None
    id_field: str | None
    currency: str

    def touched(self) -> list[Json]:
        """Return the conditions of which a unit meets one where the promotion is on it."""
        parts = [] if self.condition is None else [self.condition]
        ids = sorted(self.terms.selected.ids)
        for start in range(0, len(ids), _TOGETHER):
            some = ids[start : start + _TOGETHER]
            parts.append({"terms": {_UNIT_ID: some}})
            if self.id_field is not None:
                parts.append({"terms": {UNIQUE: [text_term(self.id_field, each) for each in some]}})
        return parts

    def is_on(self, product: str, unit: Json) -> bool:
        """Say whether the promotion is on a unit of a product, as the index keeps it."""
        selected = self.terms.selected
        if product in selected.ids or unit["id"] in selected.ids:
            return True
        return self.condition is not None and holds(criterion_of(self.condition), unit)

    @property
    def step(self) -> Step:
        """The sum of what it takes off, where it has no fixed price."""
        return step_of(self.terms.reduction, self.currency)

    def params(self) -> Json:
        """Return the promotion as the scripts take it."""
        tests: list[Json] = [] if self.condition is None else [criterion_of(self.condition)]
        if ids := self.terms.selected.ids:
            tests.append({"field": _UNIT_ID, "among": dict.fromkeys(ids, 1)})
            if self.id_field is not None:
                products = {text_term(self.id_field, each): 1 for each in ids}
                tests.append({"field": UNIQUE, "among": products})
        step = self.step
        return {
            "test": {"any": tests},
            "step": {
                "factor": step.factor,
                "amount": str(step.amount),
                "minor": step.minor,
                "millionths": step.millionths,
            },
            "net": None if self.terms.net is None else int(self.terms.net * PRICE_SCALE),
            "floor": int(self.terms.floor * PRICE_SCALE),
            "listed": self.terms.applies_to_price_lists,
            "stackable": self.terms.stackable,
        }


def ready_promotions(promotions: Iterable[Promotion], currency: str, names: Names) -> Sequence[ReadyPromotion]:
    """Make promotions ready, in the order in which they are applied."""
    found = []
    for each in in_order(promotions):
        node = each.selected.filter
        condition = None if node is None else condition_of(node, names)
        found.append(ReadyPromotion(each, condition, names.numbers.get("id"), currency))
    return found
