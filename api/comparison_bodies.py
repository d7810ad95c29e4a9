"""Bodies of comparisons."""

from typing import Annotated

from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from api.bodies import StrictBody

FEWEST, MOST = 2, 10
_Id = Annotated[str, Field(max_length=512)]
_Quantity = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
_EXAMPLE: JsonDict = {"ids": ["2101957", "3920564"], "quantities": {"2101957": 5}}


class ComparisonBody(StrictBody):
    """Two to ten products, each once, and how many of each the buyer wants (one, where nothing is said)."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, json_schema_extra={"examples": [_EXAMPLE]})

    ids: Annotated[list[_Id], Field(min_length=FEWEST, max_length=MOST, fail_fast=True)]
    quantities: Annotated[dict[str, _Quantity], Field(max_length=MOST)] = Field(default={})
    locale: str | None = Field(default=None, max_length=35)

    @field_validator("ids")
    @classmethod
    def _each_once(cls, ids: list[str]) -> list[str]:
        if len(set(ids)) < len(ids):
            raise PydanticCustomError("twice", "names a product twice")
        return ids

    @model_validator(mode="after")
    def _of_compared(self) -> "ComparisonBody":
        if not self.quantities.keys() <= set(self.ids):
            raise PydanticCustomError("not_compared", "quantities are of products that are not compared")
        return self
