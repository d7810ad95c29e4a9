"""The mapping file: which column of a shop's export is what. TOML, so that a person can write it."""

import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from commerce.errors import MappingError
from commerce.readers.event_rules import EventRows
from commerce.readers.list_rules import AssortmentRows, PriceListRows
from commerce.readers.order_rules import OrderRows
from commerce.readers.part_rules import AnyPart, ArticlePart, CategoriesPart, with_kinds
from commerce.readers.rules import AttributeKind, Condition, LocaleName, Match, Rule, SourceRule, Strict


class CatalogRule(Strict):
    """The catalogue that the file describes."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    locale: LocaleName = "en"


class ProductRule(Strict):
    """The product's fields."""

    id: Rule
    title: Rule
    description: Rule | None = None
    brand: Rule | None = None
    mpn: Rule | None = None
    gtin: Rule | None = None
    category: Rule | None = None
    image_urls: Rule | None = None
    released: Rule | None = None


class OfferRule(Strict):
    """Price, stock (of a row's location, if it names one), popularity, and what the product costs the shop."""

    net: Rule | None = None
    cost: Rule | None = None
    stock: Rule | None = None
    location: Rule | None = None
    lead_time_days: Rule | None = None
    next_delivery: Rule | None = None
    next_quantity: Rule | None = None
    popularity: Rule | None = None


class Limits(Strict):
    """A load with a larger share of rejected rows keeps nothing."""

    max_reject_share: float = Field(default=0.05, ge=0, le=1)


class Mapping(Strict):
    """One mapping file: either for files of products, or for an export in ``parts``.

    ``attributes`` maps a column, or a pattern with one ``*``, to a kind; what the star stands for is the name.
    ``delete`` marks rows as removals of their product. ``price_lists``, ``assortments``, ``orders`` and ``events`` are
    for files of their own, beside those of products or alone in a mapping.
    """

    catalog: CatalogRule
    source: SourceRule = SourceRule()
    where: tuple[Condition, ...] = ()
    delete: Match | None = None
    product: ProductRule | None = None
    offer: OfferRule = OfferRule()
    attributes: dict[str, AttributeKind] = Field(default={})
    parts: Annotated[dict[str, AnyPart], BeforeValidator(with_kinds)] = Field(default={})
    price_lists: PriceListRows | None = None
    assortments: AssortmentRows | None = None
    orders: OrderRows | None = None
    events: EventRows | None = None
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _one_form(self) -> "Mapping":
        if not self.parts:
            if self.product is None and not (self.price_lists or self.assortments or self.orders or self.events):
                raise ValueError("product: is needed, or parts for an export in several files")
            return self
        alone = {"product", "offer", "attributes", "where", "delete"} & self.model_fields_set
        if alone:
            raise ValueError(f"{', '.join(sorted(alone))}: with parts this stands in the parts, as parts.NAME.…")
        articles = {name: part for name, part in self.parts.items() if isinstance(part, ArticlePart)}
        if not any(part.holds == "products" for part in articles.values()):
            raise ValueError('parts: one must hold "products"')
        has_tree = any(isinstance(part, CategoriesPart) for part in self.parts.values())
        for name, part in self.parts.items():
            if part.source and part.source.group_by:
                raise ValueError(f"parts.{name}.source.group_by: details of one id are folded by reduce alone")
            own = {locale for each in getattr(part, "pairs", ()) for locale in each.texts}
            if self.catalog.locale in own | set(getattr(part, "texts", {})):
                raise ValueError(f"parts.{name}: texts are for other locales than the catalogue's")
        for name, part in articles.items():
            if part.category_keys and not has_tree:
                raise ValueError(f'parts.{name}.category_keys: needs a part that holds "categories"')
        return self


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file. Raises MappingError naming the file, the key and the mend."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MappingError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(f"{path}: is not TOML: {error}") from error
    try:
        return Mapping.model_validate(content)
    except (ValidationError, re.error) as error:
        raise MappingError(f"{path}: {_explain(error)}") from error


def _explain(error: ValidationError | re.error) -> str:
    if isinstance(error, re.error):
        return f"a pattern is broken: {error}"
    return "; ".join(f"{_place(each['loc'])}: {_phrase(each['type'], each['msg'])}" for each in error.errors())


def _phrase(kind: str, message: str) -> str:
    """Return what is wrong in the words of a mapping file, not in those of the library that checks it."""
    if kind == "missing":
        return "is needed"
    if kind == "extra_forbidden":
        return "is no key that is known here"
    own = message.removeprefix("Value error, ")
    return own.replace("Input should be", "must be").replace("String should", "must").partition(", unable to parse")[0]


def _place(steps: tuple[int | str, ...]) -> str:
    if steps[:1] == ("parts",):
        # Behind a part's name stands what it holds, which is no key of the file.
        steps = steps[:2] + steps[3:]
    return ".".join(str(step) for step in steps) or "file"
