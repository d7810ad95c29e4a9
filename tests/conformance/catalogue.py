"""A small catalogue with known answers, and random ones with a reference that computes answers naively."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import orjson
from hypothesis import strategies as st

from engines.plan import SearchPlan, Selection, TextMatch, Word
from engines.port import Document, FieldKind, Schema
from engines.results import StoredProduct
from language.analysis import analyzer
from language.filters.tree import And, Compare, Exists, Filter, In, Not, Or, Scalar

WEIGHTS = {"title": 2.0, "type": 1.0, "brand": 1.0, "attributes": 0.7, "description": 1.0}
KINDS: Mapping[str, FieldKind] = {
    "id": "text",
    "brand": "text",
    "category": "hierarchy",
    "in_stock": "boolean",
    "released": "number",
    "attributes.colour": "text",
    "attributes.weight": "number",
    "attributes.wireless": "boolean",
}
SCHEMA = Schema(("en",), kinds=KINDS)


def document(
    identity: str,
    title: str,
    *,
    net: str | None = "10.00",
    stock: int | None = None,
    identifiers: tuple[str, ...] = (),
    suggestions: tuple[str, ...] = (),
    popularity: float = 0.0,
    description: str = "",
    vector: tuple[float, ...] = (),
    **values: Scalar | tuple[Scalar, ...],
) -> Document:
    """Make a document; ``values`` are brand, category, colour, weight and so on, single or several."""
    fields: dict[str, tuple[Scalar, ...]] = {"id": (identity,)}
    for name, value in values.items():
        field = name if name in KINDS else f"attributes.{name}"
        fields[field] = value if isinstance(value, tuple) else (value,)
    texts = {"title": title, "description": description, "brand": str(values.get("brand", ""))}
    price = None if net is None else Decimal(net)
    stored = StoredProduct(identity, orjson.dumps({"id": identity, "title": title}), title, price, stock)
    return Document(stored, {k: v for k, v in texts.items() if v}, fields, identifiers, suggestions, vector, popularity)


def text(query: str, *, minimum: int | None = None, enough: int = 10, identifiers: tuple[str, ...] = ()) -> TextMatch:
    """Return the plan of a query without corrections: every word as it is."""
    words = analyzer("en")
    plan = tuple(Word(word, ((words.term(word), 1.0),)) for word in words.words(query))
    least = len(plan) if minimum is None else minimum
    return TextMatch(plan, WEIGHTS, max(least, 1), enough, identifiers=identifiers)


def search_plan(query: str = "", **options: object) -> SearchPlan:
    """Return a plan for a query's words, browsing without one."""
    return SearchPlan(text=text(query) if query else None, **options)  # type: ignore[arg-type]


def holds(node: Filter, values: Mapping[str, tuple[Scalar, ...]]) -> bool:
    """Decide a filter for one product the slow and obvious way."""
    match node:
        case And(parts=parts):
            return all(holds(part, values) for part in parts)
        case Or(parts=parts):
            return any(holds(part, values) for part in parts)
        case Not(part=part):
            return not holds(part, values)
        case Exists(field=field):
            return bool(values.get(field))
        case In(field=field, values=wanted):
            return any(value in wanted for value in values.get(field, ()))
        case Compare(field=field, op=op, value=wanted):
            have = values.get(field, ())
            if not have:
                return False
            if op == "=":
                return wanted in have
            if op == "!=":
                return wanted not in have
            compare = {"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}[op]
            return any(getattr(value, compare)(wanted) is True for value in have)


def selected(selection: Selection, values: Mapping[str, tuple[Scalar, ...]]) -> bool:
    """Decide a facet selection for one product."""
    have = values.get(selection.field, ())
    inside = (
        (interval.gte is None or value >= interval.gte) and (interval.lt is None or value < interval.lt)
        for interval in selection.intervals
        for value in have
        if isinstance(value, float)
    )
    return any(value in selection.values for value in have) or any(inside)


def priced(documents: Iterable[Document]) -> dict[str, dict[str, tuple[Scalar, ...]]]:
    """Return each product's values with its price among them, by id."""
    result = {}
    for each in documents:
        own = dict(each.values)
        if each.stored.net is not None:
            own["price"] = (float(each.stored.net),)
        result[each.stored.id] = own
    return result


COLOURS = st.sampled_from(["Black", "White", "Blue", "blue", "Ünïque ✓", 'quo"ted'])
BRANDS = st.sampled_from(["HP", "Acme", "Ötztal"])
WEIGHTS_ = st.sampled_from([0.0, 0.5, 1.0, 2.5, 1000.0])
WORDS = ["laptop", "bag", "cable", "usb", "printer"]


@st.composite
def random_documents(draw: st.DrawFn) -> list[Document]:
    """Draw 0 to 25 products with missing, single and several values."""
    count = draw(st.integers(0, 25))
    found = []
    for at in range(count):
        values: dict[str, Scalar | tuple[Scalar, ...]] = {}
        if draw(st.booleans()):
            values["brand"] = draw(BRANDS)
        if draw(st.booleans()):
            values["colour"] = tuple(draw(st.lists(COLOURS, min_size=1, max_size=3)))
        if draw(st.booleans()):
            values["weight"] = draw(WEIGHTS_)
        if draw(st.booleans()):
            values["wireless"] = draw(st.booleans())
        net = draw(st.sampled_from([None, "0.00", "9.99", "10.00", "1234.56"]))
        title = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)))
        found.append(document(f"p{at}", title, net=net, **values))
    return found


def random_filters() -> st.SearchStrategy[Filter]:
    """Draw filters over the fields of ``random_documents``."""
    orders = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    leaves = st.one_of(
        st.builds(Compare, st.just("brand"), orders, BRANDS),
        st.builds(Compare, st.just("attributes.colour"), orders, COLOURS),
        st.builds(Compare, st.just("attributes.weight"), orders, WEIGHTS_),
        st.builds(Compare, st.just("price"), orders, st.sampled_from([0.0, 9.99, 10.0, 500.0])),
        st.builds(Compare, st.just("attributes.wireless"), st.sampled_from(["=", "!="]), st.booleans()),
        st.builds(In, st.just("attributes.colour"), st.lists(COLOURS, max_size=3).map(tuple)),
        st.builds(Exists, st.sampled_from(["brand", "attributes.colour", "attributes.weight", "price"])),
    )

    def grow(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
        several = st.lists(inner, min_size=1, max_size=3).map(tuple)
        return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, inner))

    return st.recursive(leaves, grow, max_leaves=6)
