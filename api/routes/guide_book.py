"""The merchandiser's book of the guide in the back office."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from api import answers
from api.buyer import Merchandiser
from api.entity_tags import CHANGED, IfMatch, differs, tagged
from api.guide_book import TEXT_NAME, read_book
from api.problems import RequestProblem
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from commerce.errors import ChangedMeanwhile
from commerce.records import Records

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS)
EXAMPLE = """\
"*":
  never: [attributes.package_weight]
Notebook:
  first: [use, attributes.display_diagonal]
  questions:
    - id: use
      text: {en: "What will you use it for?", de: "Wofür?"}
      options:
        - {value: travel, label: {en: On the road, de: Unterwegs}, filter: attributes.weight < 1500}
        - {value: desk, label: {en: At a desk, de: Am Schreibtisch}, filter: attributes.display_diagonal >= 17}
    - id: attributes.display_diagonal
      text: {en: "How large should the screen be?", de: "Wie groß soll der Bildschirm sein?"}
"""
_MEDIA_TYPE = "application/yaml"
_DOCUMENTED: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {_MEDIA_TYPE: {"schema": {"type": "string"}, "examples": {"notebooks": {"value": EXAMPLE}}}},
    }
}
_YAML: dict[int | str, dict[str, Any]] = {
    200: {"description": "The book as it was put", "content": {_MEDIA_TYPE: {"schema": {"type": "object"}}}}
}


class BookWrite(BaseModel):
    """What a write did: how many categories have a script, and how many questions people wrote."""

    categories: int
    questions: int


@router.put("/settings/guide", response_model=BookWrite, responses=CHANGED, openapi_extra=_DOCUMENTED)
async def put_guide_book(
    request: Request, catalog: CatalogId, shop: TheShop, buyer: Merchandiser, if_match: IfMatch = None
) -> JsonResponse:
    """Put the whole book of the guide, in YAML or JSON: by category path (`*` for all) what to ask `first`, what
    `never`, and `questions` in own words, with own options or pictures. The guide knows it within two seconds.

    With `If-Match` only in the place of the book of that `ETag`: 412 if somebody else wrote one since.
    """
    shop.shelf(catalog, buyer)
    content = await request.body()
    book = await run_in_threadpool(read_book, content)
    await run_in_threadpool(_put, shop.records, catalog, content.decode(), if_match)
    shop.guide_books.forget(catalog)
    questions = sum(len(each.questions) for each in book.scripts.values())
    answer = {"categories": len(book.scripts), "questions": questions}
    return JsonResponse(answer, headers=tagged(content.decode()))


@router.get("/settings/guide", response_class=Response, responses=_YAML)
async def get_guide_book(catalog: CatalogId, shop: TheShop, buyer: Merchandiser) -> Response:
    """Return the book as it was put."""
    shop.shelf(catalog, buyer)
    content = await run_in_threadpool(shop.records.text, catalog, TEXT_NAME)
    if not content:
        raise RequestProblem("not_found", "nobody has written a book for the guide of this catalogue", status=404)
    return Response(content, media_type=_MEDIA_TYPE, headers=tagged(content))


@router.delete("/settings/guide", response_model=answers.DeleteResponse)
async def delete_guide_book(catalog: CatalogId, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Remove the book; the guide chooses all questions by itself."""
    shop.shelf(catalog, buyer)
    content = await run_in_threadpool(shop.records.text, catalog, TEXT_NAME)
    if not content:
        raise RequestProblem("not_found", "nobody has written a book for the guide of this catalogue", status=404)
    await run_in_threadpool(shop.records.put_text, catalog, TEXT_NAME, "")
    shop.guide_books.forget(catalog)
    return JsonResponse({"deleted": 1})


def _put(records: Records, catalog: str, content: str, if_match: str | None) -> None:
    if if_match is None:
        records.put_text(catalog, TEXT_NAME, content)
        return
    before = records.text(catalog, TEXT_NAME)
    if differs(if_match, before or "") or not records.replace_text(catalog, TEXT_NAME, before, content):
        raise ChangedMeanwhile("the book of the guide is not the one that this change was made from: read it again")
