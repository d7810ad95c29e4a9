"""How an OpenSearch cluster is reached, and how the indexes in it are made."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from language.errors import VitrineError

_PORT = 9200


class InvalidAddress(VitrineError):
    """An address of OpenSearch that cannot be used; the message never repeats it, because it may hold a password."""

    code = "invalid_settings"


@dataclass(frozen=True, slots=True)
class Host:
    """One node's address."""

    name: str
    port: int
    secure: bool
    path: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class OpenSearchSettings:
    """Where the cluster is and how to sign on: by user and password, or by ``api_key``; ``ca_file`` checks its
    certificate, the system's authorities do where it is None.

    ``timeout`` is for one request of a search, ``load_timeout`` for one of a load, in seconds. New versions get
    ``shards`` and, once they are loaded, ``replicas``. Every index and alias begins with ``prefix``.
    """

    hosts: tuple[Host, ...]
    user: str | None = None
    password: str | None = None
    api_key: str | None = None
    ca_file: Path | None = None
    timeout: float = 10.0
    load_timeout: float = 120.0
    shards: int = 1
    replicas: int = 0
    prefix: str = "vitrine"


def parse_url(url: str, **others: object) -> OpenSearchSettings:
    """Read one address, or those of several nodes separated by commas: ``https://user:password@search:9200``.

    Raises InvalidAddress.
    """
    hosts = []
    user = password = None
    for part in filter(None, (each.strip() for each in url.split(","))):
        pieces = urlsplit(part)
        try:
            port = pieces.port or _PORT
        except ValueError:
            port = 0
        if pieces.scheme not in {"http", "https"} or not pieces.hostname or not port:
            raise InvalidAddress("VITRINE_OPENSEARCH_URL: an address is like https://user:password@search.local:9200")
        hosts.append(Host(pieces.hostname, port, pieces.scheme == "https", pieces.path.rstrip("/")))
        if pieces.username is not None:
            user, password = unquote(pieces.username), unquote(pieces.password or "")
    if not hosts:
        raise InvalidAddress("VITRINE_OPENSEARCH_URL is empty: set it to an address such as http://127.0.0.1:9200")
    return OpenSearchSettings(tuple(hosts), user, password, **others)  # type: ignore[arg-type]
