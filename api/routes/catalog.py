"""Catalogues, categories and products."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import answers, product_page
from api.buyer import Searcher
from api.preview import At, Drafts, Viewer
from api.problems import refuse
from api.product_page import Json
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS, TOKEN_OPTIONAL
from api.shop import CatalogId, TheShop
from commerce.errors import UnknownProduct
from engines.plan import FacetRequest, SearchPlan
from engines.results import FacetValue
from ranking.visible_fields import fields_of

router = APIRouter(prefix="/v1", tags=["catalogue"], responses=PROBLEMS)
_MOST_IDS = 100
_MOST_CATEGORIES = 10_000
_SEPARATOR = " > "


@router.get("/catalogs", response_model=answers.CatalogsResponse, openapi_extra=TOKEN_OPTIONAL)
async def list_catalogs(shop: TheShop, buyer: Searcher) -> JsonResponse:
    """List the catalogues that serve and that the buyer may see."""

    def listed() -> list[Json]:
        return [
            {
                "id": shelf.catalog.id,
                "products": shelf.products(buyer),
                "currency": shelf.catalog.currency,
                "locale": shelf.catalog.locale,
            }
            for shelf in shop.shelves(buyer)
        ]

    return JsonResponse({"catalogs": await shop.answer(listed)})


@router.get("/{catalog}/categories", response_model=answers.CategoriesResponse, openapi_extra=TOKEN_OPTIONAL)
async def category_tree(catalog: CatalogId, shop: TheShop, buyer: Viewer, at: At, drafts: Drafts) -> JsonResponse:
    """Return the categories as a tree, with the number of products that this buyer finds in each.

    What rules hide from this buyer whatever is asked for is not counted.
    """

    def tree() -> list[Json]:
        shelf = shop.shelf(catalog, buyer, drafts=drafts)
        index = shelf.index
        if "category" not in fields_of(index, buyer):
            return []
        facets = (FacetRequest("category", _MOST_CATEGORIES),)
        plan = SearchPlan(buyer=buyer, at=at, filter=shelf.hidden(buyer, at), facets=facets, limit=0)
        return _tree(index.search(plan).facets[0].values)

    return JsonResponse({"categories": await shop.answer(tree)})


@router.get("/{catalog}/products", response_model=answers.ProductsResponse, openapi_extra=TOKEN_OPTIONAL)
async def products_by_id(
    catalog: CatalogId,
    shop: TheShop,
    buyer: Viewer,
    at: At,
    ids: Annotated[str, Query(max_length=60_000, description="Up to 100 ids, separated by commas")],
    locale: Annotated[str | None, Query(max_length=35)] = None,
) -> JsonResponse:
    """Return products in the order of their ids; unknown ids stand in ``missing``."""

    def lines() -> Json:
        shelf = shop.shelf(catalog, buyer)
        wanted = list(dict.fromkeys(each for each in ids.split(",") if each))
        if len(wanted) > _MOST_IDS:
            refuse("too_large", f"at most {_MOST_IDS} ids, not {len(wanted)}", "/ids")
        found = shelf.index.get(wanted, buyer, at)
        shown = [
            product_page.product_line(shelf.localised(found[each], locale, buyer), shelf, shelf.locale(locale, buyer))
            for each in wanted
            if each in found
        ]
        return {"products": shown, "missing": [each for each in wanted if each not in found]}

    return JsonResponse(await shop.answer(lines))


@router.get(
    "/{catalog}/products/{product_id:path}", response_model=answers.ProductResponse, openapi_extra=TOKEN_OPTIONAL
)
async def one_product(
    catalog: CatalogId,
    product_id: str,
    shop: TheShop,
    buyer: Viewer,
    at: At,
    locale: Annotated[str | None, Query(max_length=35)] = None,
) -> JsonResponse:
    """Return one product with its attribute sheet."""

    def page() -> Json:
        shelf = shop.shelf(catalog, buyer)
        stored = shelf.index.get([product_id], buyer, at).get(product_id)
        if stored is None:
            raise UnknownProduct(f"there is no product {product_id[:100]!r}")
        shown = shelf.localised(stored, locale, buyer)
        return {
            **product_page.product_line(shown, shelf, shelf.locale(locale, buyer)),
            "sheet": product_page.sheet(stored, shown, shelf, shelf.locale(locale, buyer)),
            "variants": product_page.variants(stored, shelf, shelf.locale(locale, buyer)),
            "relations": product_page.relations(stored, shelf, buyer),
        }

    return JsonResponse(await shop.answer(page))


def _tree(values: tuple[FacetValue, ...]) -> list[Json]:
    nodes: dict[str, Json] = {}
    children: dict[str, list[Json]] = {"": []}
    for value in sorted(values, key=lambda each: (each.level or 0, -each.count, str(each.value))):
        path = str(value.value)
        above, _, name = path.rpartition(_SEPARATOR)
        children[path] = []
        nodes[path] = {
            "name": name,
            "path": path,
            "level": value.level,
            "count": value.count,
            "children": children[path],
        }
        children[above].append(nodes[path])
    return children[""]
