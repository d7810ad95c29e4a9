"""Conditions on units that are decided without a query: within a script for the order of hits, and here for what is
shown of them.

A criterion is a condition in a form that a script reads as a parameter: ``{"all": tests}``, ``{"any": tests}``,
``{"not": test}``, or ``{"field": f, …}`` with the terms or the bounds of which one of the field's terms must be. Many
terms are the keys of an object, ``among``, in which a script finds one at once.
"""

from collections.abc import Mapping

from engines.opensearch.connection import Json

_BOUNDS = ("gt", "gte", "lt", "lte")
HOLDS = """
boolean holds(Map doc, def test) {
  if (test.all != null) {
    for (def each : test.all) { if (!holds(doc, each)) { return false; } }
    return true;
  }
  if (test.any != null) {
    for (def each : test.any) { if (holds(doc, each)) { return true; } }
    return false;
  }
  if (test.not != null) { return !holds(doc, test.not); }
  for (String term : doc[test.field]) {
    if (test.among != null) {
      if (test.among.containsKey(term)) { return true; }
    } else if (test.terms != null) {
      if (test.terms.contains(term)) { return true; }
    } else if ((test.gt == null || term.compareTo(test.gt) > 0) && (test.gte == null || term.compareTo(test.gte) >= 0)
        && (test.lt == null || term.compareTo(test.lt) < 0) && (test.lte == null || term.compareTo(test.lte) <= 0)) {
      return true;
    }
  }
  return false;
}
"""
"""The function of a script that decides a criterion for the unit at hand."""


def criterion_of(condition: Json) -> Json:
    """Return the criterion of a condition that ``filters.condition_of`` made of a filter that names neither prices nor
    stock."""
    [(kind, content)] = condition.items()
    match kind:
        case "match_all":
            return {"all": []}
        case "match_none":
            return {"any": []}
        case "term":
            [(field, term)] = content.items()
            return {"field": field, "terms": [term]}
        case "terms":
            [(field, terms)] = content.items()
            return {"field": field, "terms": terms}
        case "range":
            [(field, bounds)] = content.items()
            return {"field": field, **bounds}
        case "bool":
            tests = [criterion_of(each) for each in content.get("filter", ())]
            tests += [{"not": criterion_of(each)} for each in content.get("must_not", ())]
            if content.get("should"):
                tests.append({"any": [criterion_of(each) for each in content["should"]]})
            return {"all": tests}
    raise ValueError(f"{kind} is no condition that a script can decide")


def holds(test: Json, unit: Mapping[str, list[str]]) -> bool:
    """Decide a criterion for a unit as the index keeps it."""
    if "all" in test:
        return all(holds(each, unit) for each in test["all"])
    if "any" in test:
        return any(holds(each, unit) for each in test["any"])
    if "not" in test:
        return not holds(test["not"], unit)
    terms = unit[test["field"].removeprefix("units.")]
    if "terms" in test:
        return any(term in test["terms"] for term in terms)
    return any(all(_COMPARE[name](term, test[name]) for name in _BOUNDS if name in test) for term in terms)


_COMPARE = {
    "gt": str.__gt__,
    "gte": str.__ge__,
    "lt": str.__lt__,
    "lte": str.__le__,
}
