"""The mapping file: which column of a shop's export is what. TOML, so that a person can write it."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from commerce.errors import MappingError

Reducer = Literal["first", "last", "most_frequent", "median_positive", "count_distinct"]
AttributeKind = Literal["text", "number", "boolean"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _column_only(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


def _compile(value: object) -> object:
    return re.compile(value) if isinstance(value, str) else value


Pattern = Annotated[re.Pattern[str], BeforeValidator(_compile)]


class FieldRule(_Strict):
    """Where one product field comes from. A bare text in the file stands for ``{column = …}``.

    ``split`` cuts a text into a list, ``divide`` divides a number (100 for cents), ``reduce`` folds the rows
    of a group into one value, of which only those that match ``matches`` count.
    """

    column: str | None = None
    columns: tuple[str, ...] = ()
    constant: str | None = None
    split: str | None = None
    divide: int = Field(default=1, gt=0)
    reduce: Reducer = "first"
    matches: Pattern | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "FieldRule":
        if (self.column is not None) + bool(self.columns) + (self.constant is not None) != 1:
            raise ValueError("give one of column, columns or constant")
        return self

    def names(self) -> tuple[str, ...]:
        """Return the columns that the rule reads."""
        return self.columns or ((self.column,) if self.column is not None else ())


Rule = Annotated[FieldRule, BeforeValidator(_column_only)]


class CatalogRule(_Strict):
    """The catalogue that the file describes."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    locale: str = "en"


class SourceRule(_Strict):
    """How the file is written. CSV only: ``delimiter`` and ``decimal`` (the decimal sign)."""

    format: Literal["csv", "jsonl", "parquet"] | None = None
    encoding: str = "utf-8-sig"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    group_by: str | None = None


class Condition(_Strict):
    """Rows whose ``column`` does not match are left out and counted under ``reason``; they are not errors."""

    column: str
    matches: Pattern
    reason: str


class ProductRule(_Strict):
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


class OfferRule(_Strict):
    """Price, stock and how often the product is chosen."""

    net: Rule | None = None
    stock: Rule | None = None
    popularity: Rule | None = None


class Limits(_Strict):
    """A load with a larger share of rejected rows keeps nothing."""

    max_reject_share: float = Field(default=0.05, ge=0, le=1)


class Mapping(_Strict):
    """One mapping file. ``attributes`` maps a column, or a pattern with one ``*``, to a kind; what the star
    stands for is the name."""

    catalog: CatalogRule
    source: SourceRule = SourceRule()
    where: tuple[Condition, ...] = ()
    product: ProductRule
    offer: OfferRule = OfferRule()
    attributes: dict[str, AttributeKind] = {}
    limits: Limits = Limits()


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
    lines = [f"{'.'.join(str(step) for step in each['loc']) or 'file'}: {each['msg']}" for each in error.errors()]
    return "; ".join(lines)
