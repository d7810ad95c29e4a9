"""Health and metrics."""

from contextlib import suppress

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from api.metrics import Metrics
from api.problems import problem
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS
from api.shop import TheShop
from engines.port import EngineUnavailable

router = APIRouter(tags=["service"])


@router.get("/health/live")
async def live() -> JsonResponse:
    """Say that the process answers."""
    return JsonResponse({"status": "live"})


@router.get("/health/ready", responses={503: PROBLEMS[503]})
async def ready(request: Request, shop: TheShop) -> Response:
    """Say whether this process serves: at least one catalogue does; others may still be loading for the first time.

    ``models`` are by catalogue and kind the versions that are loaded; null is a model of which no version can be read,
    without which the catalogue serves all the same.
    """
    # A catalogue without products is what a load that failed leaves behind; nothing waits for it.
    serving = {catalog.id: shop.index(catalog.id) is not None for catalog in shop.records.catalogs()}
    loading = [name for name, serves in serving.items() if not serves and shop.records.count(name)]
    loaded = [name for name, serves in serving.items() if serves]
    if awaited := request.app.state.awaited():
        return problem("engine_unavailable", f"still being prepared: {', '.join(awaited)}", request.url.path)
    if not loaded:
        detail = f"not indexed yet: {', '.join(loading)}" if loading else "no catalogue is loaded yet"
        return problem("engine_unavailable", detail, request.url.path)
    models = {name: shop.models(name) for name in loaded}
    return JsonResponse({"status": "ready", "catalogs": loaded, "loading": loading, "models": models})


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request, shop: TheShop) -> Response:
    """Return the metrics in Prometheus' text format."""
    kept: Metrics = request.app.state.metrics
    for catalog in shop.records.catalogs():
        # An engine that is away is told by the other metrics.
        with suppress(EngineUnavailable):
            if (index := shop.index(catalog.id)) is not None:
                kept.set_products(catalog.id, index.stats().products)
    return Response(kept.render(), media_type="text/plain; version=0.0.4; charset=utf-8")
