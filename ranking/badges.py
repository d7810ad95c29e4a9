"""Short labels for hits: what the buyer can have at once, or from when."""

from datetime import date
from typing import NamedTuple

from commerce.availability import Availability

_TEXTS = {
    "en": {
        "in_stock_at_location": "In stock in {location}",
        "next_delivery": "Back on {day}",
        "lead_time": "Available in {days} days",
        "lead_time_one": "Available in 1 day",
    },
    "de": {
        "in_stock_at_location": "Auf Lager in {location}",
        "next_delivery": "Wieder da am {day}",
        "lead_time": "Lieferbar in {days} Tagen",
        "lead_time_one": "Lieferbar in 1 Tag",
    },
}
_DAYS = {"en": "{0.year:04d}-{0.month:02d}-{0.day:02d}", "de": "{0.day:02d}.{0.month:02d}.{0.year:04d}"}


class Badge(NamedTuple):
    """A stable code for storefronts, and a text for buyers."""

    code: str
    text: str


def availability_badges(available: Availability, locale: str) -> list[Badge]:
    """Return what to say of an article's availability in a locale, English where it is not known.

    Nothing is said of what is in stock for everybody: a shelf full of equal labels tells nothing.
    """
    language = locale.split("-")[0]
    texts = _TEXTS.get(language, _TEXTS["en"])
    if available.in_stock:
        if available.quantity is None or available.location is None:
            return []
        code = "in_stock_at_location"
        return [Badge(code, texts[code].format(location=available.location))]
    if available.next_delivery is not None:
        return [Badge("next_delivery", texts["next_delivery"].format(day=_day(available.next_delivery.date, language)))]
    if available.lead_time_days is not None:
        name = "lead_time_one" if available.lead_time_days == 1 else "lead_time"
        return [Badge("lead_time", texts[name].format(days=available.lead_time_days))]
    return []


def _day(day: date, language: str) -> str:
    return _DAYS.get(language, _DAYS["en"]).format(day)
