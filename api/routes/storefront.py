"""The demo storefront: static files, under a policy that lets a page load nothing from elsewhere but pictures."""

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
router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
async def page() -> Response:
    """Return the one page of the storefront."""
    return FileResponse(_STATIC / "index.html", headers=_HEADERS)


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
    async def buyers() -> JsonResponse:
        minted = demo_buyers.minted(settings) if demo_buyers else []
        return JsonResponse({"buyers": minted}, headers={"cache-control": "no-store"})

    for folder in ("scripts", "styles", "images"):
        app.mount(f"/{folder}", _Files(directory=_STATIC / folder), name=folder)
