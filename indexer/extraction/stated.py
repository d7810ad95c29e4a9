"""What a product's texts state, in its document: written when it is indexed, read when a sheet is shown.

It stands apart from the attributes, so that nobody takes it for the supplier's word.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson

from engines.port import EXTRACTED
from indexer.extraction.model import Extracted
from indexer.values import SheetRow, TextSpan
from language.attribute_groups import group_label
from language.attributes import label_of
from language.dictionary import AttributeEntry
from language.filters.tree import Scalar


def with_stated(document: bytes, stated: Sequence[Extracted]) -> bytes:
    """Return a product's document with what its texts state; as it was where they state nothing."""
    if not stated:
        return document
    return document[:-1] + b',"' + EXTRACTED.encode() + b'":' + orjson.dumps(dict(map(_written, stated))) + b"}"


def filter_values(
    stated: Sequence[Extracted], dictionary: Mapping[str, AttributeEntry], least: float
) -> dict[str, tuple[Scalar, ...]]:
    """Return by attribute what filters, facets and sorting may rest on: what is of a confidence of ``least`` at least,
    of the attribute's kind and in its unit."""
    return {
        each.name: (each.value,) for each in stated if each.confidence >= least and _is_comparable(each, dictionary)
    }


def stated_rows(
    document: Mapping[str, Any], dictionary: Mapping[str, AttributeEntry], given: Collection[str], locale: str
) -> list[SheetRow]:
    """Return a row for each attribute that is not ``given`` and that a document's texts state, as a locale calls it."""
    return [
        _row(name, found, dictionary[name], locale)
        for name, found in document.get(EXTRACTED, {}).items()
        if name in dictionary and name not in given
    ]


def _written(stated: Extracted) -> tuple[str, dict[str, object]]:
    return stated.name, {
        "value": stated.value,
        "unit": stated.unit,
        "confidence": stated.confidence,
        "evidence": stated.evidence,
        "field": stated.field,
        "start": stated.start,
        "end": stated.end,
    }


def _is_comparable(stated: Extracted, dictionary: Mapping[str, AttributeEntry]) -> bool:
    # A dictionary that was corrected since the rules were learned may keep the attribute in another unit.
    entry = dictionary.get(stated.name)
    kind = "text" if isinstance(stated.value, str) else "number"
    return entry is not None and entry.unit == stated.unit and entry.kind == kind


def _row(name: str, found: Mapping[str, Any], entry: AttributeEntry, locale: str) -> SheetRow:
    is_comparable = entry.unit == found["unit"]
    return SheetRow(
        name=name,
        label=entry.label(locale) or label_of(name),
        group=group_label(entry.group, locale) if entry.group else None,
        value=found["value"],
        unit=found["unit"],
        normalised=found["value"] if is_comparable else None,
        normalised_unit=entry.unit if is_comparable and entry.kind == "number" else None,
        source="extracted",
        confidence=found["confidence"],
        evidence=f"“{found['evidence']}” in the {found['field']}",
        span=TextSpan(found["field"], found["start"], found["end"]),
    )
