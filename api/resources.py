"""What all resources of the back office share that are put whole under an id: the id, the body, and listing them."""

from collections.abc import Callable, Iterable
from typing import Annotated

import orjson
from fastapi import Query
from fastapi.concurrency import run_in_threadpool

from api.json_body import without_mark
from api.problems import RequestProblem, refuse
from api.product_page import Json
from api.rendering import JsonResponse
from commerce.reading import LONGEST_ID, clean_text

DryRun = Annotated[bool, Query(description="Change nothing, and answer what would change")]
After = Annotated[str, Query(max_length=LONGEST_ID, description="The `next` of the answer before")]
Limit = Annotated[int, Query(ge=1, le=1_000)]


def checked_id(identity: str) -> str:
    """Return the id of a resource from a path. Raises RequestProblem for one that cannot be kept."""
    if not identity or len(identity) > LONGEST_ID or clean_text(identity) != identity:
        refuse("invalid_request", f"an id has 1 to {LONGEST_ID} characters, without spaces around it", "/id")
    return identity


def json_of(body: bytes) -> object:
    """Return the value of a JSON body. Raises RequestProblem."""
    try:
        return orjson.loads(without_mark(body))
    except orjson.JSONDecodeError as error:
        raise RequestProblem("malformed", f"the body is not JSON: {error}", [("", str(error))]) from error


async def listed(name: str, heads: Callable[[], Iterable[Json]], limit: int) -> JsonResponse:
    """Answer one page of resources by id as the member ``name``, and where the next page begins.

    ``heads`` yields at most ``limit`` of them, each with its ``id``, from the records.
    """
    found = await run_in_threadpool(lambda: list(heads()))
    return JsonResponse({name: found, "next": found[-1]["id"] if len(found) == limit else None})
