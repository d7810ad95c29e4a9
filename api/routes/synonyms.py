"""Synonyms in the back office."""

from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.back_office import Resource, add_routes
from api.buyer import Merchandiser
from api.product_page import Json
from api.rendering import JsonResponse
from api.resources import checked_id
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from commerce.errors import UnknownSynonym
from commerce.records import Records
from commerce.synonyms import Synonym

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS)
Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Terms = Annotated[list[Term], Field(min_length=1, max_length=100)]


class SynonymBody(BaseModel):
    """Words or phrases that also find others; ``equivalent`` works both ways. Without a locale it holds in all."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"kind": "equivalent", "from": ["beamer"], "to": ["projector"], "locale": "en"}]
        },
    )

    kind: Literal["equivalent", "one_way"]
    sources: Terms = Field(alias="from")
    targets: Terms = Field(alias="to")
    locale: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None


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

    What a synonym finds never stands before what has the word itself.
    """
    shop.shelf(catalog, buyer)
    synonym = Synonym(checked_id(synonym_id), body.kind, tuple(body.sources), tuple(body.targets), body.locale)
    changed = await run_in_threadpool(shop.records.put_synonym, catalog, synonym)
    shop.synonyms.look(catalog)
    return JsonResponse({"id": synonym.id, "changed": changed})


def _to_json(synonym: Synonym) -> Json:
    return {
        "id": synonym.id,
        "kind": synonym.kind,
        "from": list(synonym.sources),
        "to": list(synonym.targets),
        "locale": synonym.locale,
    }


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
        short=_to_json,
        whole=_to_json,
        unknown=UnknownSynonym,
        look=lambda shop, catalog: shop.synonyms.look(catalog),
    ),
)
