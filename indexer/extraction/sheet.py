"""Extracted values as rows of an attribute sheet, behind those that the shop gives."""

from collections.abc import Collection, Mapping

from indexer.extraction.model import Extracted, ExtractionModel
from indexer.extraction.text import ProductText
from indexer.values import SheetRow, TextSpan
from language.attribute_groups import group_label
from language.attributes import label_of
from language.dictionary import AttributeEntry


def extracted_rows(
    model: ExtractionModel,
    dictionary: Mapping[str, AttributeEntry],
    text: ProductText,
    type_name: str | None,
    given: Collection[str],
    locale: str,
) -> list[SheetRow]:
    """Return a row for each attribute that the texts state and that is not ``given``, labelled for a locale."""
    return [
        _row(each, dictionary[each.name], locale)
        for each in model.read(text, type_name, without=given)
        if each.name in dictionary
    ]


def _row(found: Extracted, entry: AttributeEntry, locale: str) -> SheetRow:
    # A dictionary that was corrected since may keep the attribute in another unit.
    is_comparable = entry.unit == found.unit
    return SheetRow(
        name=found.name,
        label=entry.label(locale) or label_of(found.name),
        group=group_label(entry.group, locale) if entry.group else None,
        value=found.value,
        unit=found.unit,
        normalised=found.value if is_comparable else None,
        normalised_unit=entry.unit if is_comparable and entry.kind == "number" else None,
        source="extracted",
        confidence=found.confidence,
        evidence=f"“{found.evidence}” in the {found.field}",
        span=TextSpan(found.field, found.start, found.end),
    )
