"""Products to and from the contract's ``product`` object."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import orjson

from commerce.product import AttributeValue, CatalogItem, Offer, Product, Quantity, Scalar
from language.errors import VitrineError

LONGEST_ID = 512
LONGEST_TEXT = 100_000
MOST_ATTRIBUTES = 5_000
MOST_VALUES = 1_000
HIGHEST_PRICE = Decimal(10_000_000)
LARGEST_STOCK = 10**12


class InvalidProduct(VitrineError):
    """A product object that cannot be used; ``problems`` are (JSON pointer, message) pairs, one a field."""

    code = "invalid_request"

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{pointer}: {message}" for pointer, message in problems), pointer=problems[0][0])
        self.problems = problems


def product_to_json(product: Product) -> bytes:
    """Return the contract's ``product`` object."""
    return orjson.dumps(
        {
            "id": product.id,
            "title": product.title,
            "description": product.description,
            "brand": product.brand,
            "gtin": product.gtin,
            "mpn": product.mpn,
            "category": product.category,
            "image_urls": product.image_urls,
            "attributes": product.attributes,
            "released": product.released,
        },
        option=orjson.OPT_UTC_Z,
    )


def product_from_json(value: object) -> Product:
    """Read a ``product`` object; unknown members are passed over. Raises InvalidProduct naming each field at fault."""
    return catalog_item_from_json(value).product


def catalog_item_from_json(value: object) -> CatalogItem:
    """Read a ``product`` object that may also have ``price`` (``{"net": "12.90"}`` or ``"12.90"``), ``stock``
    and ``popularity``.

    Raises InvalidProduct naming each field at fault.
    """
    if not isinstance(value, Mapping):
        raise InvalidProduct([("", "a product is an object")])
    reader = _Reader(value)
    identity = reader.text("id", required=True, longest=LONGEST_ID)
    title = reader.text("title", required=True)
    product = Product(
        id=identity,
        title=title,
        description=reader.text("description"),
        brand=reader.text("brand", longest=LONGEST_ID) or None,
        mpn=reader.text("mpn", longest=LONGEST_ID) or None,
        gtin=reader.texts("gtin"),
        category=reader.texts("category"),
        image_urls=reader.texts("image_urls"),
        attributes=reader.attributes(),
        released=reader.moment("released"),
    )
    item = CatalogItem(product, Offer(reader.price(), reader.stock()), reader.popularity())
    if reader.problems:
        raise InvalidProduct(reader.problems)
    return item


def clean_text(text: str) -> str:
    """Return the text with control characters as spaces, trimmed."""
    return "".join(" " if char < " " or char == "\x7f" else char for char in text).strip()


def read_price(value: object) -> Decimal:
    """Read an amount of money. Raises ValueError for what is none, negative or absurd."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError('a price is a decimal text such as "12.90"')
    try:
        price = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise ValueError(f'a price is a decimal text such as "12.90", not {str(value)[:40]!r}') from error
    if not price.is_finite() or price < 0:
        raise ValueError(f"a price is not negative: {str(value)[:40]}")
    if price > HIGHEST_PRICE:
        raise ValueError(f"a price of {price} is beyond {HIGHEST_PRICE:,}: is it in minor units?")
    exponent = price.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        raise ValueError(f"a price has at most six decimals: {price}")
    return price


class _Reader:
    """Reads the members of one object and collects what is wrong with them."""

    def __init__(self, value: Mapping[object, object]) -> None:
        self._value = value
        self.problems: list[tuple[str, str]] = []

    def text(self, name: str, *, required: bool = False, longest: int = LONGEST_TEXT) -> str:
        value = self._value.get(name)
        if value is None and not required:
            return ""
        if not isinstance(value, str):
            self._wrong(f"/{name}", "a text is needed")
            return ""
        text = clean_text(value)
        if required and not text:
            self._wrong(f"/{name}", "must not be empty")
        if len(text) > longest:
            self._wrong(f"/{name}", f"has {len(text):,} characters, at most {longest:,} are kept")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._value.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._wrong(f"/{name}", "a list of texts is needed")
            return ()
        if len(value) > MOST_VALUES:
            self._wrong(f"/{name}", f"has {len(value):,} entries, at most {MOST_VALUES:,} are kept")
            return ()
        return tuple(dict.fromkeys(text for each in value if (text := clean_text(each))))

    def moment(self, name: str) -> datetime | None:
        value = self._value.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            self._wrong(f"/{name}", "a date such as 2024-05-31T00:00:00Z is needed")
            return None
        try:
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        except ValueError:
            self._wrong(f"/{name}", f"{value[:40]!r} is not a date such as 2024-05-31T00:00:00Z")
            return None

    def price(self) -> Decimal | None:
        value = self._value.get("price")
        if isinstance(value, Mapping):
            value = value.get("net")
        if value is None:
            return None
        try:
            return read_price(value)
        except ValueError as error:
            self._wrong("/price", str(error))
            return None

    def stock(self) -> int | None:
        value = self._value.get("stock")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_STOCK:
            self._wrong("/stock", "a whole number is needed")
            return None
        return max(value, 0)

    def popularity(self) -> float:
        value = self._value.get("popularity", 0.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
            self._wrong("/popularity", "a number from 0 is needed")
            return 0.0
        return float(value)

    def attributes(self) -> dict[str, AttributeValue]:
        value = self._value.get("attributes")
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self._wrong("/attributes", "an object of attributes is needed")
            return {}
        if len(value) > MOST_ATTRIBUTES:
            self._wrong("/attributes", f"has {len(value):,} attributes, at most {MOST_ATTRIBUTES:,} are kept")
            return {}
        return dict(self._attributes(value))

    def _attributes(self, value: Mapping[object, object]) -> Iterator[tuple[str, AttributeValue]]:
        for name, given in value.items():
            pointer = f"/attributes/{str(name).replace('~', '~0').replace('/', '~1')}"
            if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_ID or "`" in name:
                self._wrong(pointer, "a name of 1 to 512 characters without backquotes is needed")
                continue
            try:
                if (read := _attribute(given)) is not None:
                    yield name, read
            except ValueError as error:
                self._wrong(pointer, str(error))

    def _wrong(self, pointer: str, message: str) -> None:
        self.problems.append((pointer, message))


def _attribute(value: object) -> AttributeValue | None:
    if value is None:
        return None
    if isinstance(value, Mapping):
        number, unit = value.get("value"), value.get("unit")
        if unit is None:
            return _attribute(number)
        if isinstance(number, bool) or not isinstance(number, int | float) or not isinstance(unit, str):
            raise ValueError('a quantity is {"value": number, "unit": text}')
        return Quantity(_finite(number), clean_text(unit))
    if isinstance(value, list):
        if len(value) > MOST_VALUES:
            raise ValueError(f"has {len(value):,} values, at most {MOST_VALUES:,} are kept")
        values = tuple(read for each in value if (read := _scalar(each)) is not None)
        return values or None
    return _scalar(value)


def _scalar(value: object) -> Scalar | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _finite(value)
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise ValueError(f"has {len(value):,} characters, at most {LONGEST_TEXT:,} are kept")
        return clean_text(value) or None
    raise ValueError("a value is a text, a number, true, false, a list of those, or a quantity")


def _finite(value: float) -> float:
    if not math.isfinite(value) or abs(value) > 1e300:
        raise ValueError("a number must be finite")
    return value
