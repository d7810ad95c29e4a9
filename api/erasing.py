"""The proof of an erasure, as the service and the command line give it."""

from datetime import datetime

from api.product_page import Json
from commerce.erasure import Erasure
from registry import Registry


def erasure_proof(done: Erasure, registry: Registry) -> Json:
    """Return the proof with the models that were trained before: they hold no names, and the next are without."""
    return {
        "id": done.id,
        "subject": done.subject,
        "erased_at": done.at.isoformat(),
        "complete": done.is_complete,
        "removed": {
            "events": done.events,
            "searches": done.searches,
            "searches_unnamed": done.searches_unnamed,
            "orders_unnamed": done.orders_unnamed,
        },
        "remaining": dict(done.remaining),
        "models": [
            f"{each.kind} {each.version}"
            for each in registry.everything()
            if each.catalog == done.catalog
            and each.manifest is not None
            and datetime.fromisoformat(each.manifest.created) <= done.at
        ],
    }
