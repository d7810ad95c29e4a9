"""Codes of UN/ECE Recommendation 20 (and 21 for packages), which B2B catalogues write in place of unit symbols.

A row is ``codes | symbol | German | English``; several codes of a row are spellings of the same unit. The symbol is
the one that ``language.units`` shows, where that module knows the unit. A package or a count has no symbol: people are
shown its name.
"""

from functools import lru_cache
from typing import NamedTuple

from language.units import symbol_of


class UnitCode(NamedTuple):
    """What a code stands for; ``symbol`` is empty for packages and counts, which have only names by language."""

    symbol: str
    de: str
    en: str

    def name(self, locale: str) -> str:
        """Return the unit's name for people, in German or else in English."""
        return self.de if locale.lower().startswith("de") else self.en


_TABLE = """
MMT         | mm    | Millimeter         | millimetre
CMT         | cm    | Zentimeter         | centimetre
DMT         | dm    | Dezimeter          | decimetre
MTR         | m     | Meter              | metre
KMT KTM     | km    | Kilometer          | kilometre
4H          | µm    | Mikrometer         | micrometre
C45         | nm    | Nanometer          | nanometre
INH         | in    | Zoll               | inch
FOT         | ft    | Fuß                | foot
YRD         | yd    | Yard               | yard
SMI         | mile  | Meile              | mile
MMK         | mm²   | Quadratmillimeter  | square millimetre
CMK         | cm²   | Quadratzentimeter  | square centimetre
DMK         | dm²   | Quadratdezimeter   | square decimetre
MTK         | m²    | Quadratmeter       | square metre
FTK         | ft²   | Quadratfuß         | square foot
MMQ         | mm³   | Kubikmillimeter    | cubic millimetre
CMQ         | cm³   | Kubikzentimeter    | cubic centimetre
DMQ         | dm³   | Kubikdezimeter     | cubic decimetre
MTQ         | m³    | Kubikmeter         | cubic metre
FTQ         | ft³   | Kubikfuß           | cubic foot
MLT         | ml    | Milliliter         | millilitre
CLT         | cl    | Zentiliter         | centilitre
DLT         | dl    | Deziliter          | decilitre
LTR         | l     | Liter              | litre
HLT         | hl    | Hektoliter         | hectolitre
OZA         | fl oz | Flüssigunze        | fluid ounce
GLL         | gal   | Gallone            | gallon
MC          | µg    | Mikrogramm         | microgram
MGM         | mg    | Milligramm         | milligram
GRM         | g     | Gramm              | gram
KGM         | kg    | Kilogramm          | kilogram
TNE         | t     | Tonne              | tonne
ONZ         | oz    | Unze               | ounce
LBR         | lb    | Pfund (lb)         | pound
GM          | g/m²  | Gramm je Quadratmeter    | gram per square metre
KMQ         | kg/m³ | Kilogramm je Kubikmeter  | kilogram per cubic metre
C47         | ns    | Nanosekunde        | nanosecond
B98         | µs    | Mikrosekunde       | microsecond
C26         | ms    | Millisekunde       | millisecond
SEC         | s     | Sekunde            | second
MIN         | min   | Minute             | minute
HUR         | h     | Stunde             | hour
DAY         | d     | Tag                | day
WEE         | week  | Woche              | week
MON         | month | Monat              | month
ANN         | year  | Jahr               | year
HTZ         | Hz    | Hertz              | hertz
KHZ         | kHz   | Kilohertz          | kilohertz
MHZ         | MHz   | Megahertz          | megahertz
A86         | GHz   | Gigahertz          | gigahertz
RPM         | rpm   | Umdrehung je Minute      | revolution per minute
AMP         | A     | Ampere             | ampere
4K          | mA    | Milliampere        | milliampere
B84         | µA    | Mikroampere        | microampere
VLT         | V     | Volt               | volt
2Z          | mV    | Millivolt          | millivolt
KVT         | kV    | Kilovolt           | kilovolt
WTT         | W     | Watt               | watt
C31         | mW    | Milliwatt          | milliwatt
KWT         | kW    | Kilowatt           | kilowatt
MAW         | MW    | Megawatt           | megawatt
D46         | VA    | Voltampere         | volt-ampere
KVA         | kVA   | Kilovoltampere     | kilovolt-ampere
WHR         | Wh    | Wattstunde         | watt hour
KWH         | kWh   | Kilowattstunde     | kilowatt hour
AMH         | Ah    | Amperestunde       | ampere hour
E09         | mAh   | Milliamperestunde  | milliampere hour
JOU         | J     | Joule              | joule
KJO         | kJ    | Kilojoule          | kilojoule
NEW         | N     | Newton             | newton
B47         | kN    | Kilonewton         | kilonewton
NU          | Nm    | Newtonmeter        | newton metre
PAL         | Pa    | Pascal             | pascal
KPA         | kPa   | Kilopascal         | kilopascal
MPA         | MPa   | Megapascal         | megapascal
MBR         | mbar  | Millibar           | millibar
BAR         | bar   | Bar                | bar
E45         | mΩ    | Milliohm           | milliohm
OHM         | Ω     | Ohm                | ohm
B49         | kΩ    | Kiloohm            | kiloohm
B75         | MΩ    | Megaohm            | megaohm
4T          | pF    | Pikofarad          | picofarad
C41         | nF    | Nanofarad          | nanofarad
4O          | µF    | Mikrofarad         | microfarad
CEL         | °C    | Grad Celsius       | degree Celsius
FAH         | °F    | Grad Fahrenheit    | degree Fahrenheit
KEL         | K     | Kelvin             | kelvin
DD          | °     | Grad               | degree
AD          | B     | Byte               | byte
2P          | KB    | Kilobyte           | kilobyte
4L          | MB    | Megabyte           | megabyte
E34         | GB    | Gigabyte           | gigabyte
E35         | TB    | Terabyte           | terabyte
A99         | bit   | Bit                | bit
B10         | bit/s | Bit je Sekunde     | bit per second
C74         | kbit/s | Kilobit je Sekunde      | kilobit per second
E20         | Mbit/s | Megabit je Sekunde      | megabit per second
B80         | Gbit/s | Gigabit je Sekunde      | gigabit per second
LUM         | lm    | Lumen              | lumen
LUX         | lx    | Lux                | lux
CDL         | cd    | Candela            | candela
A24         | cd/m² | Candela je Quadratmeter  | candela per square metre
2N          | dB    | Dezibel            | decibel
P1          | %     | Prozent            | percent
MTS         | m/s   | Meter je Sekunde   | metre per second
KMH         | km/h  | Kilometer je Stunde      | kilometre per hour
MQH         | m³/h  | Kubikmeter je Stunde     | cubic metre per hour
L2          | l/min | Liter je Minute    | litre per minute
C62 PCE PCB EA H87 NMP | pcs | Stück     | piece
PR NPR      |       | Paar               | pair
SET         |       | Satz               | set
KT          |       | Bausatz            | kit
DZN         |       | Dutzend            | dozen
CEN         |       | Hundert            | hundred
MIL T3      |       | Tausend            | thousand
LEF         |       | Blatt              | leaf
ST          |       | Bogen              | sheet
RM          |       | Ries               | ream
BX BOX XBX  |       | Schachtel          | box
CT XCT CAR  |       | Karton             | carton
PK PA XPK PAC |     | Packung            | pack
BG XBG      |       | Beutel             | bag
SA XSA      |       | Sack               | sack
BE          |       | Bündel             | bundle
RO XRO ROL  |       | Rolle              | roll
RL          |       | Spule              | reel
PF XPF |       | Palette            | pallet
CA XCA      |       | Dose               | can
BO XBO      |       | Flasche            | bottle
CI          |       | Kanister           | canister
JR          |       | Glas               | jar
TU TUB      |       | Tube               | tube
DR XDR      |       | Fass               | drum
BJ          |       | Eimer              | bucket
CS XCS      |       | Kiste              | case
CR          |       | Steige             | crate
TRY         |       | Tablett            | tray
"""


