"""What a plan's weights multiply scores by."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Self

from engines.opensearch.conditions import all_of
from engines.opensearch.connection import Json
from engines.opensearch.filters import Names, condition_of, of_product
from engines.plan import HEAVIEST, SearchPlan

_NAME = "weight"


@dataclass(frozen=True, slots=True)
class Weighing:
    """Conditions on products with the factor of each; a product that meets several is multiplied by all."""

    weights: tuple[tuple[Json, float], ...]

    @classmethod
    def of(cls, plan: SearchPlan, names: Names, condition: Json | None) -> Self | None:
        """Return the weights of a plan, met by units that the filter allows; None where they change nothing."""
        if not plan.weights or (plan.text is None and plan.vector is None and plan.sort.field != "relevance"):
            return None
        met = ([condition_of(each.filter, names)] for each in plan.weights)
        units = (each if condition is None else [*each, condition] for each in met)
        factors = (each.factor for each in plan.weights)
        return cls(tuple(zip((of_product(all_of(each)) for each in units), factors, strict=True)))

    @property
    def most(self) -> float:
        """The greatest factor that a product can have."""
        return min(prod((factor for _, factor in self.weights if factor > 1.0), start=1.0), HEAVIEST)

    def weighed(self, query: Json) -> Json:
        """Return a query with its scores multiplied."""
        functions = [{"filter": condition, "weight": factor} for condition, factor in self.weights]
        more = {"score_mode": "multiply", "boost_mode": "multiply", "max_boost": HEAVIEST}
        return {"function_score": {"query": query, "functions": functions, **more}}

    def told(self) -> list[Json]:
        """Return queries that score nothing, by which a hit says the conditions that it meets."""
        return [
            {"constant_score": {"filter": condition, "boost": 0.0, "_name": f"{_NAME}{at}"}}
            for at, (condition, _) in enumerate(self.weights)
        ]

    def factor(self, told: Sequence[str]) -> float:
        """Return the factor of a hit by what it told."""
        met = (factor for at, (_, factor) in enumerate(self.weights) if f"{_NAME}{at}" in told)
        return min(prod(met, start=1.0), HEAVIEST)
