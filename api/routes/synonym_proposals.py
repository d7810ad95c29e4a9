"""Synonyms that searches and the catalogue suggest, for a person to accept."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.buyer import Merchandiser
from api.product_page import Json
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, Shelf, Shop, TheShop
from api.synonym_bodies import SynonymBody
from language.analysis import analyzer
from ranking.synonym_proposals import SynonymProposal, proposals_from_clicks, proposals_from_meaning, without_known

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS)


class ProposalResponse(BaseModel):
    """``synonym`` is the body that accepts it: PUT it to `synonyms/{id}`."""

    id: str
    synonym: SynonymBody
    because: str = Field(description="`clicks`: people click the same after both; `meaning`: the encoder says so")
    similarity: float
    shared: int = Field(description="Products that people clicked after both queries")
    queries: list[str]


class ProposalsResponse(BaseModel):
    """Those that clicks speak for first, each by similarity."""

    proposals: list[ProposalResponse]


@router.get("/synonym-proposals", response_model=ProposalsResponse)
async def list_synonym_proposals(
    catalog: CatalogId,
    shop: TheShop,
    buyer: Merchandiser,
    days: Annotated[int, Query(ge=1, le=3_650, description="So many days of searches are looked at.")] = 90,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> JsonResponse:
    """Propose synonyms that are not kept yet: words of queries that lead to the same products, and words of the
    catalogue that mean what a category is called. Nothing is in force before it is put as a synonym."""
    shelf = shop.shelf(catalog, buyer)
    found = await run_in_threadpool(_proposals, shop, shelf, days, limit)
    locale = shelf.index.stats().locales[0]
    return JsonResponse({"proposals": [_shown(each, locale) for each in found]})


def _proposals(shop: Shop, shelf: Shelf, days: int, limit: int) -> list[SynonymProposal]:
    catalog, since = shelf.catalog.id, datetime.now(UTC) - timedelta(days=days)
    words = analyzer(shelf.index.stats().locales[0])
    records = shop.records
    found = [
        *proposals_from_clicks(records.searches(catalog, since=since), records.events(catalog, since=since), words),
        *proposals_from_meaning(shelf.index, shelf.models, words),
    ]
    return list(without_known(found, records.synonyms(catalog), words))[:limit]


def _shown(each: SynonymProposal, locale: str) -> Json:
    return {
        "id": "-".join((*each.sources, *each.targets)).replace(" ", "-"),
        "synonym": {"kind": each.kind, "from": each.sources, "to": each.targets, "locale": locale},
        "because": each.because,
        "similarity": round(each.similarity, 3),
        "shared": each.shared,
        "queries": each.queries,
    }
