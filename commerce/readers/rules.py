"""The rules that a mapping file is made of: where a value comes from, which rows count, how a file is written."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from language.locales import canonical_locale

Reducer = Literal["first", "last", "most_frequent", "median_positive", "count_distinct", "sum"]
AttributeKind = Literal["text", "number", "boolean"]
LocaleName = Annotated[str, AfterValidator(canonical_locale)]
"""A locale, written as BCP 47 does whatever the file's spelling."""


class Strict(BaseModel):
    """A table of the mapping file that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _column_only(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


def _compile(value: object) -> object:
    return re.compile(value) if isinstance(value, str) else value


Pattern = Annotated[re.Pattern[str], BeforeValidator(_compile)]


class FieldRule(Strict):
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


class SourceRule(Strict):
    """How the file is written. CSV only: ``delimiter`` and ``decimal`` (the decimal sign).

    ``sequence`` is one line a user, ``user item item …``; no file's name tells it.
    """

    format: Literal["csv", "jsonl", "parquet", "sequence"] | None = None
    encoding: str = "utf-8-sig"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    group_by: str | None = None


class Match(Strict):
    """Rows whose ``column`` matches."""

    column: str
    matches: Pattern


class Condition(Match):
    """Rows whose ``column`` does not match are left out and counted under ``reason``; they are not errors."""

    reason: str
