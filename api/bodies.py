"""Request bodies, checked: what FastAPI reads and documents."""

import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)
from pydantic_core import PydanticCustomError

from commerce.availability import FIRST_DAY, LAST_DAY, LONGEST_LEAD_TIME, Delivery
from commerce.merchandising import Device
from commerce.reading import HIGHEST_PRICE, LARGEST_STOCK, LONGEST_ID, clean_text
from commerce.records import UNSET, OfferChange
from engines.plan import Interval, Selection
from language.errors import InvalidFilter
from language.filters import LONGEST, Filter, filter_from_json, parse_filter
from ranking.request import Mode, SearchRequest

Value = StrictBool | StrictInt | StrictFloat | StrictStr
_MOST_MEMBERS = 100
_MOST_SELECTED_FIELDS = 50
_MOST_SELECTED_VALUES = 1_000
# Every text filter of the greatest length has a twin of at most this size: `a=1 OR` is five times as long in JSON.
_LARGEST_TWIN = 5 * LONGEST


class StrictBody(BaseModel):
    """A body that refuses members it does not know, and numbers that are none."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _has_few_members(cls, given: object) -> object:
        # A million unknown members would each become an error; reporting them would hold up everyone else.
        if isinstance(given, dict) and len(given) > _MOST_MEMBERS:
            raise PydanticCustomError("too_many_members", "has far more members than are known")
        return given


def _bounded_selections(given: object) -> object:
    # Checked before the values are: a value that fits no kind costs five errors.
    if isinstance(given, dict):
        if len(given) > _MOST_SELECTED_FIELDS:
            raise PydanticCustomError("too_long", "at most 50 fields can be selected in")
        if any(isinstance(each, list) and len(each) > _MOST_SELECTED_VALUES for each in given.values()):
            raise PydanticCustomError("too_long", "at most 1,000 values of a field can be selected")
    return given


def _bounded_twin(given: dict[str, Any]) -> dict[str, Any]:
    try:
        size = len(orjson.dumps(given))
    except orjson.JSONEncodeError:
        return given  # too deep to be written is too deep to be read, and reading says so better
    if size > _LARGEST_TWIN:
        raise PydanticCustomError("too_long", "a filter in JSON has at most 50,000 bytes")
    return given


def _day(given: object) -> datetime.date:
    try:
        return datetime.date.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        raise PydanticCustomError("not_a_day", "is not a day such as 2026-12-01") from None


FilterBody = Annotated[str, Field(max_length=LONGEST)] | Annotated[dict[str, Any], AfterValidator(_bounded_twin)] | None


def _number(text: str) -> str:
    try:
        if Decimal(text).is_finite():
            return text
    except InvalidOperation:
        pass
    raise ValueError('a number such as "100" is needed')


Edge = StrictInt | StrictFloat | Annotated[StrictStr, AfterValidator(_number)]


class RangeBody(StrictBody):
    """A range ``gte <= x < lt``; a missing end is open."""

    gte: Edge | None = None
    lt: Edge | None = None

    def interval(self) -> Interval:
        """Return the range as numbers."""
        return Interval(None if self.gte is None else float(self.gte), None if self.lt is None else float(self.lt))


class FacetSearchBody(StrictBody):
    """Looks inside one facet's values."""

    field: str = Field(max_length=600)
    prefix: str = Field(default="", max_length=200)


class NarrowedBody(StrictBody):
    """What narrows a catalogue down: a filter, and values ticked in facets."""

    filter: FilterBody = None
    facet_filters: Annotated[
        dict[str, Annotated[list[Value | RangeBody], Field(fail_fast=True)]], BeforeValidator(_bounded_selections)
    ] = {}

    def selections(self) -> tuple[Selection, ...]:
        """Return what is ticked."""
        return tuple(_selection(field, chosen) for field, chosen in self.facet_filters.items() if chosen)


