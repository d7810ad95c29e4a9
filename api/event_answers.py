"""The shapes of events and of the answer to them, for the OpenAPI document only."""

from typing import Any

from pydantic import BaseModel, Field

EXAMPLE_EVENT: dict[str, Any] = {
    "event_id": "7d1f0c1e-5f0e-4a55-9d0c-2d1a8f6f2d10",
    "action_name": "click",
    "timestamp": "2026-11-25T12:00:00Z",
    "query_id": "2f1c7a36-2f53-4b25-9f39-6c2b1f0b7c11",
    "client_id": "c-81f0",
    "session_id": "s-3",
    "event_attributes": {
        "object": {"object_id": "3920564", "object_id_field": "product_id"},
        "position": {"ordinal": 3},
    },
}
_EVENT = {
    "type": "object",
    "required": ["action_name"],
    "properties": {
        "action_name": {"type": "string", "maxLength": 100, "description": "click, view, add_to_cart, purchase …"},
        "event_id": {"type": "string", "maxLength": 200, "description": "The same id again changes nothing"},
        "timestamp": {"type": "string", "format": "date-time", "description": "Absent: when it arrives"},
        "client_id": {"type": "string"},
        "session_id": {"type": "string"},
        "query_id": {"type": "string", "description": "Of the search that showed the product"},
        "event_attributes": {
            "type": "object",
            "description": "Also `recommendation_id`, `quantity` and `net` (of one), and what else the shop says",
        },
    },
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"anyOf": [_EVENT, {"type": "array", "items": _EVENT, "maxItems": 1_000}]},
                "example": [EXAMPLE_EVENT],
            }
        },
    }
}


class RejectedEvent(BaseModel):
    """One event that was not taken."""

    index: int
    code: str = Field(examples=["invalid_event"], description="invalid_event, clock, bot or no_consent")
    detail: str


class EventsResponse(BaseModel):
    """How many events are kept, and which are not."""

    accepted: int
    rejected: list[RejectedEvent]
