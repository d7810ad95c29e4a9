"""The order of hits by a buyer's price: the one thing that no query can say, so a script does the sum for each unit.

A list, a rule and a promotion are parameters, see ``ListPrices.params`` and ``ReadyPromotion.params``; the sum is that
of ``ListPrices.price`` and ``commerce.promotions.promote``.
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
long listed(Map doc, long own, def list) {
  List points = doc[list.field];
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
    long base = rule.base == null ? own : listed(doc, own, rule.base);
    if (base >= 0L && (rule.test == null || holds(doc, rule.test))) { return made(rule, base); }
  }
  return -2L;
}
long own(Map doc) {
  def catalogue = doc['units.price'];
  return catalogue.size() == 0 ? -1L : Math.round(catalogue.get(0) * 1000000.0);
}
long inLists(Map doc, def params) {
  if (params.lists.isEmpty()) { return -2L; }
  long catalogue = own(doc);
  for (def list : params.lists) {
    long found = listed(doc, catalogue, list);
    if (found != -2L) { return found; }
  }
  return -2L;
}
long lowered(def promotion, long net) {
  long reduced = promotion.net == null ? made(promotion.step, net) : (long) promotion.net;
  long floor = promotion.floor;
  if (reduced < floor) { reduced = floor; }
  return reduced < net ? reduced : net;
}
long promoted(Map doc, def promotions, long net, boolean fromList) {
  long best = net;
  long left = net;
  for (def each : promotions) {
    if ((fromList && !each.listed) || !holds(doc, each.test)) { continue; }
    long reduced = lowered(each, each.stackable ? left : net);
    if (each.stackable) { left = reduced; } else if (reduced < best) { best = reduced; }
  }
  return best < left ? best : left;
}
long price(Map doc, def params) {
  long found = inLists(doc, params);
  boolean fromList = found != -2L;
  if (!fromList && params.fallback) { found = own(doc); }
  return found < 0L ? found : promoted(doc, params.promotions, found, fromList);
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
