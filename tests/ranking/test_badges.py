"""What badges say of availability."""

from datetime import date

import pytest

from commerce.availability import Availability, Delivery
from ranking.badges import availability_badges

DAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("available", "locale", "expected"),
    [
        (Availability(), "en", []),
        (Availability(5), "en", []),
        (Availability(5, "Berlin"), "en", [("in_stock_at_location", "In stock in Berlin")]),
        (Availability(5, "{0.x}"), "de-AT", [("in_stock_at_location", "Auf Lager in {0.x}")]),
        (Availability(None, "Berlin"), "en", []),
        (Availability(0, "Berlin", 4, Delivery(DAY)), "en", [("next_delivery", "Back on 2026-12-01")]),
        (Availability(0, None, 4, Delivery(DAY)), "de", [("next_delivery", "Wieder da am 01.12.2026")]),
        (Availability(0, None, 1), "fr", [("lead_time", "Available in 1 day")]),
        (Availability(0, None, 4), "de", [("lead_time", "Lieferbar in 4 Tagen")]),
        (Availability(0), "en", []),
    ],
)
def test_badges_say_what_a_buyer_can_have(
    available: Availability, locale: str, expected: list[tuple[str, str]]
) -> None:
    assert [(badge.code, badge.text) for badge in availability_badges(available, locale)] == expected