def unit_of_code(code: str) -> UnitCode | None:
    """Return what a code stands for, such as volt for "VLT"; None if the table has no such code.

    >>> unit_of_code("VLT").symbol
    'V'
    """
    return _by_code().get(code.strip().upper())


@lru_cache(maxsize=4_096)
def given_unit(spelling: str) -> str:
    """Return the symbol of a unit that a source gives by symbol, word or code in capitals; as written if unknown.

    >>> given_unit("Millimeter"), given_unit("MMT"), given_unit("Paletten")
    ('mm', 'mm', 'Paletten')
    """
    if symbol := symbol_of(spelling):
        return symbol
    code = unit_of_code(spelling) if spelling == spelling.upper() else None
    return (code.symbol if code else "") or spelling


def codes() -> tuple[str, ...]:
    """Return all codes of the table."""
    return tuple(_by_code())


@lru_cache(maxsize=1)
def _by_code() -> dict[str, UnitCode]:
    found: dict[str, UnitCode] = {}
    for row in _TABLE.strip().splitlines():
        written, symbol, de, en = (cell.strip() for cell in row.split("|"))
        for code in written.split():
            if code in found:
                raise ValueError(f"the code {code} stands twice in the table of unit codes")
            found[code] = UnitCode(symbol, de, en)
    return found
