"""Joined rows of parts to catalogue items."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from commerce.availability_reading import supply_to_json
from commerce.documents import InvalidProduct, catalog_item_from_json
from commerce.product import CatalogItem, Offer, Scalar
from commerce.readers.attribute_columns import REPEATED
from commerce.readers.category_tree import CategoryTree
from commerce.readers.folding import Folder, first_text, union
from commerce.readers.levels import levels
from commerce.readers.notes import Notes
from commerce.readers.number_texts import read_number
from commerce.readers.rows import Reject
from commerce.readers.said import Entry
from commerce.readers.spool import Joined

_TEXT_FIELDS = ("description", "brand", "released")
_Values = dict[str, list[Scalar]]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the whole load says about its attributes and categories.

    ``numbers`` are the attributes of no given kind whose values are all numbers, ``varying`` those that belong to
    variants in any case; ``decimals`` are the decimal signs of the parts.
    """

    tree: CategoryTree
    numbers: Container[str]
    varying: Container[str]
    decimals: Mapping[str, str]


class Assembler:
    """Builds the items of one load."""

    def __init__(self, folder: Folder, knowledge: Knowledge, notes: Notes) -> None:
        self._folder = folder
        self._knowledge = knowledge
        self._notes = notes
        self._own = Notes()

    def build(self, joined: Joined) -> Iterator[CatalogItem | Reject]:
        """Yield the product's item, and a Reject for each of its rows that cannot be used.

        A variant that is refused does not take its product along.
        """
        variants = [(row, [row, *(each for each in joined.details if each.id == row.id)]) for row in joined.variants]
        while True:
            self._folder.rejects.clear()
            self._own = Notes()
            document = self._document(joined, variants)
            try:
                item = catalog_item_from_json(document)
            except InvalidProduct as error:
                refused = _refused_variants(error)
                if refused is None:
                    yield from _refused(joined, error)
                    return
                for at, (name, reason) in refused.items():
                    yield _reject(variants[at][0], name, reason)
                    yield from (_reject(each, "id", "its variant was refused") for each in variants[at][1][1:])
                variants = [each for at, each in enumerate(variants) if at not in refused]
                if not variants:
                    yield from _dependents(joined.product, joined.details)
                    yield _reject(joined.product, "variants", "all its variants were refused")
                    return
                continue
            self._notes.add(self._own)
            yield from self._folder.rejects
            yield item
            return

    def _document(self, joined: Joined, variants: Sequence[tuple[Entry, list[Entry]]]) -> dict[str, object]:
        ids = {row.id for row in joined.variants}
        own = [joined.product, *(each for each in joined.details if each.id not in ids)]
        below = [row for _, rows in variants for row in rows]
        every = [*own, *below]
        title, others = first_text(row.said.title for row in own)
        self._count("title of a product said twice, the first kept", others)
        offer = self._folder.offer(own)
        found: dict[str, object] = {
            "id": joined.product.id,
            "title": title,
            "mpn": first_text(row.said.mpn for row in own)[0],
            "gtin": union(row.said.gtin for row in own),
            "image_urls": union(row.said.image_urls for row in own),
            "category": self._paths(every),
            "keywords": union(row.said.keywords for row in every),
            "price": _price(offer),
            "stock": offer.stock,
            "availability": supply_to_json(offer.supply),
            "popularity": self._folder.popularity(every),
            "relations": _relations(every),
        }
        for name in _TEXT_FIELDS:
            text, others = first_text(getattr(row.said, name) for row in every)
            self._count(f"{name} of a product said twice, the first kept", others)
            found[name] = text or None
        split = levels(self._values(own), [self._values(rows) for _, rows in variants], self._knowledge.varying)
        self._count("attribute value of a product that all its variants overrule", split.overruled)
        found["attributes"] = _plain(split.product)
        found["variants"] = [
            self._variant(row, rows, values) for (row, rows), values in zip(variants, split.variants, strict=True)
        ]
        found["texts"] = self._texts(found, split.product, own, below)
        return found

    def _variant(self, row: Entry, rows: list[Entry], values: Mapping[str, object]) -> dict[str, object]:
        offer = self._folder.offer(rows)
        title, others = first_text(each.said.title for each in rows)
        self._count("title of a variant said twice, the first kept", others)
        return {
            "id": row.id,
            "title": title,
            "mpn": first_text(each.said.mpn for each in rows)[0],
            "gtin": union(each.said.gtin for each in rows),
            "image_urls": union(each.said.image_urls for each in rows),
            "attributes": _plain(values),
            "price": _price(offer),
            "stock": offer.stock,
            "availability": supply_to_json(offer.supply),
        }

    def _values(self, rows: Sequence[Entry]) -> _Values:
        found: _Values = {}
        for row in rows:
            for name, values in row.said.attributes.items():
                found.setdefault(name, []).extend(values)
            decimal = self._knowledge.decimals[row.part]
            for name, texts in row.said.loose.items():
                is_number = name in self._knowledge.numbers
                read = (read_number(text, decimal) if is_number else text for text in texts)
                found.setdefault(name, []).extend(value for value in read if value is not None)
        return {name: list(dict.fromkeys(values)) for name, values in found.items()}

    def _paths(self, rows: Sequence[Entry], locale: str | None = None) -> list[str]:
        keys = union(row.said.category_keys for row in rows)
        paths = [path for key in keys if (path := self._knowledge.tree.path(key, locale))]
        return union([*(row.said.category for row in rows), paths])

    def _texts(
        self, found: Mapping[str, object], values: Mapping[str, object], own: Sequence[Entry], below: Sequence[Entry]
    ) -> dict[str, object]:
        every = [*own, *below]
        texts: dict[str, object] = {}
        locales = {locale for row in every for locale in (*row.said.texts, *row.said.attribute_texts)}
        for locale in sorted(locales | self._knowledge.tree.locales):
            said: dict[str, object] = {}
            for name, rows in (("title", own), ("description", every)):
                text, _ = first_text(next(iter(row.said.texts.get(locale, {}).get(name, ())), "") for row in rows)
                if text and text != found[name]:
                    said[name] = text
                elif text:
                    self._repeats(locale)
            keywords = union(row.said.texts.get(locale, {}).get("keywords", ()) for row in every)
            lists = {"keywords": keywords, "category": self._paths(every, locale)}
            said |= {name: several for name, several in lists.items() if several and several != found[name]}
            lost = sum("title" in row.said.texts.get(locale, {}) for row in below)
            self._count(f"title of a variant in {locale}, which has no place", lost)
            if attributes := self._attribute_texts(locale, values, every):
                said["attributes"] = attributes
            if said:
                texts[locale] = said
        return texts

    def _attribute_texts(self, locale: str, values: Mapping[str, object], rows: Sequence[Entry]) -> dict[str, object]:
        found: dict[str, list[str]] = {}
        for row in rows:
            for name, texts in row.said.attribute_texts.get(locale, {}).items():
                if name in values:
                    found.setdefault(name, []).extend(texts)
                else:
                    self._count(f"attribute value of a variant in {locale}, which has no place", 1)
        return _plain({name: list(dict.fromkeys(texts)) for name, texts in found.items()})

    def _repeats(self, locale: str) -> None:
        self._own.skipped[REPEATED.format(locale)] += 1

    def _count(self, reason: str, number: int) -> None:
        if number:
            self._own.warnings[reason] += number


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    """Return single values bare."""
    return {name: each[0] if isinstance(each, list) and len(each) == 1 else each for name, each in values.items()}


