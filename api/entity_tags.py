"""Entity tags (RFC 9110): a change says what it was made from, so that two people do not overwrite each other."""

import hashlib
from typing import Annotated, Any

from fastapi import Header

from api.routes.documented import problem_of

IfMatch = Annotated[
    str | None,
    Header(max_length=200, description="The `ETag` that the change was made from; 412 if it is another by now"),
]
CHANGED: dict[int | str, dict[str, Any]] = {412: problem_of("Somebody else changed it since it was read")}


def tag(content: str | int) -> str:
    """Return the tag of a version's number, or of a text."""
    if isinstance(content, int):
        return f'"{content}"'
    return f'"{hashlib.sha256(content.encode()).hexdigest()[:16]}"'


def tagged(content: str | int) -> dict[str, str]:
    """Return the header of an answer."""
    return {"ETag": tag(content)}


def differs(if_match: str | None, content: str | int) -> bool:
    """Say whether a change was made from something else; one that does not say from what, or from anything, is not."""
    if if_match is None or if_match.strip() == "*":
        return False
    return tag(content) not in {each.strip().removeprefix("W/") for each in if_match.split(",")}
