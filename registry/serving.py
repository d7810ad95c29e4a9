"""A model in use: built once, swapped when another version is promoted."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

import structlog

from registry.errors import BadArtefact
from registry.store import Artefact, Registry

Model = TypeVar("Model")
_log = structlog.get_logger()
_Seen = tuple[int, int] | None


class Serving(Generic[Model]):
    """What ``build`` makes of the version that is to serve, for any number of threads.

    ``get`` costs one stat. A request should call it once and keep what it got. An artefact that ``build`` refuses with
    BadArtefact leaves the model before in service.
    """

    def __init__(self, registry: Registry, catalog: str, kind: str, build: Callable[[Artefact], Model]) -> None:
        self._registry = registry
        self._catalog = catalog
        self._kind = kind
        self._build = build
        self._pointer: Path = registry.pointer(catalog, kind)
        self._seen: _Seen = None
        self._model: Model | None = None
        self._version: int | None = None
        self._lock = Lock()

    def get(self) -> Model | None:
        """Return the model that serves; None if there is none."""
        if (seen := self._stat()) != self._seen:
            with self._lock:
                if seen != self._seen:
                    self._take()
                    self._seen = seen
        return self._model

    def version(self) -> int | None:
        """Return the number of the version that ``get`` last returned."""
        return self._version

    def _take(self) -> None:
        artefact = self._registry.load(self._catalog, self._kind)
        if artefact is None:
            return
        try:
            self._model = self._build(artefact)
            self._version = artefact.manifest.version
        except BadArtefact as error:
            _log.error("model_refused", catalog=self._catalog, kind=self._kind, reason=str(error))

    def _stat(self) -> _Seen:
        try:
            found = self._pointer.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino
