"""The parts of a mapping file for exports in several files: what a row of each says, and about which article.

Parts of articles: a row of ``products`` is one product, a row of ``variants`` one variant of the product that
its ``product`` names, and a row of ``details`` adds to the product or variant that its ``id`` names: prices,
stock, images, relations, categories, attributes, texts. Parts of what articles refer to: ``categories`` is a tree by
parent keys, ``attribute_keys`` says which attributes variants choose between.
"""

from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from commerce.readers.rules import AttributeKind, Condition, FieldRule, LocaleName, Match, Rule, SourceRule, Strict

KINDS = ("products", "variants", "details", "categories", "attribute_keys")
_PACKED = (".zst", ".gz")


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class PairRule(Strict):
    """Attributes as pairs of columns, one with the name and one with the value; ``#`` stands for the pair's number.

    ``texts`` are the columns of the value in other locales. ``kind`` "auto" reads numbers where all values
    of the attribute in the whole load are numbers, else text.
    """

    key: str
    value: str
    kind: AttributeKind | Literal["auto"] = "auto"
    texts: dict[LocaleName, str] = Field(default={})

    @model_validator(mode="after")
    def _all_numbered(self) -> "PairRule":
        names = (self.key, self.value, *self.texts.values())
        if len({name.count("#") for name in names}) > 1 or self.key.count("#") > 1:
            raise ValueError("write one # in each of the columns, or in none")
        return self


class TextsRule(Strict):
    """What an article is called in another locale than the catalogue's."""

    title: Rule | None = None
    description: Rule | None = None
    keywords: Rule | None = None


class RelationRule(Strict):
    """Other products that this one is related to; ``type`` is the relation's, often a constant."""

    type: Rule
    id: Rule


class Part(Strict):
    """Files of one shape. ``files`` are patterns of file names, without what compression adds to them."""

    files: Annotated[tuple[str, ...], BeforeValidator(_several)] = Field(min_length=1)
    source: SourceRule | None = None
    where: tuple[Condition, ...] = ()
    optional: bool = False

    def takes(self, name: str) -> bool:
        """Return whether a file of this name belongs to the part."""
        bare = next((name[: -len(packed)] for packed in _PACKED if name.endswith(packed)), name)
        return any(fnmatchcase(each, pattern) for each in (name, bare) for pattern in self.files)

    def rules(self) -> dict[str, FieldRule]:
        """Return the rules of the part by their keys in the file."""
        return dict(_rules("", self))

    def columns(self) -> dict[str, str]:
        """Return every column that the part names, with the key that names it."""
        found = {column: key for key, rule in self.rules().items() for column in rule.names()}
        found.update({condition.column: "where" for condition in self.where})
        return found


class ArticlePart(Part):
    """Rows about products or variants."""

    holds: Literal["products", "variants", "details"]
    id: Rule
    product: Rule | None = None
    title: Rule | None = None
    description: Rule | None = None
    brand: Rule | None = None
    mpn: Rule | None = None
    gtin: Rule | None = None
    category: Rule | None = None
    category_keys: Rule | None = None
    keywords: Rule | None = None
    image_urls: Rule | None = None
    released: Rule | None = None
    net: Rule | None = None
    min_quantity: Rule | None = None
    stock: Rule | None = None
    location: Rule | None = None
    lead_time_days: Rule | None = None
    next_delivery: Rule | None = None
    next_quantity: Rule | None = None
    popularity: Rule | None = None
    attributes: dict[str, AttributeKind | Literal["auto"]] = Field(default={})
    pairs: tuple[PairRule, ...] = ()
    texts: dict[LocaleName, TextsRule] = Field(default={})
    relations: tuple[RelationRule, ...] = ()
    delete: Match | None = None

    @model_validator(mode="after")
    def _fits(self) -> "ArticlePart":
        if (self.holds == "variants") != (self.product is not None):
            raise ValueError("product: parts of variants, and only they, name the column with the product's id")
        if self.min_quantity and not self.net:
            raise ValueError("min_quantity: is of no use without net")
        if self.delete and self.holds == "details":
            raise ValueError("delete: marks products or variants, not details")
        return self

    def columns(self) -> dict[str, str]:
        """Return every column that the part names but those that patterns stand for."""
        found = super().columns()
        found.update({name: "attributes" for name in self.attributes if "*" not in name})
        for pair in self.pairs:
            found.update({name: "pairs" for name in (pair.key, pair.value, *pair.texts.values()) if "#" not in name})
        if self.delete:
            found[self.delete.column] = "delete"
        return found


class CategoriesPart(Part):
    """Rows of a category tree; ``hidden`` are categories that paths do not show, such as the shop's root."""

    holds: Literal["categories"]
    id: Rule
    parent: Rule
    name: Rule
    texts: dict[LocaleName, Rule] = Field(default={})
    hidden: Match | None = None


class AttributeKeysPart(Part):
    """Rows about attributes; those whose ``varies`` is true always belong to the variants."""

    holds: Literal["attribute_keys"]
    name: Rule
    varies: Rule


AnyPart = Annotated[ArticlePart | CategoriesPart | AttributeKeysPart, Field(discriminator="holds")]


def with_kinds(parts: object) -> object:
    """Let a part whose name is a kind of part hold that. Raises ValueError for other parts that do not say."""
    if not isinstance(parts, dict):
        return parts
    found = {}
    for name, part in parts.items():
        if isinstance(part, dict) and "holds" not in part:
            if name not in KINDS:
                raise ValueError(f"{name}.holds: say what its rows are: one of {', '.join(KINDS)}")
            part = {"holds": name, **part}
        found[name] = part
    return found


def _rules(at: str, value: Any) -> list[tuple[str, FieldRule]]:
    if isinstance(value, FieldRule):
        return [(at, value)]
    if isinstance(value, Strict):
        below = [(name, getattr(value, name)) for name in type(value).model_fields]
    elif isinstance(value, dict):
        below = list(value.items())
    elif isinstance(value, tuple):
        below = [(str(number), each) for number, each in enumerate(value)]
    else:
        return []
    return [found for name, each in below for found in _rules(f"{at}.{name}".strip("."), each)]
