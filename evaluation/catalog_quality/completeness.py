"""What products lack: titles, prices, pictures, categories, brands, GTINs, part numbers, descriptions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from commerce.product import CatalogItem
from evaluation.catalog_quality.sketches import Sample

Part = Literal["title", "price", "picture", "category", "brand", "gtin", "mpn", "description"]
PARTS: tuple[Part, ...] = get_args(Part)
_SAMPLE = 10
_WORST = 10


@dataclass(frozen=True, slots=True)
class GroupLack:
    """How many ``products`` of a brand or type there are, and how many of them lack a part."""

    name: str
    products: int
    lacking: int

    @property
    def share(self) -> float:
        """The share that lacks it, 0 to 1."""
        return self.lacking / self.products


@dataclass(frozen=True, slots=True)
class Lack:
    """How many products lack a part, which brands and types lack it most often, and some ids of such products."""

    part: Part
    products: int
    share: float
    brands: tuple[GroupLack, ...]
    types: tuple[GroupLack, ...]
    sample: tuple[str, ...]


def lacking(item: CatalogItem) -> tuple[Part, ...]:
    """Return the parts that a product lacks.

    A product with variants lacks a price, a picture, a GTIN or a part number if one of its variants has none;
    pictures, GTINs and part numbers of the product count for its variants.
    """
    product = item.product
    variants = product.variants
    given: dict[Part, bool] = {
        "title": bool(product.title.strip()),
        "price": all(offer.net is not None for _, offer in item.offers()),
        "picture": bool(product.image_urls) or (bool(variants) and all(each.image_urls for each in variants)),
        "category": bool(product.category),
        "brand": bool(product.brand),
        "gtin": bool(product.gtin) or (bool(variants) and all(each.gtin for each in variants)),
        "mpn": bool(product.mpn) or (bool(variants) and all(each.mpn for each in variants)),
        "description": bool(product.description.strip()),
    }
    return tuple(part for part in PARTS if not given[part])


class CompletenessCounter:
    """Counts what products lack, one product at a time. Memory grows with brands and types."""

    def __init__(self) -> None:
        self._products = 0
        self._lacks: Counter[Part] = Counter()
        self._brands: Counter[str] = Counter()
        self._types: Counter[str] = Counter()
        self._by_brand: Counter[tuple[Part, str]] = Counter()
        self._by_type: Counter[tuple[Part, str]] = Counter()
        self._samples = {part: Sample[str](_SAMPLE) for part in PARTS}

    def add(self, item: CatalogItem, type_name: str | None, rank: int) -> None:
        """Count one product; ``rank`` is the stable hash of its id."""
        product = item.product
        self._products += 1
        if product.brand:
            self._brands[product.brand] += 1
        if type_name:
            self._types[type_name] += 1
        for part in lacking(item):
            self._lacks[part] += 1
            self._samples[part].add(rank, product.id, product.id)
            if product.brand:
                self._by_brand[part, product.brand] += 1
            if type_name:
                self._by_type[part, type_name] += 1

    def result(self) -> tuple[Lack, ...]:
        """Return one entry a part, also for parts that no product lacks."""
        return tuple(
            Lack(
                part=part,
                products=self._lacks[part],
                share=self._lacks[part] / self._products if self._products else 0.0,
                brands=_worst(part, self._by_brand, self._brands),
                types=_worst(part, self._by_type, self._types),
                sample=tuple(self._samples[part].things()),
            )
            for part in PARTS
        )


def _worst(part: Part, lacks: Mapping[tuple[Part, str], int], products: Mapping[str, int]) -> tuple[GroupLack, ...]:
    groups = [GroupLack(name, products[name], count) for (of, name), count in lacks.items() if of == part]
    return tuple(sorted(groups, key=lambda group: (-group.lacking, group.name))[:_WORST])
