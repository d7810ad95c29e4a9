"""The service as an ASGI application."""

import gc
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version

import structlog
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api import problems
from api.buyer import Tokens
from api.conversations import Conversations
from api.demo_buyers import DemoBuyers
from api.metrics import Metrics
from api.middleware import Bounded, Observed
from api.product_lines import ProductLines
from api.revocation import RevocationWatch
from api.routes import (
    accounts,
    assortments,
    backoffice,
    catalog,
    comparison,
    documented,
    events,
    experiments,
    guide,
    guide_book,
    orders,
    price_explanation,
    price_lists,
    product_map,
    profiles,
    promotions,
    recommendations,
    relevance,
    reports,
    rules,
    search,
    service,
    storefront,
    synonym_proposals,
    synonyms,
    tokens,
)
from api.settings import Settings, read_settings
from api.shop import Shop

_DESCRIPTION = """
Search, facets, suggestions and product pages for one buyer, from that buyer's own assortment and at that
buyer's own prices. Errors are problem documents (RFC 9457) with a stable `code`.
"""
_OBJECTS_BETWEEN_COLLECTIONS = 20_000


def create_app(
    settings: Settings, demo_buyers: DemoBuyers | None = None, *, awaited: Callable[[], Sequence[str]] = tuple
) -> FastAPI:
    """Build the application; it opens records and index when it starts and closes them when it ends.

    With ``demo_buyers`` whoever asks gets their tokens: for the demo alone. It is not ready as long as ``awaited``
    names catalogues, though it serves what there is.
    """
    _configure_logs(settings.log_level)
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        shop = Shop(settings)
        shop.start()
        app.state.shop = shop
        app.state.revocations = RevocationWatch(shop.records, app.state.tokens.revoked)
        app.state.revocations.start()
        # What is loaded now lives as long as the process: the collector need not walk it between two requests.
        gc.collect()
        gc.freeze()
        # One answer makes thousands of objects of which none refers back: a search for cycles every 700 finds nothing.
        usual = gc.get_threshold()
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *usual[1:])
        try:
            yield
        finally:
            gc.set_threshold(*usual)
            gc.unfreeze()
            app.state.revocations.stop()
            shop.stop()

    app = FastAPI(
        title="Vitrine",
        version=version("vitrine"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        servers=[{"url": "/", "description": "This service"}],
        openapi_tags=documented.TAGS,
        docs_url="/docs",
        redoc_url=None,
    )
    app.state.tokens = Tokens(settings)
    app.state.awaited = awaited
    app.state.conversations = Conversations(settings)
    app.state.metrics = metrics
    app.state.product_lines = ProductLines()
    problems.install(app)
    # The explanation's path begins like a product's, whose ids may have slashes: it is asked first.
    shopping = (search, guide, recommendations, comparison, product_map, events, profiles, price_explanation, catalog)
    selling = (
        price_lists,
        assortments,
        accounts,
        promotions,
        orders,
        synonyms,
        synonym_proposals,
        rules,
        experiments,
        relevance,
        reports,
        guide_book,
    )
    for routes in (*shopping, backoffice, *selling, tokens, service, storefront):
        app.include_router(routes.router)
    app.include_router(recommendations.about)
    app.include_router(search.completing)
    storefront.mount(app, settings, demo_buyers)
    documented.document(app)
    app.add_middleware(Bounded, seconds=settings.request_timeout)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["*"],
            allow_headers=["authorization", "content-type", "x-request-id"],
            expose_headers=["x-request-id"],
        )
    app.add_middleware(Observed, metrics=metrics)
    return app


def create_from_environment() -> FastAPI:
    """Build the application from ``VITRINE_*``; what ``vitrine serve`` runs in each worker."""
    return create_app(read_settings())


def _configure_logs(level: str) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=False,
    )
