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
long made(Map rule, long base) {
  BigInteger exact = BigInteger.valueOf(base).multiply(BigInteger.valueOf(((Number) rule.factor).longValue()));
  exact = exact.add(new BigInteger((String) rule.amount));
  if (exact.signum() < 0) { return 0L; }
  BigInteger half = BigInteger.valueOf(((Number) rule.minor).longValue());
  BigInteger whole = exact.add(exact).add(half).divide(half.add(half));
  return whole.longValue() * ((Number) rule.millionths).longValue();
}
long own(Map doc) {
  ScriptDocValues.Doubles catalogue = (ScriptDocValues.Doubles) doc['units.price'];
  return catalogue.size() == 0 ? -1L : Math.round(catalogue.getValue() * 1000000.0);
}
long listed(Map doc, Map list) {
  ScriptDocValues.Longs points = (ScriptDocValues.Longs) doc[list.field];
  long first = ((Number) list.first).longValue();
  int low = 0;
  int high = points.size();
  while (low < high) {
    int middle = (low + high) >>> 1;
    if (points.get(middle).longValue() < first) { low = middle + 1; } else { high = middle; }
  }
  if (low < points.size()) {
    long found = points.get(low).longValue();
    if (found < ((Number) list.end).longValue()) {
      return found == first ? -1L : (found - first - 1L) * ((Number) list.step).longValue();
    }
  }
  for (Map rule : (List) list.rules) {
    long base = rule.base == null ? own(doc) : listed(doc, (Map) rule.base);
    if (base >= 0L && (rule.test == null || holds(doc, rule.test))) { return made(rule, base); }
  }
  return -2L;
}
long inLists(Map doc, List lists) {
  for (Map list : lists) {
    long found = listed(doc, list);
    if (found != -2L) { return found; }
  }
  return -2L;
}
long lowered(Map promotion, long net) {
  long reduced = promotion.net == null ? made((Map) promotion.step, net) : ((Number) promotion.net).longValue();
  long floor = ((Number) promotion.floor).longValue();
  if (reduced < floor) { reduced = floor; }
  return reduced < net ? reduced : net;
}
long promoted(Map doc, List promotions, long net, boolean fromList) {
  long best = net;
  long left = net;
  for (Map each : promotions) {
    if ((fromList && !(boolean) each.listed) || !holds(doc, each.test)) { continue; }
    boolean stackable = (boolean) each.stackable;
    long reduced = lowered(each, stackable ? left : net);
    if (stackable) { left = reduced; } else if (reduced < best) { best = reduced; }
  }
  return best < left ? best : left;
}
long price(Map doc, Map params) {
  long found = inLists(doc, (List) params.lists);
  boolean fromList = found != -2L;
  if (!fromList && (boolean) params.fallback) { found = own(doc); }
  return found < 0L ? found : promoted(doc, (List) params.promotions, found, fromList);
}
"""
)
_KEY = (
    _PRICE
    + """
long found = price(doc, params);
return found < 0L ? (String) params.missing : Long.toString(found + 1000000000000000000L);
"""
)
"""Constant, so that it is compiled once and no text of a query can ever be part of it. The order is that of texts, so
all have nineteen digits."""
_FIRST, _LAST = "", "9"


def price_order(params: Json, condition: Json | None, *, descending: bool) -> Json:
    """Return the order of products by the lowest price of their units that meet a condition; those whose units have
    none come last. Where products have several units the condition must be that one has a price."""
    nested: dict[str, object] = {"path": UNITS} if condition is None else {"path": UNITS, "filter": condition}
    missing = _FIRST if descending else _LAST
    key = {
        "type": "string",
        "script": {"lang": "painless", "source": _KEY, "params": {**params, "missing": missing}},
        "order": "desc" if descending else "asc",
        "mode": "min",
        "nested": nested,
    }
    return {"_script": key}
