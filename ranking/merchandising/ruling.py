"""The rules that hold for a request."""

from collections.abc import Mapping
from datetime import UTC, datetime

from commerce.buyer import Buyer
from engines.port import FieldInfo
from ranking.fields import resolve_filter, resolve_selection
from ranking.merchandising.effects import Effects, effects_of
from ranking.merchandising.situation import situation
from ranking.merchandising.table import RuleTable
from ranking.request import SearchRequest


def effects_on(
    request: SearchRequest, locale: str, buyer: Buyer, fields: Mapping[str, FieldInfo], rules: RuleTable
) -> Effects:
    """Return what rules do to a request. Raises UnknownField, InvalidFilter for its filter and selections."""
    asked = situation(
        request.query,
        locale,
        request.at or datetime.now(UTC),
        buyer,
        condition=None if request.filter is None else resolve_filter(request.filter, fields),
        selections=tuple(resolve_selection(each, fields) for each in request.selections),
        device=request.device,
        arms=request.arms,
    )
    return effects_of(rules.holding(asked))
