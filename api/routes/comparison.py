"""Comparisons."""

from typing import Annotated, Any

from fastapi import APIRouter, Header
from starlette.responses import Response

from api import comparison_answers as answers
from api.comparing import Comparing, comparing
from api.comparison_bodies import ComparisonBody
from api.comparison_csv import CsvResponse, to_csv, wants_csv
from api.json_body import StrictJsonRoute
from api.preview import At, Viewer
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS, TOKEN_OPTIONAL
from api.shop import CatalogId, TheShop

router = APIRouter(prefix="/v1/{catalog}", tags=["comparison"], responses=PROBLEMS, route_class=StrictJsonRoute)
_ALSO_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "The comparison"}
}


@router.post("/compare", response_model=answers.ComparisonResponse, responses=_ALSO_CSV, openapi_extra=TOKEN_OPTIONAL)
async def compare_products(
    catalog: CatalogId,
    body: ComparisonBody,
    shop: TheShop,
    buyer: Viewer,
    at: At,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Compare two to ten products at the buyer's prices for the buyer's quantities.

    What differs comes first, what decides purchases before the rest. `Accept: text/csv` exports the table.
    """

    def compared() -> Comparing:
        shelf = shop.shelf(catalog, buyer)
        return comparing(shelf, body, buyer, at, shop.importance, shop.comparison(catalog))

    found = await shop.answer(compared)
    return CsvResponse(to_csv(found)) if wants_csv(accept) else JsonResponse(found.to_json())
