"""Tokens to buyers: who asks is known from a verified token, or is the anonymous buyer."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import jwt
from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.problems import RequestProblem
from api.settings import Settings
from commerce.buyer import ANONYMOUS, Buyer

_ASYMMETRIC = ["ES256", "EdDSA", "RS256"]
_KEYS_FOR_SECONDS = 300


class _Claims(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    sub: str | None = None
    account: str | None = None
    price_lists: list[str] = Field(default=[], max_length=1_000)
    assortments: list[str] | None = Field(default=None, max_length=1_000)
    location: str | None = None
    locale: str | None = None
    consent: dict[str, bool] = {}
    scope: str = "search events"
    catalogs: list[str] | None = None
    fallback: bool = True


class Tokens:
    """Verifies bearer tokens by a shared secret (HS256) or a key set (ES256, EdDSA, RS256), never by both."""

    def __init__(self, settings: Settings) -> None:
        self._anonymous = settings.anonymous
        self._audience = settings.jwt_audience
        self._issuer = settings.jwt_issuer
        self._secret = settings.jwt_secret.get_secret_value() if settings.jwt_secret else None
        self._keys = None
        if settings.jwks_url:
            self._keys = jwt.PyJWKClient(settings.jwks_url, lifespan=_KEYS_FOR_SECONDS, timeout=5)

    def buyer(self, authorization: str | None) -> Buyer:
        """Return the buyer of an ``Authorization`` header. Raises ``unauthenticated`` if it is not a good token's."""
        if authorization is None:
            if not self._anonymous:
                raise RequestProblem("unauthenticated", "send a bearer token: anonymous buyers are switched off")
            return ANONYMOUS
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise RequestProblem("unauthenticated", "the Authorization header is not `Bearer TOKEN`")
        try:
            claims = _Claims.model_validate(self._verified(token.strip()))
        except jwt.PyJWTError as error:
            raise RequestProblem("unauthenticated", f"the token is not good: {error}") from error
        except ValidationError as error:
            names = ", ".join(sorted({str(each["loc"][0]) for each in error.errors()}))
            raise RequestProblem("unauthenticated", f"the token has claims of a wrong kind: {names}") from error
        return Buyer(
            user=claims.sub,
            account=claims.account,
            price_lists=tuple(claims.price_lists),
            assortments=None if claims.assortments is None else tuple(claims.assortments),
            location=claims.location,
            locale=claims.locale,
            consent=claims.consent,
            scopes=frozenset(claims.scope.split()),
            catalogs=None if claims.catalogs is None else frozenset(claims.catalogs),
            fallback=claims.fallback,
        )

    def _verified(self, token: str) -> Mapping[str, Any]:
        if self._keys is not None:
            key, algorithms = self._keys.get_signing_key_from_jwt(token).key, _ASYMMETRIC
        elif self._secret is not None:
            key, algorithms = self._secret, ["HS256"]
        else:
            raise RequestProblem(
                "unauthenticated", "tokens cannot be checked: set VITRINE_JWT_SECRET or VITRINE_JWKS_URL"
            )
        return jwt.decode(
            token,
            key,
            algorithms=algorithms,
            audience=self._audience,
            issuer=self._issuer,
            options={"verify_aud": self._audience is not None, "verify_iss": self._issuer is not None},
        )


async def asking_buyer(request: Request) -> Buyer:
    """Return the buyer of a request."""
    tokens: Tokens = request.app.state.tokens
    return tokens.buyer(request.headers.get("authorization"))


def with_scope(*scopes: str) -> Callable[..., Any]:
    """Return a dependency: the asking buyer, who must have one of the scopes (401 without a token, 403 without
    a scope)."""

    async def check(request: Request, buyer: Annotated[Buyer, Depends(asking_buyer)]) -> Buyer:
        if not buyer.scopes.isdisjoint(scopes):
            return buyer
        if "authorization" not in request.headers:
            raise RequestProblem("unauthenticated", f"this needs a token with the scope {' or '.join(scopes)}")
        raise RequestProblem("forbidden", f"the token lacks the scope {' or '.join(scopes)}")

    return check


Searcher = Annotated[Buyer, Depends(with_scope("search"))]
Merchandiser = Annotated[Buyer, Depends(with_scope("merchandise", "admin"))]
