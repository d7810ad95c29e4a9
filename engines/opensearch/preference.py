"""What a promotion adds to the score of a product, where hits are in the order of relevance."""

from dataclasses import dataclass
from typing import Self

from engines.opensearch.conditions import NOTHING, all_of
from engines.opensearch.connection import Json
from engines.opensearch.filters import Names, of_product
from engines.plan import SearchPlan

POPULARITY = {"field": "popularity", "missing": 0.0}


@dataclass(frozen=True, slots=True)
class Preference:
    """The products on offer, by units that the filter allows, score by the share ``boost`` more."""

    boost: float
    on_offer: Json

    @classmethod
    def of(cls, plan: SearchPlan, names: Names, condition: Json | None) -> Self | None:
        """Return the preference of a plan; None where it changes nothing."""
        if not plan.on_offer_boost or plan.vector is not None:
            return None
        if plan.text is None and plan.sort.field != "relevance":
            return None
        lowered = names.prices.lowered()
        if lowered is NOTHING:
            return None
        return cls(plan.on_offer_boost, of_product(all_of([lowered] if condition is None else [lowered, condition])))

    def of_text(self, scored: list[Json]) -> Json:
        """Return the query that scores what is to be added, where ``scored`` are the queries without tiers."""
        return {"bool": {"should": scored, "filter": [self.on_offer], "boost": self.boost}}

    def of_browsing(self) -> list[Json]:
        """Return the functions that raise a score by popularity plus one, which may be 0 for every product: a product
        on offer comes first all the same."""
        return [
            {"filter": self.on_offer, "field_value_factor": {**POPULARITY, "factor": self.boost}},
            {"filter": self.on_offer, "weight": self.boost},
        ]


def browsing(query: Json, raised: list[Json]) -> Json:
    """Return a query that scores by popularity plus one, and what functions add."""
    functions = [{"field_value_factor": POPULARITY}, {"weight": 1.0}, *raised]
    return {"function_score": {"query": query, "functions": functions, "score_mode": "sum", "boost_mode": "replace"}}
