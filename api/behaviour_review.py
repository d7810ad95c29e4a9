"""The review of customers' behaviour from the records, for the command and for the console."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from commerce.records import Records
from evaluation.behaviour.measure import BehaviourReview, ServingModel, Shopping, review
from registry import Registry

_AT_ONCE = 1_000


def reviewed(
    records: Records, registry: Registry, catalog_id: str, since: datetime, until: datetime
) -> BehaviourReview:
    """Review what customers of a catalogue did in a time, beside the time of the same length before."""
    begin = since - (until - since)

    def costs(ids: set[str]) -> Mapping[str, Decimal]:
        return _costs(records, catalog_id, ids)

    return review(
        Shopping(
            since,
            until,
            records.searches(catalog_id, since=since, until=until),
            records.events(catalog_id, since=since, until=until),
            lambda: records.orders(catalog_id, until=until),
            lambda: records.searches(catalog_id, since=begin, until=since),
            lambda: records.events(catalog_id, since=begin, until=since),
            costs,
            tuple(_models(registry, catalog_id)),
        )
    )


def _costs(records: Records, catalog_id: str, ids: set[str]) -> Mapping[str, Decimal]:
    """Return what products and their variants cost the shop, where that is known."""
    wanted, found = sorted(ids), dict[str, Decimal]()
    for begin in range(0, len(wanted), _AT_ONCE):
        for item in records.items(catalog_id, ids=wanted[begin : begin + _AT_ONCE]):
            found.update((identity, offer.cost) for identity, offer in item.offers() if offer.cost is not None)
    return found


def _models(registry: Registry, catalog_id: str) -> list[ServingModel]:
    models = []
    for each in registry.everything():
        if each.catalog == catalog_id and each.promoted and each.manifest is not None:
            until = each.manifest.training.until
            models.append(
                ServingModel(
                    each.kind,
                    each.version,
                    datetime.fromisoformat(each.manifest.created),
                    None if until is None else datetime.fromisoformat(until),
                )
            )
    return models
