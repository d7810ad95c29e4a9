"""The attribute dictionary: what kind of value each attribute of a catalogue has, and how it is called."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Kind = Literal["text", "number", "boolean"]
_PREFERENCE: tuple[Kind, ...] = ("number", "boolean", "text")
_WORDS = {
    "wi fi": "Wi-Fi", "usb": "USB", "lan": "LAN", "rj": "RJ", "hdmi": "HDMI", "dvi": "DVI", "vga": "VGA", "hdd": "HDD",
    "ssd": "SSD", "cpu": "CPU", "ram": "RAM", "ups": "UPS", "ac": "AC", "dc": "DC", "tv": "TV", "pc": "PC",
    "led": "LED", "lcd": "LCD", "gps": "GPS", "nfc": "NFC", "ip": "IP", "ieee": "IEEE", "iso": "ISO", "iec": "IEC",
    "ethernet": "Ethernet", "bluetooth": "Bluetooth", "intel": "Intel", "amd": "AMD", "nvidia": "NVIDIA", "hd": "HD",
    "esata": "eSATA", "sata": "SATA", "pci": "PCI", "dvd": "DVD", "cd": "CD", "a4": "A4", "a3": "A3", "3g":
    "3G", "4g": "4G",
    "5g": "5G", "sd": "SD", "sim": "SIM", "rms": "RMS", "tdp": "TDP", "ecc": "ECC", "fsb": "FSB", "poe": "PoE",
    "microsd": "microSD", "windows": "Windows", "mac": "Mac", "os": "OS", "id": "ID", "dlna": "DLNA", "vesa": "VESA",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AttributeInfo:
    """One attribute of a catalogue: its kind, its name for people, and how many products or variants carry it."""

    name: str
    kind: Kind
    label: str
    products: int


class AttributeDictionaryBuilder:
    """Learns the kind of each attribute from products, one at a time."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, type]] = Counter()

    def add(self, attributes: Mapping[str, object]) -> None:
        """Count one product's attributes: scalars, tuples of them, or quantities with a numeric ``value``."""
        self._counts.update(
            (name, type(value[0]) if type(value) is tuple and value else type(value))
            for name, value in attributes.items()
        )

    def build(self) -> Mapping[str, AttributeInfo]:
        """Return the dictionary: each attribute has the kind that most products use.

        On a tie a number goes before a boolean, a boolean before a text.
        """
        kinds: defaultdict[str, Counter[Kind]] = defaultdict(Counter)
        for (name, of_type), count in self._counts.items():
            if of_type is not tuple:
                kinds[name][_kind(of_type)] += count
        return {
            name: AttributeInfo(name, max(_PREFERENCE, key=lambda kind: counts[kind]), label_of(name), counts.total())
            for name, counts in kinds.items()
        }


def _kind(of_type: type) -> Kind:
    # What is neither text nor truth value is a number or a quantity.
    return "text" if of_type is str else "boolean" if of_type is bool else "number"


@lru_cache(maxsize=50_000)
def label_of(name: str) -> str:
    """Return an attribute's name for people: "ethernet_lan__rj_45__ports" gives "Ethernet LAN (RJ 45) ports".

    A double underscore stands for a bracket, as catalogues make names out of labels by replacing each other sign.
    """
    if " " in name:
        return name  # written for people already
    pieces = [piece.strip("_") for piece in name.split("__")]
    spelled = [_spell(piece) for piece in pieces]
    if len(pieces) == 1:
        text = spelled[0]
    else:
        inside = _join(f"({piece})" if at % 2 else piece for at, piece in enumerate(spelled))
        text = inside
    return text[:1].upper() + text[1:] if text else name


def _spell(piece: str) -> str:
    words = piece.replace("_", " ").lower()
    words = re.sub(r"\b(\d) (\d)\b", r"\1.\2", words)
    words = words.replace("wi fi", "Wi-Fi")
    return " ".join(_WORDS.get(word, word) for word in words.split())


def _join(pieces: Iterable[str]) -> str:
    return " ".join(piece for piece in pieces if piece not in {"", "()"})
