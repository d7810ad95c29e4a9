"""Settings from the environment, ``VITRINE_*``."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_SHORTEST_SECRET = 32


def _long_enough(secret: SecretStr | None) -> SecretStr | None:
    if secret is not None and len(secret.get_secret_value().encode()) < _SHORTEST_SECRET:
        raise ValueError(
            f"VITRINE_JWT_SECRET needs at least {_SHORTEST_SECRET} bytes: make one with `openssl rand -hex 32`"
        )
    return secret


def _comma_separated(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


class Settings(BaseSettings):
    """How one process of the service runs. Secrets come from the environment only."""

    model_config = SettingsConfigDict(env_prefix="VITRINE_", extra="ignore", frozen=True)

    home: Path = Path(".vitrine")
    database_url: str | None = None
    engine: Literal["embedded"] = "embedded"
    jwt_secret: Annotated[SecretStr | None, AfterValidator(_long_enough)] = None
    jwks_url: str | None = None
    jwt_audience: str | None = None
    jwt_issuer: str | None = None
    anonymous: bool = True
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    request_timeout: float = 30.0

    def records_url(self) -> str:
        """Return the database's URL; SQLite below ``home`` unless one is given."""
        return self.database_url or f"sqlite:///{(self.home / 'vitrine.db').resolve()}"