def _price(offer: Offer) -> dict[str, object]:
    tiers = [{"min_quantity": tier.min_quantity, "net": str(tier.net)} for tier in offer.tiers]
    return {"net": None if offer.net is None else str(offer.net), "tiers": tiers}


def _relations(rows: Sequence[Entry]) -> list[dict[str, str]]:
    pairs = dict.fromkeys((kind, target) for row in rows for kind, target in row.said.relations)
    return [{"type": kind, "id": target} for kind, target in pairs]


def _refused_variants(error: InvalidProduct) -> dict[int, tuple[str, str]] | None:
    """Return what is wrong with variants by their place, the first fault of each; None if other fields are at fault."""
    found: dict[int, tuple[str, str]] = {}
    for pointer, message in error.problems:
        steps = pointer.split("/")
        if len(steps) < 4 or steps[1] != "variants":
            return None
        found.setdefault(int(steps[2]), ("/".join(steps[3:]), message))
    return found


def _refused(joined: Joined, error: InvalidProduct) -> Iterator[Reject]:
    pointer, message = error.problems[0]
    yield _reject(joined.product, pointer.strip("/"), message)
    yield from _dependents(joined.product, [*joined.variants, *joined.details])


def _dependents(product: Entry, rows: Sequence[Entry]) -> Iterator[Reject]:
    for row in rows:
        yield _reject(row, "product", f"its product was refused: {product.file} line {product.line}")


def _reject(row: Entry, name: str, reason: str) -> Reject:
    return Reject(row.file, row.line, name, reason, row.id[:200])
