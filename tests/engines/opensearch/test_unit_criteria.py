"""Tests of units say what their filters say."""

from hypothesis import given
from hypothesis import strategies as st

from engines.opensearch.encoding import number_term, numbering, text_term
from engines.opensearch.filters import Names, condition_of
from engines.opensearch.unit_criteria import criterion_of, holds
from language.filters.tree import Compare, Exists, Filter
from tests.conformance.catalogue import BRANDS, COLOURS, KINDS, WEIGHTS_, random_filters
from tests.conformance.catalogue import holds as obviously_holds

_NUMBERS = numbering(KINDS)
_NAMES = Names(KINDS, _NUMBERS)


def _without_prices(node: Filter) -> bool:
    return not (isinstance(node, Compare | Exists) and node.field == "price") and all(
        _without_prices(each) for each in getattr(node, "parts", ()) + ((node.part,) if hasattr(node, "part") else ())
    )


@given(
    node=random_filters().filter(_without_prices),
    brand=st.none() | BRANDS,
    colours=st.lists(COLOURS, max_size=3),
    weight=st.none() | WEIGHTS_,
    wireless=st.none() | st.booleans(),
)
def test_a_test_holds_for_a_unit_where_its_filter_does(
    node: Filter, brand: str | None, colours: list[str], weight: float | None, wireless: bool | None
) -> None:
    given_values = {
        "brand": () if brand is None else (brand,),
        "attributes.colour": tuple(colours),
        "attributes.weight": () if weight is None else (weight,),
        "attributes.wireless": () if wireless is None else (wireless,),
    }
    values = {name: each for name, each in given_values.items() if each}
    unit = {
        "has": [_NUMBERS[name] for name in values],
        "kv": [text_term(_NUMBERS[n], v) for n, vs in values.items() for v in vs if KINDS[n] != "number"],
        "num": [number_term(_NUMBERS[n], v) for n, vs in values.items() for v in vs if KINDS[n] == "number"],
        "key": [],
    }
    assert holds(criterion_of(condition_of(node, _NAMES)), unit) == obviously_holds(node, values)
