"""The demo storefront and the console: static files, under policies that let a page load nothing from elsewhere but
pictures of products."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.demo_buyers import DemoBuyers
from api.rendering import JsonResponse
from api.settings import Settings

_STATIC = Path(__file__).parent.parent / "static"
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' https: http: data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "cache-control": "no-cache",
}
# The console keeps a merchandiser's token: nothing but its own files may run or be asked.
_CONSOLE = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}
router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
async def page() -> Response:
    """Return the one page of the storefront."""
    return FileResponse(_STATIC / "index.html", headers=_HEADERS)


@router.api_route("/console", methods=["GET", "HEAD"])
async def console() -> Response:
    """Return the one page of the merchandisers' console; what it shows takes their token."""
    return FileResponse(_STATIC / "console.html", headers=_CONSOLE)


@router.get("/favicon.svg")
async def icon() -> Response:
    """Return the storefront's icon."""
    return FileResponse(_STATIC / "favicon.svg", headers=_HEADERS)


class _Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(_HEADERS)
        return response


def mount(app: FastAPI, settings: Settings, demo_buyers: DemoBuyers | None) -> None:
    """Serve the storefront's folders, and the buyers that it can be looked at as: nobody but in the demo."""

    @app.get("/demo/buyers", include_in_schema=False)
    async def buyers(consent: bool = False) -> JsonResponse:
        minted = demo_buyers.minted(settings, consent=consent) if demo_buyers else []
        return JsonResponse({"buyers": minted}, headers={"cache-control": "no-store"})

    for folder in ("scripts", "styles", "images"):
        app.mount(f"/{folder}", _Files(directory=_STATIC / folder), name=folder)
