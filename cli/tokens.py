"""Mint tokens for development."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import uuid4

import jwt
import typer

from api.settings import read_settings
from cli.context import AsJson, print_json
from language.errors import VitrineError


class NoSecret(VitrineError):
    """There is no secret to sign with."""

    code = "no_secret"


def token(
    sub: Annotated[str, typer.Option(help="The user.")],
    account: Annotated[str | None, typer.Option(help="The account that the user buys for.")] = None,
    price_lists: Annotated[str, typer.Option(help="Price lists, highest precedence first, comma-separated.")] = "",
    assortments: Annotated[
        str | None, typer.Option(help="Assortments, comma-separated; left out, the whole catalogue.")
    ] = None,
    groups: Annotated[str, typer.Option(help="What merchandising rules know the buyer by, comma-separated.")] = "",
    catalogs: Annotated[str | None, typer.Option(help="Catalogues, comma-separated; left out, all.")] = None,
    location: Annotated[str | None, typer.Option(help="Where goods are fetched or delivered from.")] = None,
    locale: Annotated[str | None, typer.Option(help="Language of texts, such as de or en-GB.")] = None,
    scope: Annotated[str, typer.Option(help="search, events, merchandise, admin; space-separated.")] = "search events",
    consent: Annotated[str, typer.Option(help="What was agreed to: personalization, analytics; comma-separated.")] = "",
    fallback: Annotated[
        bool, typer.Option(help="Whether what no list prices has the catalogue's own price, or none.")
    ] = True,
    jti: Annotated[
        str | None, typer.Option(help="The token's own id, to revoke it by.", show_default="a new one")
    ] = None,
    aud: Annotated[str | None, typer.Option(help="Who the token is for.", show_default="VITRINE_JWT_AUDIENCE")] = None,
    iss: Annotated[str | None, typer.Option(help="Who minted it.", show_default="VITRINE_JWT_ISSUER")] = None,
    minutes: Annotated[int, typer.Option(min=1, max=525_600, help="How long the token is good.")] = 60,
    as_json: AsJson = False,
) -> None:
    """Print a bearer token signed with VITRINE_JWT_SECRET. For development: in production the shop mints them.

    Example: vitrine token --sub eva --account 4711 --price-lists contract,standard --scope "search merchandise"
    """
    settings = read_settings()
    secret, now = settings.jwt_secret, datetime.now(UTC)
    if secret is None:
        raise NoSecret("VITRINE_JWT_SECRET is not set: export VITRINE_JWT_SECRET=$(openssl rand -hex 32)")
    claims: dict[str, object] = {
        "sub": sub,
        "account": account,
        "price_lists": _listed(price_lists),
        "assortments": None if assortments is None else _listed(assortments),
        "groups": _listed(groups),
        "catalogs": None if catalogs is None else _listed(catalogs),
        "location": location,
        "locale": locale,
        "scope": scope,
        "consent": dict.fromkeys(_listed(consent), True),
        "fallback": fallback,
        "jti": jti or str(uuid4()),
        "aud": aud or settings.jwt_audience,
        "iss": iss or settings.jwt_issuer,
        "iat": now,
        "exp": now + timedelta(minutes=minutes),
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    minted = jwt.encode(claims, secret.get_secret_value(), algorithm="HS256")
    print_json({"token": minted}) if as_json else typer.echo(minted)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
