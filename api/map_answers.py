"""The shapes of maps and their gaps, and how they are written."""

from typing import Literal

from pydantic import BaseModel, Field

from api.product_page import Json
from ranking.product_map.artefact import SCALE, ProductMap
from ranking.product_map.gaps import Gaps
from ranking.product_map.view import MapView, Region


class MapPoints(BaseModel):
    """The products column by column. ``category`` and ``brand`` number the names in ``categories`` and ``brands``, -1
    is none; ``region`` is the number of one of ``regions``."""

    ids: list[str]
    x: list[int]
    y: list[int]
    category: list[int]
    brand: list[int]
    region: list[int]


class MapRegion(BaseModel):
    """A neighbourhood of the map, named after what most of its products are."""

    number: int
    name: str = Field(examples=["Notebook"])
    x: int
    y: int
    products: int


class MapResponse(BaseModel):
    """Products on a plane: near each other what means the like. Places are from 0 to ``scale``; ``total`` products meet
    the filter, and ``unplaced`` of them came after the map was drawn."""

    model_version: int
    scale: int = Field(examples=[SCALE])
    total: int
    unplaced: int
    categories: list[str]
    brands: list[str]
    points: MapPoints
    regions: list[MapRegion]


class RegionGapAnswer(MapRegion):
    """A region with what is asked of it. ``seen`` of its ``products`` are the buyer's; a search whose first products
    lie in two regions counts half in each. ``reasons`` say why it is a gap."""

    seen: int
    searches: float
    without_result: float
    queries: list[str]
    reasons: list[Literal["nothing_found", "few_in_assortment", "few_products"]]


class NowhereAnswer(BaseModel):
    """A query that lies near no product of the catalogue."""

    query: str
    searches: int
    without_result: int


class GapsResponse(BaseModel):
    """Where demand and range part: every region, the gaps first; and queries that lie near no product."""

    model_version: int
    scale: int
    searches: int
    regions: list[RegionGapAnswer]
    nowhere: list[NowhereAnswer]


def map_answer(drawn: ProductMap, view: MapView, version: int) -> Json:
    """Return a map as one buyer sees it."""
    places = drawn.places[view.rows]
    return {
        "model_version": version,
        "scale": SCALE,
        "total": len(view.rows) + view.unplaced,
        "unplaced": view.unplaced,
        "categories": view.categories,
        "brands": view.brands,
        "points": {
            "ids": [drawn.ids[row] for row in view.rows.tolist()],
            "x": places[:, 0].tolist(),
            "y": places[:, 1].tolist(),
            "category": view.category.tolist(),
            "brand": view.brand.tolist(),
            "region": view.region.tolist(),
        },
        "regions": [_region(each) for each in view.regions],
    }


def gaps_answer(found: Gaps, version: int, searches: int) -> Json:
    """Return the gaps of a map."""
    return {
        "model_version": version,
        "scale": SCALE,
        "searches": searches,
        "regions": [
            {
                **_region(each.region),
                "seen": each.seen,
                "searches": round(each.searches, 2),
                "without_result": round(each.without_result, 2),
                "queries": each.queries,
                "reasons": each.reasons,
            }
            for each in found.regions
        ],
        "nowhere": [
            {"query": each.text, "searches": each.searches, "without_result": each.without_result}
            for each in found.nowhere
        ],
    }


def _region(region: Region) -> Json:
    return {"number": region.number, "name": region.name, "x": region.x, "y": region.y, "products": region.products}
