"""Settings from the environment, ``VITRINE_*``."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from commerce.records.address import database_address
from commerce.records.errors import UnusableDatabase
from language.errors import VitrineError

_SHORTEST_SECRET = 32


def _long_enough(secret: SecretStr | None) -> SecretStr | None:
    if secret is not None and len(secret.get_secret_value().encode()) < _SHORTEST_SECRET:
        raise ValueError(
            f"VITRINE_JWT_SECRET needs at least {_SHORTEST_SECRET} bytes: make one with `openssl rand -hex 32`"
        )
    return secret


def _comma_separated(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _lower_case(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _of_records(url: SecretStr | None) -> SecretStr | None:
    if url is not None:
        try:
            database_address(url.get_secret_value())
        except UnusableDatabase as error:
            raise ValueError(error.message) from None
    return url


def _over_http(url: str | None) -> str | None:
    if url is not None and not url.startswith(("https://", "http://")):
        raise ValueError("the address of a key set begins with https:// (or http:// inside a closed network)")
    return url


class InvalidSettings(VitrineError):
    """Settings that cannot be used; the message names each variable."""

    code = "invalid_settings"


class Settings(BaseSettings):
    """How one process of the service runs. Secrets come from the environment only."""

    model_config = SettingsConfigDict(env_prefix="VITRINE_", env_ignore_empty=True, extra="ignore", frozen=True)

    home: Path = Path(".vitrine")
    # Secret: it may hold a password.
    database_url: Annotated[SecretStr | None, AfterValidator(_of_records)] = None
    engine: Literal["embedded", "opensearch"] = "embedded"
    # Secret: it may hold a password.
    opensearch_url: SecretStr | None = None
    opensearch_api_key: SecretStr | None = None
    opensearch_ca_file: FilePath | None = None
    opensearch_timeout: Annotated[float, Field(gt=0)] = 10.0
    opensearch_shards: Annotated[int, Field(ge=1, le=1024)] = 1
    opensearch_replicas: Annotated[int, Field(ge=0, le=20)] = 0
    opensearch_prefix: Annotated[str, Field(pattern="^[a-z][a-z0-9_-]{0,40}$")] = "vitrine"
    jwt_secret: Annotated[SecretStr | None, AfterValidator(_long_enough)] = None
    jwks_url: Annotated[str | None, AfterValidator(_over_http)] = None
    jwt_audience: str | None = None
    jwt_issuer: str | None = None
    # Seconds by which the clocks of who mints tokens and of who checks them may differ.
    jwt_leeway: Annotated[float, Field(ge=0, le=600)] = 30.0
    # Seconds from ``iat`` to ``exp``; longer tokens, and those without an end, are refused.
    jwt_max_lifetime: Annotated[float | None, Field(gt=0)] = None
    anonymous: bool = True
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = ()
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower_case)] = "info"
    request_timeout: float = 30.0
    # Days that events and searches are kept from when they came in; 0 keeps them for ever.
    event_retention_days: Annotated[int, Field(ge=0, le=36_500)] = 400
    # How much a buyer's profile changes the order of products: 0 is not at all, 100 as much as it can.
    personalization_strength: Annotated[int, Field(ge=0, le=100)] = 50
    # What buyers without a token agreed to, for shops that ask only after the question: analytics, personalization.
    anonymous_consent: Annotated[
        tuple[Literal["analytics", "personalization"], ...], NoDecode, BeforeValidator(_comma_separated)
    ] = ()

    @model_validator(mode="after")
    def _one_way_to_check(self) -> Self:
        if self.jwt_secret and self.jwks_url:
            raise ValueError("set VITRINE_JWT_SECRET or VITRINE_JWKS_URL, not both: tokens are checked in one way")
        return self

    def keep_behaviour(self) -> timedelta | None:
        """Return how long events and searches are kept; None for ever."""
        return timedelta(days=self.event_retention_days) if self.event_retention_days else None

    def records_url(self) -> str:
        """Return the database's URL; SQLite below ``home`` unless one is given."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.home / 'vitrine.db').resolve()}"


def read_settings() -> Settings:
    """Read the settings from the environment. Raises InvalidSettings, which never repeats a value: it may be secret."""
    try:
        return Settings()
    except ValidationError as error:
        raise InvalidSettings("; ".join(_explained(each["loc"], each["msg"]) for each in error.errors())) from None


def _explained(location: tuple[int | str, ...], message: str) -> str:
    text = message.removeprefix("Value error, ")
    name = f"VITRINE_{str(location[0]).upper()}" if location else ""
    return text if not name or name in text else f"{name}: {text}"
