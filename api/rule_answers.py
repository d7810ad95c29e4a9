"""The shapes of answers about merchandising rules, for the OpenAPI document only, with an example of a body."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

EXAMPLE_RULE: dict[str, Any] = {
    "enabled": True,
    "priority": 10,
    "note": "Autumn campaign",
    "when": {
        "query": {"equals": "laptop"},
        "category": None,
        "filter": None,
        "buyer": {"accounts": [], "groups": ["trade"]},
        "locale": "en",
        "from": "2026-09-01T00:00:00",
        "until": "2026-12-01T00:00:00",
        "time_zone": "Europe/Berlin",
        "devices": ["desktop"],
        "experiment": None,
        "units": None,
    },
    "then": {
        "pin": [{"id": "2101957", "position": 1}],
        "boost": [{"filter": 'brand = "HP"', "factor": 2.0}],
        "bury": [{"filter": "in_stock = false", "factor": 0.5}],
        "hide": ['id = "1031337"'],
        "filter": None,
        "replace_query": None,
        "redirect": None,
        "banner": {"title": "Autumn offers", "link": "/autumn"},
        "facets": {"first": ["brand"], "hidden": []},
    },
}
RULE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}, "example": EXAMPLE_RULE}},
    }
}


class RuleConflict(BaseModel):
    """What is to be known of a rule, or of two that may hold together."""

    kind: str = Field(examples=["same_position"])
    rules: list[str]
    detail: str


class RuleWrite(BaseModel):
    """What a write of a rule did; ``version`` is the one in force, 0 for a rule that is a draft only."""

    id: str = Field(examples=["autumn"])
    version: int
    changed: bool
    draft: bool
    conflicts: list[RuleConflict]


class RuleResponse(BaseModel):
    """A rule, as a body that puts it again, with its id and version."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "autumn", "version": 1, **EXAMPLE_RULE}]})

    id: str
    version: int
    enabled: bool
    priority: int
    note: str | None
    when: dict[str, Any]
    then: dict[str, Any]


class RulesResponse(BaseModel):
    """Rules by id; ``next`` is what to send as ``after`` for those that follow."""

    rules: list[RuleResponse]
    next: str | None


class ConflictsResponse(BaseModel):
    """What is to be known of all rules; ``complete`` is false where there are too many to compare all."""

    conflicts: list[RuleConflict]
    complete: bool


class RuleVersionResponse(BaseModel):
    """A version of a rule and when it came into force; ``rule`` null is its removal."""

    version: int
    at: str
    rule: RuleResponse | None


class RuleVersionsResponse(BaseModel):
    """The last versions of a rule, the newest first."""

    id: str
    versions: list[RuleVersionResponse]


class RulesWritten(BaseModel):
    """What publishing or rolling back did."""

    rules: list[dict[str, Any]]
