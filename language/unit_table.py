"""The units that catalogues use: symbol, meaning as a pint expression, and how people spell it.

A row is ``symbol | expression | spellings``; spellings are separated by commas, and a symbol is its own first spelling.
Spellings are compared as written; where that finds nothing, without regard to case (the first row wins).

Two conventions are worth knowing:

- Bytes: KB, MB and GB step by 1024, as memory and caches are sold; a TB is 1000 GB, as drives are sold. Shops write the
  same "GB" for both, so a single step had to be chosen for each size, and these two leave the numbers on the box as
  they are (4096 MB = 4 GB, 2 TB = 2000 GB). KiB, MiB, GiB and TiB step by 1024 throughout. Bits step by 1000.
- Bits and bytes, watts and volt-amperes, joules and newton metres are kept apart: none is ever turned into the other.
"""

from functools import lru_cache
from typing import NamedTuple


class Unit(NamedTuple):
    """One unit: the symbol that is shown, what pint calls it, and its spellings."""

    symbol: str
    expression: str
    spellings: tuple[str, ...]


# A registry of its own is read in 2 ms; pint's default one takes 0.2 s.
DEFINITIONS = """
nano- = 1e-9 = n-
micro- = 1e-6 = u-
milli- = 1e-3 = m-
centi- = 1e-2 = c-
deci- = 1e-1 = d-
kilo- = 1e3 = k-
mega- = 1e6 = M-
giga- = 1e9 = G-
meter = [length] = m
gram = [mass] = g
second = [time] = s
ampere = [current] = A
candela = [luminosity] = cd
kelvin = [temperature]; offset: 0 = K
degree_Celsius = kelvin; offset: 273.15 = degC
degree_Fahrenheit = 5 / 9 * kelvin; offset: 233.15 + 200 / 9 = degF
byte = [bytes] = B
bit = [bits]
lumen = [luminous_flux] = lm
voltampere = [apparent_power] = VA
decibel = [level] = dB
bel = 10 * decibel
isotropic_gain = [antenna_gain]
milliwatt_level = [power_level]
percent = [share]
pixel = [pixels]
dot = [dots]
page = [pages]
sheet = [sheets]
character = [characters]
frame = [frames]
piece = [pieces]
turn = [turns]
cycle = [cycles]
lever = [lever]
degree = [angle]
rack_unit = [rack_height]
wire_gauge = [gauge]
inch = 0.0254 * meter
foot = 12 * inch
yard = 3 * foot
mile = 5280 * foot
liter = 0.001 * meter ** 3
pound = 453.59237 * gram
ounce = 0.0625 * pound
minute = 60 * second
hour = 60 * minute
day = 24 * hour
year = 365.25 * day
newton = 1000 * gram * meter / second ** 2 = N
pascal = newton / meter ** 2 = Pa
joule = newton * meter = J
watt = joule / second = W
volt = watt / ampere = V
ohm = volt / ampere
farad = ampere * second / volt = F
henry = volt * second / ampere = H
hertz = cycle / second = Hz
lux = lumen / meter ** 2
"""

