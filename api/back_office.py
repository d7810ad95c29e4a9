"""The routes that every resource of the back office has alike: list, read one, remove."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Path
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from api import answers
from api.buyer import Merchandiser
from api.product_page import Json
from api.rendering import JsonResponse
from api.resources import After, Limit, listed
from api.shop import CatalogId, Shop, TheShop
from commerce.records import Records
from language.errors import VitrineError

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Resource(Generic[Kept]):
    """A kind of records that is put whole under an id.

    ``page`` yields records of a catalogue behind an id, up to a number of them; ``delete`` says whether there was one;
    ``look`` is told of the catalogue afterwards. ``short`` is a record in a list, ``whole`` by itself; ``listed_with``
    says what the list has of it, ``removed`` what its removal means.
    """

    plural: str
    singular: str
    listed: type[BaseModel]
    shown: type[BaseModel]
    page: Callable[[Records, str, str, int], Iterable[Kept]]
    one: Callable[[Records, str, str], Kept]
    delete: Callable[[Records, str, str], bool]
    short: Callable[[Kept], Json]
    whole: Callable[[Kept], Json]
    unknown: type[VitrineError]
    listed_with: str = ""
    removed: str = ""
    look: Callable[[Shop, str], None] = lambda shop, catalog: None  # noqa: ARG005


def add_routes(router: APIRouter, kind: Resource[Kept]) -> None:
    """Add the routes that list records by id, read one and remove one; that to put one is each resource's own."""
    path = f"/{kind.plural}/{{{kind.singular}_id:path}}"
    said = kind.singular.replace("_", " ")
    article = "an" if said[0] in "aeiou" else "a"

    async def list_(
        catalog: CatalogId, shop: TheShop, buyer: Merchandiser, after: After = "", limit: Limit = 100
    ) -> JsonResponse:
        shop.shelf(catalog, buyer)
        return await listed(kind.plural, lambda: map(kind.short, kind.page(shop.records, catalog, after, limit)), limit)

    async def read(
        catalog: CatalogId,
        identity: Annotated[str, Path(alias=f"{kind.singular}_id")],
        shop: TheShop,
        buyer: Merchandiser,
    ) -> JsonResponse:
        shop.shelf(catalog, buyer)
        return JsonResponse(kind.whole(await run_in_threadpool(kind.one, shop.records, catalog, identity)))

    async def remove(
        catalog: CatalogId,
        identity: Annotated[str, Path(alias=f"{kind.singular}_id")],
        shop: TheShop,
        buyer: Merchandiser,
    ) -> JsonResponse:
        shop.shelf(catalog, buyer)
        if not await run_in_threadpool(kind.delete, shop.records, catalog, identity):
            raise kind.unknown(f"there is no {said} {identity[:100]!r}")
        kind.look(shop, catalog)
        return JsonResponse({"deleted": 1})

    name = kind.singular
    plural = f"Return the {kind.plural} by id{kind.listed_with}."
    router.get(f"/{kind.plural}", name=f"list_{kind.plural}", response_model=kind.listed, description=plural)(list_)
    router.get(path, name=f"one_{name}", response_model=kind.shown, description=f"Return one {said}.")(read)
    removal = f"Remove {article} {said}{kind.removed}."
    router.delete(path, name=f"delete_{name}", response_model=answers.DeleteResponse, description=removal)(remove)
