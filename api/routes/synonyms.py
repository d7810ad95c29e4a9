"""Synonyms and stop words in the back office."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.back_office import Resource, add_routes
from api.buyer import Merchandiser
from api.rendering import JsonResponse
from api.resources import checked_id
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from api.synonym_bodies import SynonymBody, synonym_answer
from commerce.errors import UnknownSynonym
from commerce.records import Records

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS)


class SynonymResponse(BaseModel):
    """One synonym."""

    id: str
    kind: str
    sources: list[str] = Field(alias="from")
    targets: list[str] = Field(alias="to")
    locale: str | None


class SynonymWrite(BaseModel):
    """What a write did."""

    id: str
    changed: bool


class SynonymsResponse(BaseModel):
    """Synonyms by id, and where the next page begins."""

    synonyms: list[SynonymResponse]
    next: str | None


@router.put("/synonyms/{synonym_id:path}", response_model=SynonymWrite)
async def put_synonym(
    catalog: CatalogId, synonym_id: str, body: SynonymBody, shop: TheShop, buyer: Merchandiser
) -> JsonResponse:
    """Put a synonym in the place of the one of this id. Searches know it within two seconds.

    What a synonym finds never stands before what has the word itself. Words of the kind `stop`, which have no `to`, are
    left out of queries that say more; an answer names those in `interpretation.ignored`.
    """
    shop.shelf(catalog, buyer)
    synonym = body.synonym(checked_id(synonym_id))
    changed = await run_in_threadpool(shop.records.put_synonym, catalog, synonym)
    shop.synonyms.look(catalog)
    return JsonResponse({"id": synonym.id, "changed": changed})


add_routes(
    router,
    Resource(
        plural="synonyms",
        singular="synonym",
        listed=SynonymsResponse,
        shown=SynonymResponse,
        page=lambda records, catalog, after, limit: records.synonyms(catalog, after=after, limit=limit),
        one=Records.synonym,
        delete=Records.delete_synonym,
        short=synonym_answer,
        whole=synonym_answer,
        unknown=UnknownSynonym,
        look=lambda shop, catalog: shop.synonyms.look(catalog),
    ),
)
