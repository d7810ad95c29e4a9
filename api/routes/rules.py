"""Merchandising rules in the back office."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from api import answers, rule_answers
from api.bodies import StrictBody
from api.buyer import Merchandiser
from api.json_body import StrictJsonRoute
from api.problems import refuse
from api.product_page import Json
from api.rendering import JsonResponse
from api.resources import After, Limit, checked_id, json_of, listed
from api.routes.documented import PROBLEMS
from api.rule_bodies import rule_from_body, rule_to_answer
from api.shop import CatalogId, TheShop
from commerce.errors import UnknownRule
from commerce.records.rules import RuleWritten
from ranking.merchandising.conflicts import Conflict, conflicts, conflicts_of

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS, route_class=StrictJsonRoute)
Draft = Annotated[bool, Query(description="The draft, which searches do not follow")]
_RESERVED = ("conflicts", "publish", "rollback")
_VERSIONS = "versions/"
_MOST = 1_000


class PublishBody(StrictBody):
    """The rules whose drafts are to be put in force, all or none."""

    ids: Annotated[list[str], Field(min_length=1, max_length=_MOST, examples=[["autumn"]])]


class RollbackBody(StrictBody):
    """The rule, and the version of it to be put in force again."""

    id: str = Field(max_length=512, examples=["autumn"])
    version: int = Field(ge=1, le=1 << 40, strict=True)


@router.put("/rules/{rule_id:path}", response_model=rule_answers.RuleWrite, openapi_extra=rule_answers.RULE_BODY)
async def put_rule(
    request: Request, catalog: CatalogId, rule_id: str, shop: TheShop, buyer: Merchandiser, draft: Draft = False
) -> JsonResponse:
    """Put a rule in the place of the one of this id. Searches follow it within two seconds; a draft only in previews.

    All of ``when`` must hold, what is left out always does; groups are those of the buyer's token, and its price lists
    and assortments by their ids. A pinned product shows once, even if the query does not find it, where the buyer and
    the filters allow it, in the order of relevance. Of rules that hold together the higher ``priority`` decides. The
    answer names what else is to be known: rules that contradict this one, products that do not exist.
    """
    shelf = shop.shelf(catalog, buyer)
    identity = _rule_id(rule_id)
    rule = rule_from_body(json_of(await request.body()), identity, shelf.index.fields())
    written = await run_in_threadpool(shop.records.put_rule, catalog, rule, draft=draft)
    shop.rules.look(catalog)
    others = shop.rules.of(catalog).rules.values()
    found = await run_in_threadpool(conflicts_of, rule, others, shelf.index, datetime.now(UTC))
    answer: Json = {**_written(written), "draft": draft, "conflicts": list(map(_conflict, found))}
    return JsonResponse(answer)


@router.get("/rules", response_model=rule_answers.RulesResponse)
async def list_rules(
    catalog: CatalogId,
    shop: TheShop,
    buyer: Merchandiser,
    after: After = "",
    limit: Limit = 100,
    draft: Draft = False,
) -> JsonResponse:
    """Return the rules by id, or their drafts."""
    shop.shelf(catalog, buyer)
    read = shop.records.drafts if draft else shop.records.rules
    page = partial(read, catalog, after=after, limit=limit)
    return await listed("rules", lambda: map(rule_to_answer, page()), limit)


@router.get("/rules/conflicts", response_model=rule_answers.ConflictsResponse)
async def rule_conflicts(catalog: CatalogId, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Return what is to be known of all rules in force: which contradict each other, which can do nothing."""
    shelf = shop.shelf(catalog, buyer)
    rules = tuple(shelf.rules.rules.values())
    found, complete = await run_in_threadpool(conflicts, rules, shelf.index, datetime.now(UTC))
    return JsonResponse({"conflicts": list(map(_conflict, found)), "complete": complete})


@router.get("/rules/versions/{rule_id:path}", response_model=rule_answers.RuleVersionsResponse)
async def rule_versions(
    catalog: CatalogId, rule_id: str, shop: TheShop, buyer: Merchandiser, limit: Limit = 100
) -> JsonResponse:
    """Return the versions of a rule that were in force, the newest first, also of one that was removed."""
    shop.shelf(catalog, buyer)
    found = await run_in_threadpool(shop.records.rule_history, catalog, rule_id, limit)
    if not found:
        raise UnknownRule(f"there never was a rule {rule_id[:100]!r}")
    versions = [
        {"version": each.version, "at": each.at, "rule": None if each.rule is None else rule_to_answer(each.rule)}
        for each in found
    ]
    return JsonResponse({"id": rule_id, "versions": versions})


@router.post("/rules/publish", response_model=rule_answers.RulesWritten)
async def publish_rules(catalog: CatalogId, body: PublishBody, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Put drafts in force, all or none."""
    shop.shelf(catalog, buyer)
    written = await run_in_threadpool(shop.records.publish_rules, catalog, body.ids)
    shop.rules.look(catalog)
    return _all_written(written)


@router.post("/rules/rollback", response_model=rule_answers.RulesWritten)
async def roll_back_rule(catalog: CatalogId, body: RollbackBody, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Put an earlier version of a rule in force again, as a new version."""
    shop.shelf(catalog, buyer)
    written = await run_in_threadpool(shop.records.roll_back_rule, catalog, body.id, body.version)
    shop.rules.look(catalog)
    return _all_written([written])


@router.get("/rules/{rule_id:path}", response_model=rule_answers.RuleResponse)
async def one_rule(
    catalog: CatalogId,
    rule_id: str,
    shop: TheShop,
    buyer: Merchandiser,
    draft: Draft = False,
    version: Annotated[int | None, Query(ge=1, le=1 << 40)] = None,
) -> JsonResponse:
    """Return one rule as it is in force, its draft, or one of its versions."""
    shop.shelf(catalog, buyer)
    rule = await run_in_threadpool(
        shop.records.rule, catalog, rule_id, draft=draft and version is None, version=version
    )
    return JsonResponse(rule_to_answer(rule))


@router.delete("/rules/{rule_id:path}", response_model=answers.DeleteResponse)
async def delete_rule(
    catalog: CatalogId, rule_id: str, shop: TheShop, buyer: Merchandiser, draft: Draft = False
) -> JsonResponse:
    """Remove a rule with its draft, or the draft alone; its versions can still be put in force again."""
    shop.shelf(catalog, buyer)
    if not await run_in_threadpool(shop.records.delete_rule, catalog, rule_id, draft=draft):
        raise UnknownRule(f"there is no {'draft of a ' if draft else ''}rule {rule_id[:100]!r}")
    shop.rules.look(catalog)
    return JsonResponse({"deleted": 1})


def _rule_id(identity: str) -> str:
    if identity in _RESERVED or identity.startswith(_VERSIONS):
        refuse("invalid_request", f"{identity[:100]!r} is the name of a path: call the rule otherwise", "/id")
    return checked_id(identity)


def _conflict(found: Conflict) -> Json:
    return {"kind": found.kind, "rules": list(found.rules), "detail": found.detail}


def _written(written: RuleWritten) -> Json:
    return {"id": written.id, "version": written.version, "changed": written.changed}


def _all_written(written: Iterable[RuleWritten]) -> JsonResponse:
    return JsonResponse({"rules": [_written(each) for each in written]})
