"""The settings of relevance of a catalogue as they are kept: the versions that were saved, the last one in force."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from commerce.errors import ChangedMeanwhile
from commerce.records import Records
from ranking.relevance import USUAL, InvalidRelevance, Relevance, Strengths, Weights

TEXT = "relevance"
"""The name that the settings have among the texts about a catalogue."""
_KEPT = 50


@dataclass(frozen=True, slots=True)
class Version:
    """Settings by their number; 0 are the usual ones, which nobody saved. ``saved_at`` is in RFC 3339."""

    number: int
    saved_at: str | None
    relevance: Relevance


def current(records: Records, catalog_id: str) -> Version:
    """Return the settings in force."""
    return versions(records, catalog_id)[-1]


def versions(records: Records, catalog_id: str) -> list[Version]:
    """Return the last fifty versions, the one in force last; at least one."""
    return _versions(records.text(catalog_id, TEXT))


def _versions(content: str | None) -> list[Version]:
    if content is None:
        return [Version(0, None, USUAL)]
    return [Version(each["version"], each["saved_at"], relevance_of(each)) for each in orjson.loads(content)]


def save(records: Records, catalog_id: str, relevance: Relevance, expected: int | None = None) -> Version:
    """Put settings in force as a new version; the one in force stays if it says the same.

    Several at once become one version each. Raises ChangedMeanwhile where another version than the ``expected`` one is
    in force.
    """
    while True:
        before = records.text(catalog_id, TEXT)
        known = _versions(before)
        if expected is not None and known[-1].number != expected:
            message = f"version {known[-1].number} of the settings is in force, not {expected}: read them again"
            raise ChangedMeanwhile(message)
        if known[-1].relevance == relevance:
            return known[-1]
        saved = Version(known[-1].number + 1, datetime.now(UTC).isoformat(timespec="seconds"), relevance)
        kept = [each for each in known if each.number][-_KEPT + 1 :]
        content = orjson.dumps([to_json(each) for each in (*kept, saved)]).decode()
        if records.replace_text(catalog_id, TEXT, before, content):
            return saved


def to_json(version: Version) -> dict[str, Any]:
    """Return a version as the API shows it and as it is kept."""
    relevance = version.relevance
    return {
        "version": version.number,
        "saved_at": version.saved_at,
        "fields": {**USUAL.fields, **relevance.fields},
        "weights": asdict(relevance.weights),
        "strengths": asdict(relevance.strengths),
    }


def relevance_of(content: Mapping[str, Any]) -> Relevance:
    """Read settings from JSON; what is not named is as usual. Raises InvalidRelevance."""
    try:
        fields = {str(name): float(weight) for name, weight in content.get("fields", {}).items()}
        weights = Weights(**content.get("weights", {}))
        strengths = Strengths(**content.get("strengths", {}))
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidRelevance(f"these are no settings of relevance ({error})") from error
    return Relevance({**USUAL.fields, **fields}, weights, strengths)
