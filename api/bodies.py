"""Request bodies, checked: what FastAPI reads and documents."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)

from commerce.documents import HIGHEST_PRICE
from engines.plan import Interval, Selection
from language.errors import InvalidFilter
from language.filters import LONGEST, Filter, filter_from_json, parse_filter
from ranking.request import Mode, SearchRequest

Value = StrictBool | StrictInt | StrictFloat | StrictStr


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


def _number(text: str) -> str:
    try:
        if Decimal(text).is_finite():
            return text
    except InvalidOperation:
        pass
    raise ValueError('a number such as "100" is needed')


Edge = StrictInt | StrictFloat | Annotated[StrictStr, AfterValidator(_number)]


class RangeBody(_Body):
    """A range ``gte <= x < lt``; a missing end is open."""

    gte: Edge | None = None
    lt: Edge | None = None

    def interval(self) -> Interval:
        """Return the range as numbers."""
        return Interval(None if self.gte is None else float(self.gte), None if self.lt is None else float(self.lt))


class FacetSearchBody(_Body):
    """Looks inside one facet's values."""

    field: str = Field(max_length=600)
    prefix: str = Field(default="", max_length=200)


class SearchBody(_Body):
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
    cursor: str | None = Field(default=None, max_length=500)
    filter: Annotated[str, Field(max_length=LONGEST)] | dict[str, Any] | None = None
    facet_filters: dict[str, list[Value | RangeBody]] = Field(default={}, max_length=50)
    facets: Literal["auto"] | Annotated[list[str], Field(max_length=50)] = "auto"
    facet_limit: int = Field(default=20, ge=1, le=1_000, strict=True)
    facet_search: FacetSearchBody | None = None
    sort: str = Field(default="relevance", max_length=600)
    locale: str | None = Field(default=None, max_length=35)
    mode: Mode = "hybrid"
    personalize: StrictBool = True
    explain: StrictBool = False
    fields: Annotated[list[str], Field(max_length=50)] | None = None
    session_id: str | None = Field(default=None, max_length=200)
    client_id: str | None = Field(default=None, max_length=200)

    def request(self) -> SearchRequest:
        """Return the typed request. Raises InvalidFilter."""
        search = self.facet_search
        return SearchRequest(
            query=self.query,
            page=self.page,
            page_size=self.page_size,
            cursor=self.cursor,
            filter=_filter(self.filter),
            selections=tuple(_selection(field, chosen) for field, chosen in self.facet_filters.items() if chosen),
            facets=None if self.facets == "auto" else tuple(dict.fromkeys(self.facets)),
            facet_limit=self.facet_limit,
            facet_search=(search.field, search.prefix) if search else None,
            sort=self.sort,
            locale=self.locale,
            mode=self.mode,
            personalize=self.personalize,
            explain=self.explain,
        )


class BatchBody(_Body):
    """Up to twenty searches in one request, answered in their order."""

    requests: list[SearchBody] = Field(min_length=1, max_length=20)


class OfferBody(_Body):
    """A new price or stock; a member that is left out stays as it is, null removes it."""

    product_id: str = Field(min_length=1, max_length=512)
    net: Annotated[Decimal, Field(ge=0, le=HIGHEST_PRICE, decimal_places=6)] | None = None
    stock: Annotated[int, Field(ge=0, le=10**12, strict=True)] | None = None
    location: None = Field(default=None, description="Stock by location is not kept: leave it out or null")


def _filter(given: str | dict[str, Any] | None) -> Filter | None:
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
