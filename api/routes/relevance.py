"""How much each field and each part of the score counts: a catalogue's settings of relevance, in versions."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api.buyer import Merchandiser
from api.entity_tags import CHANGED, IfMatch, differs, tagged
from api.product_page import Json
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from commerce.errors import ChangedMeanwhile, UnknownVersion
from ranking.relevance import MOST, USUAL, Relevance, Strengths, Weights
from ranking.relevance_records import current, save, to_json, versions

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS)
Weight = Annotated[float, Field(ge=0, le=MOST, allow_inf_nan=False)]
_EXAMPLE: dict[str, Any] = {
    "fields": {"title": 2.0, "description": 0.5},
    "weights": {"words": 1.0, "meaning": 1.0, "kind": 1.0, "learned": 0.5},
    "strengths": {"phrase": 0.5, "on_offer": 0.05},
}


class WeightsBody(BaseModel):
    """How much words, meaning, the kind of thing asked for and the learned order count in hybrid search."""

    model_config = ConfigDict(extra="forbid")

    words: Weight = 1.0
    meaning: Weight = 1.0
    kind: Weight = 1.0
    learned: Weight = 0.5


class StrengthsBody(BaseModel):
    """What words add that stand together in the title, and what products on offer score more."""

    model_config = ConfigDict(extra="forbid")

    phrase: Weight = 0.5
    on_offer: Weight = 0.05


class FieldsBody(BaseModel):
    """How much a word counts in each searched text; 0 leaves the text out."""

    model_config = ConfigDict(extra="forbid")

    title: Weight = USUAL.fields["title"]
    type: Weight = USUAL.fields["type"]
    brand: Weight = USUAL.fields["brand"]
    attributes: Weight = USUAL.fields["attributes"]
    description: Weight = USUAL.fields["description"]
    measures: Weight = USUAL.fields["measures"]


class RelevanceBody(BaseModel):
    """Settings of relevance; what is left out is as usual."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    fields: FieldsBody = Field(default_factory=FieldsBody)
    weights: WeightsBody = Field(default_factory=WeightsBody)
    strengths: StrengthsBody = Field(default_factory=StrengthsBody)


class RelevanceResponse(RelevanceBody):
    """Settings with their number, 0 for the usual ones that nobody saved, and when they were saved."""

    version: int
    saved_at: str | None


@router.get("/settings/relevance", response_model=RelevanceResponse)
async def get_relevance(
    catalog: CatalogId,
    shop: TheShop,
    buyer: Merchandiser,
    version: Annotated[
        int | None, Query(ge=0, le=2**31, description="An earlier version; the last fifty are kept.")
    ] = None,
) -> JsonResponse:
    """Return the settings in force, or those of an earlier version."""
    shop.serves(catalog, buyer)
    known = await run_in_threadpool(versions, shop.records, catalog)
    if version is None:
        return JsonResponse(to_json(known[-1]), headers=tagged(known[-1].number))
    found = next((each for each in known if each.number == version), None)
    if found is None:
        raise UnknownVersion(f"there is no version {version} of the settings of relevance")
    return JsonResponse(to_json(found))


@router.put("/settings/relevance", response_model=RelevanceResponse, responses=CHANGED)
async def put_relevance(
    catalog: CatalogId, body: RelevanceBody, shop: TheShop, buyer: Merchandiser, if_match: IfMatch = None
) -> JsonResponse:
    """Put settings in force as a new version. Searches go by them within two seconds; equal ones change nothing.

    With `If-Match` only in the place of that version: 412 if somebody else saved one since.
    """
    shop.serves(catalog, buyer)
    expected = None
    if if_match is not None:
        expected = (await run_in_threadpool(current, shop.records, catalog)).number
        if differs(if_match, expected):
            raise ChangedMeanwhile(f"version {expected} of the settings of relevance is in force: read it again")
    saved = await run_in_threadpool(save, shop.records, catalog, _relevance(body), expected)
    shop.relevance.forget(catalog)
    found: Json = to_json(saved)
    return JsonResponse(found, headers=tagged(saved.number))


def _relevance(body: RelevanceBody) -> Relevance:
    return Relevance(
        body.fields.model_dump(), Weights(**body.weights.model_dump()), Strengths(**body.strengths.model_dump())
    )
