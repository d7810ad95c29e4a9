"""One PRODUCT of a BMEcat file to a catalogue item."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from stdnum import ean

from commerce.documents import InvalidProduct, catalog_item_from_json, whole_product_to_json, with_offers
from commerce.product import AttributeValue, CatalogItem, Product, Texts
from commerce.readers.bmecat.details import read_details, read_extensions
from commerce.readers.bmecat.features import FeatureReader, product_classes
from commerce.readers.bmecat.header import Fault
from commerce.readers.bmecat.ledger import Ledger
from commerce.readers.bmecat.media import image_urls, relations
from commerce.readers.bmecat.nodes import Node
from commerce.readers.bmecat.prices import PriceReader
from commerce.readers.bmecat.sheet import Sheet
from commerce.readers.bmecat.structure import CATALOG_GROUPS, Structure
from commerce.readers.bmecat.texts import Cleaner, texts_by_locale
from commerce.readers.bmecat.variants import Choice, read_variants
from commerce.reading import LONGEST_ID, MOST_ATTRIBUTES, MOST_VALUES

_GTIN_TYPES = frozenset({"", "gtin", "ean", "upc", "gtin13", "gtin14", "gtin12", "gtin8"})
ByLocale = Mapping[str, tuple[str, ...]]
Sheets = Mapping[str, Mapping[str, AttributeValue]]


class UnusableProduct(Exception):
    """A product that cannot be taken: the element at fault, the field and the reason."""

    def __init__(self, node: Node, field: str, reason: str) -> None:
        super().__init__(reason)
        self.node = node
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Texts:
    titles: ByLocale
    descriptions: ByLocale
    keywords: ByLocale
    categories: ByLocale
    attributes: Sheets


class ProductReader:
    """Reads the products of one file into a catalogue of a locale and a currency."""

    def __init__(
        self,
        structure: Structure,
        locale: str,
        currency: str,
        today: date,
        warnings: Counter[str],
        ledger: Ledger,
        fault: Fault,
    ) -> None:
        self._structure = structure
        self._locale = locale
        self._default = structure.header.locale or locale
        self._ledger = ledger
        self._fault = fault
        self._warnings = warnings
        self._clean = Cleaner(warnings)
        self._features = FeatureReader(structure, locale, self._clean, ledger, fault)
        self._prices = PriceReader(structure.header, currency, today, ledger, fault)

    def item(self, node: Node) -> CatalogItem:
        """Return the item of a product. Raises UnusableProduct."""
        identity = self.identity(node)
        details = node.first("PRODUCT_DETAILS") or _empty(node)
        classes = product_classes(node.all("PRODUCT_FEATURES"), self._ledger)
        attributes, choices = self._sheet(node)
        texts = self._texts(details, self._categories(identity, classes), attributes)
        title = _in(texts.titles, self._locale)
        if not title:
            raise UnusableProduct(details, "title", "has no DESCRIPTION_SHORT")
        offer = self._prices.offer(node)
        product = Product(
            id=identity,
            title=title[0],
            description=" ".join(_in(texts.descriptions, self._locale)),
            brand=self._brand(details),
            mpn=self._identifier(details, "MANUFACTURER_PID"),
            gtin=self._gtins(details),
            category=_in(texts.categories, self._locale),
            image_urls=image_urls(node, self._structure.header, self._ledger),
            attributes=texts.attributes.get(self._locale, {}),
            keywords=texts.keywords.get(self._locale, ())[:MOST_VALUES],
            classifications=classes,
            relations=relations(node, identity, self._structure.header, self._ledger, self._fault),
            texts=self._other_texts(texts),
            variants=read_variants(identity, choices, offer, self._ledger, self._fault),
        )
        return CatalogItem(_checked(product, node), offer)

    def identity(self, node: Node) -> str:
        """Return the product's id. Raises UnusableProduct."""
        number = node.first("SUPPLIER_PID")
        if number is None or not number.text:
            raise UnusableProduct(
                node, "id", f"has no {'SUPPLIER_AID' if 'ARTICLE' in node.written else 'SUPPLIER_PID'}"
            )
        self._ledger.keep(number)
        return self._clean(number)

    def prices_only(self, node: Node, identity: str) -> CatalogItem:
        """Return an item that says no more than the offer, for an update of prices."""
        return CatalogItem(Product(identity, title=""), self._prices.offer(node))

    def _texts(self, details: Node, categories: ByLocale, attributes: Sheets) -> _Texts:
        def read(tag: str) -> ByLocale:
            return texts_by_locale(details.all(tag), self._default, self._clean, self._ledger)

        titles, descriptions, keywords = read("DESCRIPTION_SHORT"), read("DESCRIPTION_LONG"), read("KEYWORD")
        return _Texts(titles, descriptions, keywords, categories, attributes)

    def _sheet(self, node: Node) -> tuple[Sheets, list[Choice]]:
        sheet = Sheet(self._locale)
        choices: list[Choice] = []
        for features in node.all("PRODUCT_FEATURES"):
            choices += self._features.read(features, sheet)
        read_details(node, self._locale, self._default, sheet, self._clean, self._ledger)
        read_extensions(node, sheet, self._clean, self._ledger)
        found = sheet.attributes()
        if any(len(attributes) > MOST_ATTRIBUTES for attributes in found.values()):
            self._warnings[f"attributes beyond the {MOST_ATTRIBUTES:,} of one product left out"] += 1
        return {locale: dict(list(own.items())[:MOST_ATTRIBUTES]) for locale, own in found.items()}, choices

    def _other_texts(self, texts: _Texts) -> dict[str, Texts]:
        sources: Sequence[Mapping[str, object]] = (
            texts.titles, texts.descriptions, texts.keywords, texts.categories, texts.attributes,
        )  # fmt: skip
        locales = dict.fromkeys(locale for source in sources for locale in source if locale != self._locale)
        return {
            locale: Texts(
                title=" ".join(texts.titles.get(locale, ())[:1]),
                description=" ".join(texts.descriptions.get(locale, ())),
                category=texts.categories.get(locale, ()),
                keywords=texts.keywords.get(locale, ())[:MOST_VALUES],
                attributes=texts.attributes.get(locale, {}),
            )
            for locale in locales
        }

    def _categories(self, identity: str, classes: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """Return the paths of the catalogue's own groups, or else of the classes that the file names."""
        assigned = self._structure.assignments.get(identity)
        wanted = [(CATALOG_GROUPS, group) for group in assigned.added] if assigned else []
        found: dict[str, dict[str, None]] = {}
        for system, group in wanted or list(classes.items()):
            for locale, path in self._structure.paths(system, group).items():
                found.setdefault(locale, {})[path] = None
        return {locale: tuple(paths) for locale, paths in found.items()}

    def _brand(self, details: Node) -> str | None:
        if name := self._identifier(details, "MANUFACTURER_NAME"):
            return name
        reference = details.first("MANUFACTURER_IDREF")
        name = self._structure.header.parties.get(reference.text, "") if reference is not None else ""
        if reference is not None and name:
            self._ledger.keep(reference)
        return name or None

    def _identifier(self, details: Node, tag: str) -> str | None:
        node = details.first(tag)
        text = self._clean(node)[:LONGEST_ID] if node is not None else ""
        if node is None or not text:
            return None
        self._ledger.keep(node)
        return text

    def _gtins(self, details: Node) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for node in details.all("EAN", "INTERNATIONAL_PID"):
            kind = node.attributes.get("type", "").lower() if node.tag == "INTERNATIONAL_PID" else ""
            number = ean.compact(node.text)
            if not number or kind not in _GTIN_TYPES:
                continue
            if not ean.is_valid(number):
                self._warnings["gtin with a wrong check digit or length"] += 1
                self._ledger.leave(node, "a GTIN with a wrong check digit or length")
            elif number in found:
                self._ledger.merge(node)
            else:
                found[number] = None
                self._ledger.keep(node)
        return tuple(found)


def _in(texts: ByLocale, locale: str) -> tuple[str, ...]:
    """Return the texts of a locale, or else of the first other one that there is."""
    return (texts.get(locale) or next(iter(texts.values()), ()))[:MOST_VALUES]


def _empty(node: Node) -> Node:
    return Node(node.tag, node.written, node.line, {}, "", ())


def _checked(product: Product, node: Node) -> Product:
    """Return the product as a ``product`` object has it. Raises UnusableProduct for what that would not take."""
    try:
        checked = catalog_item_from_json(orjson.loads(whole_product_to_json(product))).product
    except InvalidProduct as error:
        pointer, message = error.problems[0]
        raise UnusableProduct(node, pointer.strip("/"), message) from error
    return with_offers(checked, {variant.id: variant.offer for variant in product.variants})
