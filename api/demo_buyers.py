"""The demo's buyers: who the storefront can be looked at as, with tokens that live for minutes.

Only ``vitrine demo`` makes them, for made-up accounts of the samples: no shop hands tokens to whoever asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt

from api.product_page import Json
from api.settings import Settings
from commerce.account import Account

_LIFETIME = 300.0


@dataclass(frozen=True, slots=True)
class DemoBuyers:
    """Mints tokens for accounts; each is good for those ``catalogs`` alone, to search and nothing more.

    An account with assortments is kept to ``home``, the catalogue that they are of: elsewhere they would hide all.
    """

    accounts: Sequence[Account]
    catalogs: Sequence[str]
    home: str

    def minted(self, settings: Settings, *, consent: bool = False) -> list[Json]:
        """Return the buyers with fresh tokens and the seconds that these are good for; the anonymous one has none,
        unless who looks gave ``consent`` to analytics and personalization, which only a token can say.

        Without a shared secret, tokens are another system's to mint: then nobody is returned.
        """
        if settings.jwt_secret is None:
            return []
        key = settings.jwt_secret.get_secret_value()
        lifetime = min(_LIFETIME, settings.jwt_max_lifetime or _LIFETIME)
        agreed: Json = {"consent": {"analytics": True, "personalization": True}} if consent else {}
        minted: list[Json] = []
        if settings.anonymous:
            visitor = {"scope": "search events", **_life(settings, lifetime), **agreed}
            token = jwt.encode(visitor, key, algorithm="HS256") if consent else None
            minted.append({"id": "anonymous", "token": token, "expires_in": lifetime if consent else None})
        for account in self.accounts:
            claims = {**self._claims(account), **_life(settings, lifetime), **agreed}
            token = jwt.encode(claims, key, algorithm="HS256")
            minted.append({"id": account.id, "token": token, "expires_in": lifetime})
        return minted

    def _claims(self, account: Account) -> Json:
        claims: Json = {
            "sub": f"demo-{account.id}",
            "account": account.id,
            "price_lists": list(account.price_lists),
            "assortments": None if account.assortments is None else list(account.assortments),
            "catalogs": list(self.catalogs if account.assortments is None else (self.home,)),
            "fallback": account.fallback,
            "scope": "search events",
        }
        return {name: value for name, value in claims.items() if value is not None}


def _life(settings: Settings, lifetime: float) -> Json:
    now = datetime.now(UTC)
    said = {"aud": settings.jwt_audience, "iss": settings.jwt_issuer}
    named: Json = {name: value for name, value in said.items() if value is not None}
    return {**named, "iat": now, "exp": now + timedelta(seconds=lifetime)}
