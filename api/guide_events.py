"""What a buyer tells the guide, as events that shape their profile."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from api.guide_bodies import GuideBody
from commerce.buyer import Buyer
from commerce.event import GUIDE_ANSWER, Event
from commerce.profile import KEYS
from commerce.reading import clean_text
from language.filters.tree import Compare, Filter, In, Or
from ranking.guide.conversation import Understood

_MOST_VALUES = 4
"""Who would take any of more values has told no taste."""


def answer_events(answers: Sequence[Understood], body: GuideBody, thread: str, buyer: Buyer) -> list[Event]:
    """Return an event for each new answer of a conversation, in ``body``, that names values and holds.

    None without consent to analytics, which lets events be kept, and to personalization, which lets them shape the
    shop; and none of somebody without a name.
    """
    agreed = all(buyer.consent.get(purpose, False) for purpose in ("analytics", "personalization"))
    client, session = (clean_text(given) or None if given else None for given in (body.client_id, body.session_id))
    if not agreed or not (buyer.user or buyer.account or client):
        return []
    new = {each.question_id for each in body.answers}
    found = []
    for each in answers:
        keys = [] if each.given_up or each.condition is None else list(_keys(each.condition))
        if each.answer.question not in new or not 0 < len(keys) <= _MOST_VALUES:
            continue
        digest = blake2b("\0".join((thread, each.field, *keys)).encode(errors="replace"), digest_size=16)
        found.append(
            Event(
                f"guide:{digest.hexdigest()}",
                GUIDE_ANSWER,
                datetime.now(UTC),
                client=client,
                session=session,
                user=buyer.user,
                account=buyer.account,
                personal=True,
                attributes={KEYS: keys},
            )
        )
    return found


def _keys(condition: Filter) -> Iterator[str]:
    """Yield the values that a condition wants, as a profile names them; numbers and yes or no are seldom a taste."""
    match condition:
        case Compare(field=field, op="=", value=str(value)):
            yield f"{field}={value}"
        case In(field=field, values=values):
            yield from (f"{field}={value}" for value in values if isinstance(value, str))
        case Or(parts=parts):
            for part in parts:
                yield from _keys(part)
        case _:
            return