class SearchBody(NarrowedBody):
    """One search; all fields are optional, an empty query browses."""

    model_config = ConfigDict(
        extra="forbid",
        allow_inf_nan=False,
        json_schema_extra={
            "examples": [
                {
                    "query": "hp notebook",
                    "page_size": 24,
                    "filter": "price < 800 AND attributes.display_diagonal >= 15",
                    "facet_filters": {"brand": ["HP", "Lenovo"], "price": [{"gte": "50", "lt": "500"}]},
                    "facets": "auto",
                    "sort": "relevance",
                }
            ]
        },
    )

    query: str = Field(default="", max_length=1_000)
    page: int = Field(default=1, ge=1, strict=True)
    page_size: int = Field(default=24, ge=1, le=100, strict=True)
    cursor: str | None = Field(default=None, max_length=100_000)
    facets: Literal["auto"] | Annotated[list[str], Field(max_length=50, fail_fast=True)] = "auto"
    facet_limit: int = Field(default=20, ge=1, le=1_000, strict=True)
    facet_search: FacetSearchBody | None = None
    sort: str = Field(default="relevance", max_length=600)
    locale: str | None = Field(default=None, max_length=35)
    mode: Mode = "hybrid"
    personalize: StrictBool = True
    explain: StrictBool = False
    fields: Annotated[list[str], Field(max_length=50, fail_fast=True)] | None = None
    session_id: str | None = Field(default=None, max_length=200)
    client_id: str | None = Field(default=None, max_length=200)
    device: Device | None = None

    def request(self) -> SearchRequest:
        """Return the typed request. Raises InvalidFilter."""
        search = self.facet_search
        return SearchRequest(
            query=self.query,
            page=self.page,
            page_size=self.page_size,
            cursor=self.cursor,
            filter=filter_of(self.filter),
            selections=self.selections(),
            facets=None if self.facets == "auto" else tuple(dict.fromkeys(self.facets)),
            facet_limit=self.facet_limit,
            facet_search=(search.field, search.prefix) if search else None,
            sort=self.sort,
            locale=self.locale,
            mode=self.mode,
            personalize=self.personalize,
            explain=self.explain,
            device=self.device,
        )


class BatchBody(StrictBody):
    """Up to twenty searches in one request, answered in their order."""

    requests: Annotated[list[SearchBody], Field(min_length=1, max_length=20, fail_fast=True)]


class DeliveryBody(StrictBody):
    """What comes in on a day."""

    date: Annotated[datetime.date, Field(ge=FIRST_DAY, le=LAST_DAY), BeforeValidator(_day)]
    quantity: Annotated[int, Field(ge=0, le=LARGEST_STOCK, strict=True)] | None = None

    def delivery(self) -> Delivery:
        """Return what comes in."""
        return Delivery(self.date, self.quantity)


class OfferBody(StrictBody):
    """A new price or stock; a member that is left out stays as it is, null removes it. With a ``location`` stock, lead
    time and next delivery are those of this location, else those of all together."""

    product_id: str = Field(min_length=1, max_length=512)
    net: Annotated[Decimal, Field(ge=0, le=HIGHEST_PRICE, decimal_places=6)] | None = None
    stock: Annotated[int, Field(ge=0, le=LARGEST_STOCK, strict=True)] | None = None
    location: Annotated[str, Field(min_length=1, max_length=LONGEST_ID, examples=["Berlin"])] | None = None
    lead_time_days: Annotated[int, Field(ge=0, le=LONGEST_LEAD_TIME, strict=True)] | None = None
    next_delivery: DeliveryBody | None = None

    def change(self) -> OfferChange:
        """Return what changes."""
        given = self.model_fields_set
        coming = None if self.next_delivery is None else self.next_delivery.delivery()
        return OfferChange(
            self.product_id,
            net=self.net if "net" in given else UNSET,
            stock=self.stock if "stock" in given else UNSET,
            location=None if self.location is None else clean_text(self.location) or None,
            lead_time_days=self.lead_time_days if "lead_time_days" in given else UNSET,
            next_delivery=coming if "next_delivery" in given else UNSET,
        )


def filter_of(given: str | dict[str, Any] | None) -> Filter | None:
    """Return the filter of a text or its twin in JSON. Raises InvalidFilter."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if not isinstance(given, str):
        return filter_from_json(given)
    try:
        return parse_filter(given)
    except InvalidFilter as error:
        error.pointer = "/filter"
        raise


def _selection(field: str, chosen: list[Value | RangeBody]) -> Selection:
    intervals = tuple(each.interval() for each in chosen if isinstance(each, RangeBody))
    values = tuple(
        float(each) if isinstance(each, int) and not isinstance(each, bool) else each
        for each in chosen
        if not isinstance(each, RangeBody)
    )
    return Selection(field, values, intervals)
