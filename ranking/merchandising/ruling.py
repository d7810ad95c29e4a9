"""The rules that hold for a request, for a unit of recommendations, and whatever is asked for."""

from collections.abc import Mapping
from datetime import UTC, datetime

from commerce.buyer import Buyer
from commerce.merchandising import Device
from engines.port import FieldInfo
from language.filters.tree import Filter
from ranking.fields import resolve_filter, resolve_selection
from ranking.merchandising.effects import NO_EFFECTS, Effects, effects_of
from ranking.merchandising.situation import Unit, situation
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


def effects_on_unit(
    unit: Unit,
    query: str,
    condition: Filter | None,
    locale: str,
    buyer: Buyer,
    rules: RuleTable,
    *,
    at: datetime | None = None,
    device: Device | None = None,
    arms: Mapping[str, str] | None = None,
) -> Effects:
    """Return what rules do to a unit of recommendations; ``condition`` is its filter, with resolved names."""
    if not rules:
        return NO_EFFECTS
    moment = at or datetime.now(UTC)
    asked = situation(query, locale, moment, buyer, condition=condition, device=device, arms=arms, unit=unit)
    return effects_of(rules.holding_for_unit(asked))


def hidden_everywhere(locale: str, buyer: Buyer, rules: RuleTable, at: datetime | None = None) -> Filter | None:
    """Return the condition that leaves out what rules hide from a buyer whatever is asked for; None for nothing."""
    if not rules:
        return None
    return effects_of(rules.hiding(situation("", locale, at or datetime.now(UTC), buyer))).condition
