"""Tokens to buyers: who asks is known from a verified token, or is the anonymous buyer."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

import jwt
import structlog
from fastapi import Depends, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.problems import RequestProblem
from api.revocation import RevokedTokens
from api.settings import Settings
from commerce.buyer import ANONYMOUS, Buyer

_ASYMMETRIC = ["ES256", "EdDSA", "RS256"]
_KEYS_FOR_SECONDS = 300
_FETCH_SECONDS = 3
_documented = HTTPBearer(
    scheme_name="bearer", bearerFormat="JWT", description="A token minted by the shop's back end", auto_error=False
)

_log = structlog.get_logger()


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
    groups: list[str] = Field(default=[], max_length=1_000)


class Tokens:
    """Verifies bearer tokens by a shared secret (HS256) or a key set (ES256, EdDSA, RS256), never by both."""

    def __init__(self, settings: Settings) -> None:
        self._anonymous = (
            replace(ANONYMOUS, consent=dict.fromkeys(settings.anonymous_consent, True)) if settings.anonymous else None
        )
        self._audience = settings.jwt_audience
        self._issuer = settings.jwt_issuer
        self._leeway = settings.jwt_leeway
        self._max_lifetime = settings.jwt_max_lifetime
        self.revoked = RevokedTokens()
        self._secret = settings.jwt_secret.get_secret_value() if settings.jwt_secret else None
        self._keys = None
        if settings.jwks_url:
            self._keys = jwt.PyJWKClient(settings.jwks_url, lifespan=_KEYS_FOR_SECONDS, timeout=_FETCH_SECONDS)

    @property
    def may_fetch(self) -> bool:
        """Whether checking a token may wait for the key set's server."""
        return self._keys is not None

    def buyer(self, authorization: str | None) -> Buyer:
        """Return the buyer of an ``Authorization`` header. Raises ``unauthenticated`` if it is not a good token's, and
        ``keys_unavailable`` if the key set cannot be fetched."""
        if authorization is None:
            if self._anonymous is None:
                raise RequestProblem("unauthenticated", "send a bearer token: anonymous buyers are switched off")
            return self._anonymous
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise RequestProblem("unauthenticated", "the Authorization header is not `Bearer TOKEN`")
        try:
            verified = self._verified(token.strip())
            claims = _Claims.model_validate(verified)
        except jwt.PyJWTError as error:
            raise RequestProblem("unauthenticated", f"the token is not good: {error}") from error
        except ValidationError as error:
            names = ", ".join(sorted({str(each["loc"][0]) for each in error.errors()}))
            raise RequestProblem("unauthenticated", f"the token has claims of a wrong kind: {names}") from error
        self._check_life(verified)
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
            groups=tuple(claims.groups),
        )

    def _verified(self, token: str) -> Mapping[str, Any]:
        key: jwt.PyJWK | str
        if self._keys is not None:
            key = _key_of(token, self._keys)
            # The key says which algorithm it is for; the token does not get to choose.
            algorithms = [key.algorithm_name] if key.algorithm_name in _ASYMMETRIC else []
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
            leeway=self._leeway,
            options={"verify_aud": self._audience is not None, "verify_iss": self._issuer is not None},
        )

    def _check_life(self, claims: Mapping[str, Any]) -> None:
        """Raise ``unauthenticated`` for a token that was revoked, or lives longer than tokens may."""
        if self.revoked.has(claims):
            raise RequestProblem("unauthenticated", "the token was revoked")
        if self._max_lifetime is None:
            return
        # Without the time of issue the rest of its life is what can be known.
        issued = float(claims.get("iat") or time.time())
        if "exp" not in claims or float(claims["exp"]) - issued > self._max_lifetime:
            message = f"the token lives too long: exp may be at most {self._max_lifetime:g} s after iat"
            raise RequestProblem("unauthenticated", message)


def _key_of(token: str, keys: jwt.PyJWKClient) -> jwt.PyJWK:
    jwt.get_unverified_header(token)  # what is no token at all is not worth a fetch
    try:
        keys.get_jwk_set()
        return keys.get_signing_key_from_jwt(token)
    except (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError, OSError, ValueError) as error:
        _log.warning("key_set_unavailable", error=str(error))
        message = "the key set that VITRINE_JWKS_URL names cannot be fetched: try again soon"
        raise RequestProblem("keys_unavailable", message) from error


async def asking_buyer(
    request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(_documented)]
) -> Buyer:
    """Return the buyer of a request."""
    tokens: Tokens = request.app.state.tokens
    authorization = request.headers.get("authorization")
    if authorization is not None and tokens.may_fetch:
        return await run_in_threadpool(tokens.buyer, authorization)
    return tokens.buyer(authorization)


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
