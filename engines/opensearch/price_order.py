"""The order of hits by a buyer's price: the one thing that no query can say, so a script does the sum for each unit.

A list and a rule are parameters, see ``ListPrices.params``; the sum is that of ``ListPrices.price``.
"""

from engines.opensearch.conditions import UNITS
from engines.opensearch.connection import Json
from engines.opensearch.unit_criteria import HOLDS

_PRICE = (
    HOLDS
    + """
long made(def rule, long base) {
  BigInteger exact = BigInteger.valueOf(base).multiply(BigInteger.valueOf(rule.factor));
  exact = exact.add(new BigInteger(rule.amount));
  if (exact.signum() < 0) { return 0L; }
  BigInteger half = BigInteger.valueOf(rule.minor);
  BigInteger whole = exact.add(exact).add(half).divide(half.add(half));
  return whole.longValue() * (long) rule.millionths;
}
long listed(Map doc, List points, long own, def list) {
  long first = list.first;
  int low = 0;
  int high = points.size();
  while (low < high) {
    int middle = (low + high) >>> 1;
    if ((long) points.get(middle) < first) { low = middle + 1; } else { high = middle; }
  }
  if (low < points.size()) {
    long found = points.get(low);
    if (found < (long) list.end) { return found == first ? -1L : (found - first - 1L) * (long) list.step; }
  }
  for (def rule : list.rules) {
    long base = rule.base == null ? own : listed(doc, points, own, rule.base);
    if (base >= 0L && (rule.test == null || holds(doc, rule.test))) { return made(rule, base); }
  }
  return -2L;
}
long price(Map doc, def params) {
  def catalogue = doc['units.price'];
  long own = catalogue.size() == 0 ? -1L : Math.round(catalogue.get(0) * 1000000.0);
  List points = doc['units.points'];
  long found = -2L;
  for (def list : params.lists) {
    found = listed(doc, points, own, list);
    if (found != -2L) { break; }
  }
  if (found == -2L && params.fallback) { found = own; }
  if (found >= 0L) {
    for (def rule : params.then) {
      if (rule.test == null || holds(doc, rule.test)) { return made(rule, found); }
    }
  }
  return found;
}
"""
)
_KEY = (
    _PRICE
    + """
String digits = Long.toString(price(doc, params));
return "0000000000000000000".substring(digits.length()) + digits;
"""
)
"""Constant, so that it is compiled once and no text of a query can ever be part of it."""


def price_order(params: Json, condition: Json, *, descending: bool) -> Json:
    """Return the order of products by the lowest price of their units that meet a condition, which must have one."""
    key = {
        "type": "string",
        "script": {"lang": "painless", "source": _KEY, "params": params},
        "order": "desc" if descending else "asc",
        "mode": "min",
        "nested": {"path": UNITS, "filter": condition},
    }
    return {"_script": key}
