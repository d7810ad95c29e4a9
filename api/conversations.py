"""Conversations with the guide as signed texts: the service keeps nothing between two turns.

A conversation's id carries what was asked for and answered so far, and a signature. Whoever changes it is refused; it
holds nothing that the buyer did not send.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import zlib
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ValidationError

from api.settings import Settings
from language.errors import VitrineError

LONGEST = 200_000
_KEY_FILE = "guide.key"
_KEY_BYTES = 32
_SIGNATURE_BYTES = 20
_PURPOSE = b"vitrine: conversations with the guide, 1"


class InvalidConversation(VitrineError):
    """A conversation id that this service did not hand out for this catalogue, or that was changed since."""

    code = "invalid_request"


class StoredAnswer(BaseModel):
    """An answer as it was sent."""

    question_id: str
    value: Any = None
    strength: Literal["must", "prefer"] = "must"


class State(BaseModel):
    """What a conversation's id carries."""

    thread: str
    catalog: str
    query: str = ""
    filter: Any = None
    answers: list[StoredAnswer] = []


class Conversations:
    """Signs and reads the ids of conversations."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key: bytes | None = None

    def begin(self, catalog: str) -> State:
        """Return the state of a new conversation."""
        return State(thread=secrets.token_urlsafe(9), catalog=catalog)

    def issue(self, state: State) -> str:
        """Return the id of a conversation in this state."""
        packed = _text(zlib.compress(orjson.dumps(state.model_dump())))
        return f"{packed}.{_text(self._signature(packed))}"

    def read(self, identity: str, catalog: str) -> State:
        """Return the state that an id carries. Raises InvalidConversation for one that is not ours, or of another
        catalogue."""
        packed, _, signature = identity.partition(".")
        try:
            given = base64.urlsafe_b64decode(signature.encode())
            # Compared as written too: an encoding has spellings that decode to the same bytes.
            if not hmac.compare_digest(given, self._signature(packed)) or _text(given) != signature:
                raise ValueError("another signature")
            state = State.model_validate(orjson.loads(zlib.decompress(base64.urlsafe_b64decode(packed.encode()))))
        except (binascii.Error, zlib.error, ValidationError, ValueError) as error:
            message = "the conversation is not one that this service began: leave the id out to begin another"
            raise InvalidConversation(message, pointer="/conversation_id") from error
        if state.catalog != catalog:
            raise InvalidConversation("the conversation is about another catalogue", pointer="/conversation_id")
        return state

    def _signature(self, packed: str) -> bytes:
        if self._key is None:
            self._key = _key_of(self._settings)
        return hmac.digest(self._key, packed.encode(errors="replace"), hashlib.sha256)[:_SIGNATURE_BYTES]


def _key_of(settings: Settings) -> bytes:
    """Return the key that every process of the service signs with: made from the tokens' secret where there is one,
    else kept in a file below ``home``, which the first process writes."""
    if settings.jwt_secret is not None:
        return hmac.digest(settings.jwt_secret.get_secret_value().encode(), _PURPOSE, hashlib.sha256)
    file = settings.home / _KEY_FILE
    if not file.exists():
        _write_once(file, secrets.token_bytes(_KEY_BYTES))
    return hmac.digest(file.read_bytes(), _PURPOSE, hashlib.sha256)


def _write_once(file: Path, key: bytes) -> None:
    """Write a key that only this user may read, whole or not at all; what another process wrote first stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    mine = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as written:
            written.write(key)
        os.link(mine, file)
    except FileExistsError:
        pass
    finally:
        mine.unlink()


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()
