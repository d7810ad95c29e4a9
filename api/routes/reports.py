"""The review of customers' behaviour, for the console."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.buyer import Merchandiser
from api.product_page import Json
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS)
_MOST_ROWS = 100


class TableResponse(BaseModel):
    """One table of the review: its first rows, and how many there are."""

    columns: list[str] = Field(examples=[["query", "searches", "click_rate"]])
    rows: list[list[Any]] = Field(examples=[[["laptop", 120, 0.61]]])
    total: int


class BehaviourResponse(BaseModel):
    """What customers did from a time on; ``tables`` by name as the command writes them to CSV files."""

    since: datetime
    until: datetime
    searches: int
    events: int
    robots: int = Field(description="Visits of robots, which are left out")
    tables: dict[str, TableResponse]


@router.get("/reports/behaviour", response_model=BehaviourResponse)
async def behaviour(
    catalog: CatalogId, shop: TheShop, buyer: Merchandiser, days: Annotated[int, Query(ge=1, le=366)] = 28
) -> JsonResponse:
    """Return the regular review: queries and what to do about them, facets, conversion, strategies, buyers, returns,
    how much each place of hits is looked at, and what changed since the time before."""
    shop.shelf(catalog, buyer)

    def measured() -> Json:
        # Here and not above: what judges behaviour is heavy to import, and no buyer waits for it.
        from api.behaviour_review import reviewed
        from evaluation.behaviour.report import tables

        until = datetime.now(UTC)
        found = reviewed(shop.records, shop.registry, catalog, until - timedelta(days=days), until)
        return {
            "since": found.since.isoformat(),
            "until": found.until.isoformat(),
            "searches": found.searches,
            "events": found.events,
            "robots": found.robots,
            "tables": {name: _table(columns, rows) for name, (columns, rows) in tables(found).items()},
        }

    return JsonResponse(await run_in_threadpool(measured))


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Json:
    return {"columns": list(columns), "rows": [list(row) for row in rows[:_MOST_ROWS]], "total": len(rows)}
