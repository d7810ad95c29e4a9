"""The body of a map."""

from pydantic import ConfigDict, Field

from api.bodies import NarrowedBody


class MapBody(NarrowedBody):
    """Which products to show on the map; all of the buyer's without a filter."""

    model_config = ConfigDict(
        extra="forbid",
        allow_inf_nan=False,
        json_schema_extra={"examples": [{"filter": "price < 800", "facet_filters": {"brand": ["HP", "Lenovo"]}}]},
    )

    locale: str | None = Field(default=None, max_length=35)
