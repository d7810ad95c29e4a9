"""The rules for files of price lists, a row being one price, and of assortments, a row being one product."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

from commerce.readers.rules import Condition, Match, Rule, SourceRule, Strict


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone: write one such as Europe/Berlin") from error
    return name


TimeZoneName = Annotated[str, AfterValidator(_known_zone)]
"""A time zone of the IANA database."""


class ListedRows(Strict):
    """What both kinds of file say of how they are written; ``source`` goes before that of the whole mapping."""

    source: SourceRule | None = None
    where: tuple[Condition, ...] = ()

    def columns(self) -> dict[str, str]:
        """Return every column that must be there, with the key that names it."""
        found: dict[str, str] = {}
        for key in type(self).model_fields:
            rule = getattr(self, key)
            if hasattr(rule, "names"):
                found.update(dict.fromkeys(rule.names(), key))
            elif isinstance(rule, Match):
                found[rule.column] = key
        found.update({condition.column: "where" for condition in self.where})
        return found


class PriceListRows(ListedRows):
    """A price of the article (product or variant) ``article`` in the list ``list``; no ``net`` is a price on request.

    ``timezone`` is that of dates and times without an offset. A ``valid_until`` that is a date includes that day.
    """

    list: Rule
    article: Rule
    net: Rule
    min_quantity: Rule | None = None
    currency: Rule | None = None
    valid_from: Rule | None = None
    valid_until: Rule | None = None
    timezone: TimeZoneName = "UTC"


class AssortmentRows(ListedRows):
    """A product of an assortment: included, or excluded where ``exclude`` matches."""

    assortment: Rule
    product: Rule
    exclude: Match | None = None
