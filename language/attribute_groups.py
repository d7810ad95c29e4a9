"""The group of an attribute sheet that an attribute belongs to, told by the words of its name; else none."""

import re
from functools import lru_cache
from typing import NamedTuple


class Group(NamedTuple):
    """A group's names for people, and the words that put an attribute into it.

    ``endings`` are of German compounds, such as "breite" for "sitzbreite" and "gesamtbreite".
    """

    en: str
    de: str
    words: frozenset[str]
    endings: tuple[str, ...]


# group | English | German | words | endings of German compounds. The first row with a word of the name wins, so what
# belongs to a part ("processor cache") goes before what anything may have ("width"). Umlauts are written without dots.
_ROWS = """
environment | Operating conditions | Betriebsbedingungen | temperature humidity altitude noise acoustic vibration shock
  sound_pressure environmental luftfeuchtigkeit gerausch schutzart |
  temperatur feuchtigkeit  # codespell:ignore temperatur
packaging | Packaging | Verpackung | package packages packaging pallet pallets carton cartons outer box shipping layer
  layers master harmonized container eur gtin ean upc ve mindestbestellmenge | verpackung palette karton
processor | Processor | Prozessor | processor processors cpu cores tdp fsb lithography stepping turbo socket
  threads hyper tcase tjunction coprocessor chipset prozessor | prozessor
graphics | Graphics | Grafik | graphics gpu cuda directx opengl grafik | grafikkarte
memory | Memory | Arbeitsspeicher | memory ram dimm ecc arbeitsspeicher | arbeitsspeicher
storage | Storage | Speicher | storage hdd hdds ssd ssds disk disc drive drives raid flash festplatte | festplatte
display | Display | Anzeige | display displays screen viewing brightness contrast backlight touchscreen diagonal pixel
  monitor anzeige bildschirm helligkeit | bildschirm
camera | Camera | Kamera | camera lens focal aperture zoom shutter megapixel kamera objektiv | kamera
printing | Printing | Drucken | print printing printer toner ink cartridge cartridges yield copy copies duplex fax
  paper media tray trays sheet sheets label labels ribbon scan scanner scanning adf druck papier tinte | papier druck
battery | Battery | Akku | battery batteries backup runtime akku batterie | akku batterie batterien
power | Power | Stromversorgung | power voltage current consumption ac dc ups outlet outlets surge energy wattage watt
  psu leistung spannung strom stromversorgung | spannung leistung stromaufnahme
audio | Audio | Audio | audio speaker speakers headphone headphones microphone sound loudspeaker ton lautsprecher |
  lautsprecher
network | Network | Netzwerk | ethernet lan wlan wi fi bluetooth network networking modem wireless switching
  routing vlan ipv4 ipv6 netzwerk | netzwerk
connections | Connections | Anschlüsse | usb hdmi vga dvi displayport displayports port ports connector connectors
  interface interfaces plug slot slots pci firewire thunderbolt jack cable cabling kabel anschluss anschlusse stecker |
  anschluss stecker kabel
controls | Keyboard and controls | Bedienung | keyboard keys mouse button buttons touchpad pointing tastatur maus |
  tastatur
dimensions | Dimensions and weight | Maße und Gewicht | width height depth length weight diameter dimensions thickness
  size volume radius breite hohe hoehe tiefe lange laenge gewicht durchmesser masse abmessungen tragfahigkeit
  tragfaehigkeit volumen | breite hohe hoehe tiefe lange laenge gewicht durchmesser bereich
certificates | Certificates and standards | Normen und Zertifikate | certification certificates certified compliance
  rohs standards star ce norm normen zertifikate zulassungen | norm
compatibility | Compatibility | Kompatibilität | compatibility compatible supported suitable requirements operating
  systems windows mac linux geeignet kompatibel | geeignet
design | Design | Ausführung | colour color colors colours material finish shape form housing design farbe oberflache
  oberflaeche ausfuhrung ausfuehrung werkstoff gehause design | farbe material oberflache oberflaeche ausfuhrung
  ausfuehrung
"""


@lru_cache(maxsize=50_000)
def group_of(name: str) -> str | None:
    """Return the group of an attribute by the words of its name; None if they tell none.

    >>> group_of("package_width"), group_of("sitzbreite_mm"), group_of("harmony")
    ('packaging', 'dimensions', None)
    """
    words = re.findall(r"[^\W_]+", name.lower().translate(str.maketrans("äöüß", "aous")))
    for key, group in _groups().items():
        if any(word in group.words or (group.endings and word.endswith(group.endings)) for word in words):
            return key
    return None


def group_label(group: str, locale: str) -> str:
    """Return a group's name for people; a group that people made up is its own name."""
    known = _groups().get(group)
    if known is None:
        return group
    return known.de if locale.split("-")[0].lower() == "de" else known.en


@lru_cache(maxsize=1)
def _groups() -> dict[str, Group]:
    table = {}
    for row in re.sub(r"\n\s+", " ", re.sub(r"\s+#.*", "", _ROWS)).strip().splitlines():
        key, english, german, words, endings = (part.strip() for part in row.split("|"))
        table[key] = Group(english, german, frozenset(words.split()), tuple(endings.split()))
    return table