_ROWS = """
mm | mm | millimetre, millimetres, millimeter, millimeters, Millimeter, Millimetern
cm | cm | centimetre, centimetres, centimeter, centimeters, Zentimeter, Zentimetern
dm | dm | Dezimeter
m | meter | metre, metres, meter, meters, mtr, Meter, Metern
km | km | kilometre, kilometres, kilometer, kilometers, Kilometer, Kilometern
µm | um | um, micron, microns, micrometer, micrometre, Mikrometer
nm | nm | nanometer, nanometre, Nanometer
in | inch | ", ″, ”, '', ′′, inch, inches, Zoll, -inch, zöllig
ft | foot | feet, foot, Fuß
yd | yard | yard, yards
mile | mile | miles, Meile, Meilen
mm² | mm**2 | mm2, mm^2, sq mm, sqmm, qmm, Quadratmillimeter
cm² | cm**2 | cm2, cm^2, sq cm, qcm
dm² | dm**2 | dm2, dm^2
m² | meter**2 | m2, m^2, sq m, sqm, qm, Quadratmeter
ft² | foot**2 | ft2, ft^2, sq ft, sqft
mm³ | mm**3 | mm3, mm^3
cm³ | cm**3 | cm3, cm^3, ccm
dm³ | dm**3 | dm3, dm^3
m³ | meter**3 | m3, m^3, cbm, Kubikmeter
ft³ | foot**3 | ft3, ft^3, cu ft
ml | 0.001*liter | mL, millilitre, milliliter, milliliters, Milliliter
cl | 0.01*liter | cL, Zentiliter
dl | 0.1*liter | dL, Deziliter
hl | 100*liter | hL, Hektoliter
l | liter | L, litre, litres, liter, liters, ltr, Liter, Litern
pl | 1e-12*liter | pL, picoliter, Pikoliter
fl oz | 29.5735295625e-3*liter | fl. oz, fl. oz., fl.oz., fluid ounces, fluid ounce
gal | 3.785411784*liter | gallon, gallons
µg | ug | ug
mg | mg | milligram, milligrams, Milligramm
g | gram | gr, gram, grams, gramme, Gramm
kg | kg | kgs, kilogram, kilograms, kilo, kilos, Kilogramm, Kilo
t | 1e6*gram | tonne, tonnes, Tonne, Tonnen
oz | ounce | ounce, ounces
lb | pound | lbs, pound, pounds
g/m² | gram/meter**2 | g/m2, gsm, g/qm, g/sqm
kg/m³ | kg/meter**3 | kg/m3
ns | ns | nanosecond, nanoseconds
µs | us | us
ms | ms | msec, millisecond, milliseconds, Millisekunden
s | second | sec, secs, second, seconds, Sek., Sek, Sekunde, Sekunden
min | minute | mins, minute, minutes, Minute, Minuten
h | hour | hr, hrs, hour, hours, Std., Std, Stunde, Stunden
d | day | day, days, Tag, Tage, Tagen # codespell:ignore tage
week | 7*day | weeks, Woche, Wochen
month | year/12 | months, month(s), Monat, Monate, Monaten
year | year | years, year(s), yr, yrs, Jahr, Jahre, Jahren
Hz | hertz | Hertz
kHz | kHz | kilohertz, Kilohertz
MHz | MHz | megahertz, Megahertz
GHz | GHz | gigahertz, Gigahertz
rpm | turn/minute | min⁻¹, min-1, 1/min, U/min, r/min, RPM, Umdrehungen
A | ampere | amp, amps, ampere, amperes, Ampere
mA | mA | milliampere
µA | uA | uA
V | volt | VDC, VAC, V DC, V AC, Vdc, Vac, volt, volts, Volt
mV | mV | millivolt
kV | kV | kilovolt
W | watt | watt, watts, Watt
mW | mW | milliwatt, milliwatts
kW | kW | kilowatt, kilowatts, Kilowatt
MW | MW | megawatt
VA | VA | voltampere
kVA | kVA | kilovoltampere
Wh | watt*hour | watt-hours, watt hours, Wattstunden
kWh | kilowatt*hour | kilowatt-hours, kilowatt hours, Kilowattstunden
Ah | ampere*hour | amp hours, Amperestunden
mAh | milliampere*hour | milliamp hours
J | joule | joule, joules, Joule
kJ | kJ | kilojoule, kilojoules
N | newton | newton, newtons, Newton
kN | kN | kilonewton
Nm | newton*meter*lever | newton metres, Newtonmeter
Pa | pascal | pascal
kPa | kPa | kilopascal
MPa | MPa | megapascal
mbar | 100*pascal | millibar
bar | 1e5*pascal |
psi | 6894.757293168361*pascal |
mΩ | 0.001*ohm | mohm, milliohm
Ω | ohm | ohm, ohms, Ohm, Ω
kΩ | 1000*ohm | kohm, kilohm, kOhm, kΩ
MΩ | 1e6*ohm | Mohm, MOhm, MΩ
pF | 1e-12*farad |
nF | nF |
µF | uF | uF
°C | degC | ℃, deg C, degrees C, degrees Celsius, Grad Celsius
°F | degF | ℉, deg F, degrees F, degrees Fahrenheit
K | kelvin | kelvin, Kelvin
° | degree | degree, degrees, degree(s), deg, Grad
B | byte | byte, bytes
KB | 1024*byte | kB, kilobyte, kilobytes, KByte, kByte, KiB
MB | 1048576*byte | megabyte, megabytes, MByte, MiB, Megabyte
GB | 1073741824*byte | gigabyte, gigabytes, GByte, GiB, Gigabyte
TB | 1073741824000*byte | terabyte, terabytes, TByte, Terabyte
TiB | 1099511627776*byte |
KB/s | 1024*byte/second | kBps, kB/s, KB/sec
MB/s | 1048576*byte/second | MBps, MB/sec, MByte/s
GB/s | 1073741824*byte/second | GBps, GB/sec, GByte/s
bit | bit | bits, bit(s), Bit, Bits
kbit | 1000*bit | kilobit, kilobits, Kbit, kb
Mbit | 1e6*bit | megabit, megabits, MBit, Mb
Gbit | 1e9*bit | gigabit, gigabits, GBit, Gb
bit/s | bit/second | bps
kbit/s | 1000*bit/second | kbps, Kbps, kb/s, Kbit/s, kBit/s
Mbit/s | 1e6*bit/second | Mbps, Mb/s, MBit/s, Mbit/sec, MBit/sec
Gbit/s | 1e9*bit/second | Gbps, Gb/s, GBit/s, Gbit/sec
MT/s | 1e6*bit/second/frame | MT/sec
px | pixel | pixel, pixels, Pixeln
MP | 1e6*pixel | Mpx, MPx, megapixel, megapixels, Megapixel, Mpixel
dpi | dot/inch | DPI, dots per inch
ppi | pixel/inch | PPI, pixels per inch
ppm | page/minute | PPM, pages per minute, Seiten/min, S./min, Seiten pro Minute
ipm | frame*page/minute | images per minute
cps | character/second | characters per second
cpi | character/inch | characters per inch
fps | frame/second | FPS, frames per second, B/s
pages | page | page, pp., Seite, Seiten
sheets | sheet | sheet, Blatt
pcs | piece | pc(s), pcs., pc, pc., piece, pieces, Stück, Stk., Stk, St., St
lm | lumen | lumen, lumens, ANSI lumens, Lumen, ANSI-Lumen
lx | lux | lux, Lux
cd | candela | candela, Candela
cd/m² | candela/meter**2 | cd/m2, cd/m^2, nit, nits
dB | decibel | decibel, Dezibel, dB(A), dBA, db(A), dB (A) # codespell:ignore dezibel
dBi | isotropic_gain |
dBm | milliwatt_level |
% | percent | percent, per cent, Prozent, pct
mm/s | mm/second | mm/sec
m/s | meter/second | m/sec
km/h | kilometer/hour | km/hr, kmh, kph
mph | mile/hour | miles per hour
m³/h | meter**3/hour | m3/h, cbm/h, m³/Std.
l/min | liter/minute | L/min
CFM | foot**3/minute | cfm, ft³/min
BTU | 1055.05585262*joule | BTUs
BTU/h | 1055.05585262*joule/hour | BTU/hr, BTUs/hr
U | rack_unit | RU, HE, Höheneinheiten
AWG | wire_gauge | awg
"""


@lru_cache(maxsize=1)
def units() -> dict[str, Unit]:
    """Return the units by symbol."""
    table = {}
    for row in _ROWS.strip().splitlines():
        symbol, expression, spellings = (part.strip() for part in row.split("#")[0].split("|"))
        names = (name.strip() for name in spellings.split(","))
        table[symbol] = Unit(symbol, expression, (symbol, *(name for name in names if name)))
    return table
