"""Units that attributes' names say: "weight_kg", "Höhe (mm)", "battery_capacity__watt_hours_"."""

import re
from collections.abc import Mapping
from functools import lru_cache

from language.units import symbol_of

# Spellings that stand for a unit wherever they end a name; "in", "min", "cd", "bar" and the like mean something else.
_TELLING = frozenset({
    "mm", "cm", "dm", "km", "µm", "nm", "inch", "inches", "zoll", "feet", "mm2", "mm²", "cm2", "cm²", "m2", "m²",
    "qm", "mm3", "mm³", "cm3", "cm³", "m3", "m³", "ml", "cl", "liter", "litre", "litres", "liters", "ltr", "mg",
    "kg", "kgs", "lbs", "lb", "oz", "gsm", "g/m2", "g/m²", "hz", "khz", "mhz", "ghz", "rpm", "u/min", "ma", "mah",
    "ah", "va", "kva", "mv", "kv", "kw", "kwh", "wh", "watt", "watts", "watt_hours", "volt", "volts", "ohm", "ω",
    "ampere", "kb", "mb", "gb", "tb", "kbps", "mbps", "gbps", "mbit/s", "gbit/s", "kbit/s", "dpi", "ppi", "lm",
    "lumen", "lux", "db", "db(a)", "dba", "°c", "°", "%", "prozent", "mp", "megapixel", "megapixels", "px",
    "nits", "cd/m2", "cd/m²", "psi", "kpa", "mpa", "mbar", "years", "hours", "minutes", "seconds", "months",
    "jahre", "monate", "stunden", "minuten", "sekunden", "kg/m3", "km/h", "m/s", "m3/h", "m³/h", "l/min", "grad",
})  # fmt: skip
_CAPITALS = {"ma": "mA", "mpa": "MPa"}  # in names there are no capitals to tell them from other units
_TORQUE = re.compile(r"torque|drehmoment")
# A letter stands for a unit only behind a word for what it measures.
_LETTERS: Mapping[str, tuple[str, re.Pattern[str]]] = {
    "g": ("g", re.compile(r"weight|gewicht|mass(?:e|_|$)")),
    "t": ("t", re.compile(r"weight|gewicht|tragkraft|traglast")),
    "m": ("m", re.compile(r"length|l[aä]e?nge|width|breite|height|h[oö]e?he|depth|tiefe|distance|reichweite|range")),
    "l": ("l", re.compile(r"volum|inhalt|capacity|fassungs")),
    "w": ("W", re.compile(r"power|leistung|wattage")),
    "v": ("V", re.compile(r"voltage|spannung")),
    "a": ("A", re.compile(r"current|strom(?:st|_|$)|amperage")),
    "h": ("h", re.compile(r"time|dauer|zeit|life")),
    "s": ("s", re.compile(r"time|dauer|zeit")),
    "k": ("K", re.compile(r"colou?r_temperature|farbtemperatur")),
    "c": ("°C", re.compile(r"temperature?")),
    "std": ("h", re.compile(r"time|dauer|zeit")),
}
_COUNT = re.compile(
    r"(?:^|_)(?:number|quantity|count|anzahl|st[uü]ckzahl|menge|ids?|ports?|slots?|outlets?|outputs|inputs"
    r"|connectors?|buttons|levels|version|year_of|last_change|transistors)(?:_|$)"
)
_BRACKETS = re.compile(r"[(\[]([^)\]]+)[)\]]|__([^_]+(?:_[^_]+)*?)_*(?=__|_?$)")
_BRACKET_AT_END = re.compile(r"\s*(?:[(\[][^()\[\]]+[)\]]|_{2,3}[^_]+(?:_[^_]+)*_)\s*$")
_WORD_AT_END = re.compile(r"(?:[\s_]in)?[\s_.,;-]+[^\s_.,;-]+$")


@lru_cache(maxsize=50_000)
def unit_in_name(name: str) -> str | None:
    """Return the unit that an attribute's name says: at its end, or in brackets; None if it says none.

    >>> unit_in_name("tragfahigkeit_kg"), unit_in_name("battery_capacity__watt_hours_"), unit_in_name("hdmi_in")
    ('kg', 'Wh', None)
    """
    lowered = name.strip().lower()
    for match in _BRACKETS.finditer(lowered):
        inside = (match[1] or match[2]).strip(" _")
        if inside in _TELLING:
            return _CAPITALS.get(inside) or symbol_of(inside.replace("_", " "))
    words = re.split(r"[\s_.,;-]+", re.sub(r"[()\[\]]", " ", lowered).strip(" _"))
    if len(words) < 2 or any(char.isdigit() for char in words[-2]):
        return None
    last = words[-1]
    if last == "nm" and _TORQUE.search(lowered):
        return "Nm"
    if last in _TELLING:
        return _CAPITALS.get(last) or symbol_of(last)
    unit, pattern = _LETTERS.get(last, ("", None))
    return unit if pattern and pattern.search("_".join(words[:-1])) else None


def without_unit(name: str) -> str:
    """Return an attribute's name without the unit that it says at its end; the name itself if it says none there.

    >>> without_unit("tragfahigkeit_kg"), without_unit("battery_capacity__watt_hours_"), without_unit("Höhe (mm)")
    ('tragfahigkeit', 'battery_capacity', 'Höhe')
    """
    if unit_in_name(name) is None:
        return name
    for ending in (_BRACKET_AT_END, _WORD_AT_END):
        stem = ending.sub("", name)
        if stem and stem != name and unit_in_name(stem) is None:
            return stem
    return name


@lru_cache(maxsize=50_000)
def is_count(name: str) -> bool:
    """Say whether an attribute counts or numbers things, so that its numbers have no unit."""
    return bool(_COUNT.search(name.lower().replace(" ", "_")))
