"""A search as it was answered, for the records."""

from datetime import UTC, datetime

from api.bodies import SearchBody
from api.experimenting import Trial
from commerce.buyer import Buyer
from commerce.event import SearchRecord
from commerce.reading import clean_text
from language.filters import fields_of
from ranking.request import SearchAnswer, SearchRequest

_MOST_HITS = 100


def search_record(
    query_id: str, body: SearchBody, request: SearchRequest, answer: SearchAnswer, buyer: Buyer, trial: Trial | None
) -> SearchRecord:
    """Return what to remember of a search: what was asked and shown, and by whom if they agreed to analytics."""
    hits = answer.hits[:_MOST_HITS]
    agreed = buyer.consent.get("analytics", False)
    return SearchRecord(
        query_id=query_id,
        at=datetime.now(UTC),
        text=clean_text(body.query),
        total=answer.total,
        hits=tuple(hit.hit.product.id for hit in hits),
        page=body.page,
        locale=answer.locale,
        sort=body.sort,
        filters=() if request.filter is None else tuple(sorted(set(fields_of(request.filter)))),
        facets=tuple(each.field for each in request.selections),
        personalized=answer.personalized,
        corrected=answer.interpretation.corrected_query,
        client=_name(body.client_id) if agreed else None,
        session=_name(body.session_id) if agreed else None,
        user=buyer.user if agreed else None,
        account=buyer.account if agreed else None,
        experiment=None if trial is None else trial.experiment.id,
        teams=() if trial is None or trial.arm is not None else tuple(trial.team(hit.team) for hit in hits),
    )


def _name(given: str | None) -> str | None:
    return (clean_text(given) or None) if given else None
