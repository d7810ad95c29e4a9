"""Mint tokens for development."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

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
    catalogs: Annotated[str | None, typer.Option(help="Catalogues, comma-separated; left out, all.")] = None,
    location: Annotated[str | None, typer.Option(help="Where goods are fetched or delivered from.")] = None,
    locale: Annotated[str | None, typer.Option(help="Language of texts, such as de or en-GB.")] = None,
    scope: Annotated[str, typer.Option(help="search, events, merchandise, admin; space-separated.")] = "search events",
    consent: Annotated[str, typer.Option(help="What was agreed to: personalization, analytics; comma-separated.")] = "",
    minutes: Annotated[int, typer.Option(min=1, max=525_600, help="How long the token is good.")] = 60,
    as_json: AsJson = False,
) -> None:
    """Print a bearer token signed with VITRINE_JWT_SECRET. For development: in production the shop mints them.

    Example: vitrine token --sub eva --account 4711 --price-lists contract,standard --scope "search merchandise"
    """
    secret = read_settings().jwt_secret
    if secret is None:
        raise NoSecret("VITRINE_JWT_SECRET is not set: export VITRINE_JWT_SECRET=$(openssl rand -hex 32)")
    claims: dict[str, object] = {
        "sub": sub,
        "account": account,
        "price_lists": _listed(price_lists),
        "assortments": None if assortments is None else _listed(assortments),
        "catalogs": None if catalogs is None else _listed(catalogs),
        "location": location,
        "locale": locale,
        "scope": scope,
        "consent": dict.fromkeys(_listed(consent), True),
        "exp": datetime.now(UTC) + timedelta(minutes=minutes),
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    minted = jwt.encode(claims, secret.get_secret_value(), algorithm="HS256")
    print_json({"token": minted}) if as_json else typer.echo(minted)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
