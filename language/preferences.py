"""Which direction of an attribute's numbers buyers want, for the few kinds of attribute where nobody doubts it."""

import re
from functools import lru_cache
from typing import Literal

Direction = Literal["higher", "lower"]

# Sizes, weights, frequencies and counts are left out: what is better there depends on the buyer.
_HIGHER = re.compile(
    r"(?:^|_)(?:(?:ssd|hdd|storage|battery|internal_storage|total_storage)_capacity|internal_memory|battery_life"
    r"|page_yield|(?:print|copy|scan|read|write)_speed|refresh_rate|brightness|(?:data_)?transfer_rate|modem_speed"
    r"|mean_time_between_failures|service_life|archival_storage_life|signal_to_noise_ratio|contrast_ratio"
    r"|maximum_weight_capacity|surge_energy_rating|tragf[aä]e?higkeit|akkulaufzeit|reichweite|druckgeschwindigkeit"
    r"|lebensdauer)(?:_|$)"
)
_LOWER = re.compile(
    r"(?:^|_)(?:response_time|noise_level|(?:power|energy)_consumption|time_to_first_page|first_page_out|warm_up_time"
    r"|(?:battery_)?recharge_time|acoustic_pressure_emissions|sound_pressure_level|reaktionszeit|energieverbrauch"
    r"|stromverbrauch|leistungsaufnahme|ger[aä]e?uschpegel|ladezeit)(?:_|$)"
)
_REQUIRED = re.compile(r"(?:^|_)(?:minimum|min|recommended|required|supported|compatib\w*)(?:_|$)")


@lru_cache(maxsize=50_000)
def better_direction(name: str) -> Direction | None:
    """Return the direction that buyers want, told by the attribute's name; None where it is not known.

    >>> better_direction("response_time"), better_direction("ssd_capacity"), better_direction("width")
    ('lower', 'higher', None)
    """
    lowered = name.lower().replace(" ", "_")
    if _REQUIRED.search(lowered):
        return None
    if _LOWER.search(lowered):
        return "lower"
    return "higher" if _HIGHER.search(lowered) else None
