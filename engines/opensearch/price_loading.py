"""Brings price lists into an index: what each article costs in each list, and the points of what can be bought.

A sheet is a document for each article (a product or a variant), with its rows in every list that prices it; articles
need not be there yet. What answers show of a hit comes from its sheets. Conditions, order and counts are about the
points of a unit, which follow from the sheets of the variant and of its product, and are written with a product or,
where only lists change, into it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from commerce.pricing import PriceList
from engines.opensearch.conditions import any_of
from engines.opensearch.connection import Connection, Json
from engines.opensearch.documents import PRICE_SCALE
from engines.opensearch.loading import Action, Loader, index_action
from engines.opensearch.naming import RESERVED, product_key, sheet_key
from engines.opensearch.price_book import ON_REQUEST, PriceBook, Retired, StoredList, list_to_json
from language.errors import VitrineError

_T = TypeVar("_T")
Ints = NDArray[np.int64]
Rows = list[int]
"""A list's rows for one article: quantity, price in millionths, the next quantity …, quantities ascending."""
_TOGETHER = 1_000
_LAST_POINT = 2**53
"""Aggregations have numbers as doubles."""
_STEPS = (1_000_000, 100_000, 10_000, 1_000, 100, 10, 1)
_MOST_GONE = 200
_SET_ROWS = """
Map rows = ctx._source.control.rows;
for (String number : params.gone) { rows.remove(number); }
rows.putAll(params.rows);
"""
_SET_POINTS = """
for (unit in ctx._source.units) {
  List points = new ArrayList();
  for (def point : unit.points) {
    boolean kept = true;
    for (def span : params.gone) { if (point >= span[0] && point < span[1]) { kept = false; break; } }
    if (kept) { points.add(point); }
  }
  def added = params.points[unit.id];
  if (added != null) { points.addAll(added); }
  unit.points = points;
}
"""
"""Constant, so that they are compiled once and no text of a list can ever be part of them."""


class NoPointsLeft(VitrineError):
    """The numbers in which prices are kept are used up."""

    code = "no_points_left"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A list that the next commit puts in place, its rows as arrays: numbers of articles, quantities, millionths."""

    prices: PriceList
    articles: Ints
    quantities: Ints
    nets: Ints


class PriceLoader:
    """The lists that the next commit of a version replaces or removes."""

    def __init__(self, connection: Connection, index: str, loader: Loader) -> None:
        self._connection = connection
        self._index = index
        self._loader = loader
        self._waiting: dict[str, _Waiting | None] = {}
        self._articles: dict[str, int] = {}
        self._known: tuple[PriceBook, dict[str, StoredList]] | None = None

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def put(self, prices: PriceList) -> None:
        """Take a list in place of whatever had its id."""
        numbers = self._articles
        rows = prices.rows
        self._waiting[prices.id] = _Waiting(
            replace(prices, rows=()),
            np.array([numbers.setdefault(row.article_id, len(numbers)) for row in rows], dtype=np.int64),
            np.array([row.min_quantity for row in rows], dtype=np.int64),
            np.array([ON_REQUEST if row.net is None else int(row.net * PRICE_SCALE) for row in rows], dtype=np.int64),
        )

    def delete(self, identity: str) -> None:
        """Remove a list."""
        self._waiting[identity] = None

    def send(self, before: PriceBook, *, varied: bool) -> PriceBook:
        """Send what waits and return the book that names it; the one ``before`` stays readable.

        Products of this batch must be in the index already. Raises NoPointsLeft.
        """
        if not self._waiting:
            return before
        lists = dict(before.lists)
        retired = list(before.retired)
        reserved = self._reserved()
        number = max(before.next_number, reserved["number"])
        point = max(before.next_point, reserved["point"])
        made: list[tuple[StoredList, _Waiting]] = []
        for identity, waiting in self._waiting.items():
            if (old := before.get(identity)) is not None:
                retired.append(Retired(old.number, old.first, old.end, old.rows))
            lists.pop(identity, None)
            if waiting is None:
                continue
            stored = _stored(waiting, number, point)
            number, point = number + 1, stored.end
            lists[identity] = list_to_json(stored)
            made.append((stored, waiting))
        if point > _LAST_POINT:
            raise NoPointsLeft("the price lists of this version were written too often: index the catalogue anew")
        # Numbers of an attempt that fails are never used again: something of it may be left.
        self._loader.send([index_action(RESERVED, {"control": {"number": number, "point": point}})])
        self._loader.finish()
        self._send_rows(made, before.retired[-_MOST_GONE:], varied=varied)
        self._loader.finish()
        return PriceBook(lists, number, point, tuple(retired))

    def clear(self) -> None:
        """Forget what waited: it was committed."""
        self._waiting.clear()
        self._articles.clear()

    def points_of(self, book: PriceBook, products: Mapping[str, Sequence[str]]) -> dict[str, dict[str, list[int]]]:
        """Return the points of units, by product and unit; ``products`` are the ids of their variants, none where a
        product is its own unit, which is then named ''."""
        if not book.lists:
            return {}
        articles = list(dict.fromkeys(each for product, units in products.items() for each in (product, *units)))
        live = self._live(book)
        sheets: dict[str, dict[str, Rows]] = {}
        for chunk in _chunks(articles, _TOGETHER):
            answer = self._get([sheet_key(article) for article in chunk], "control.rows")
            for article, sheet in zip(chunk, answer, strict=True):
                if sheet.get("found"):
                    sheets[article] = {
                        number: rows for number, rows in sheet["_source"]["control"]["rows"].items() if number in live
                    }
        found = {}
        for product, units in products.items():
            shared = sheets.get(product, {})
            of_units = {unit: {**shared, **sheets.get(unit, {})} for unit in units} or {"": shared}
            found[product] = {unit: _points(rows, live) for unit, rows in of_units.items()}
        return found

    def _live(self, book: PriceBook) -> Mapping[str, StoredList]:
        """Return the lists of a book by their numbers."""
        if self._known is None or self._known[0] is not book:
            self._known = (book, {str(each.number): each for each in book.stored()})
        return self._known[1]

    def _reserved(self) -> Json:
        [answer] = self._get([RESERVED], "control")
        found: Json = answer["_source"]["control"] if answer.get("found") else {"number": 0, "point": 0}
        return found

    def _send_rows(self, made: Sequence[tuple[StoredList, _Waiting]], gone: Sequence[Retired], *, varied: bool) -> None:
        numbers = [str(each.number) for each in gone]
        spans = [[each.first, each.end] for each in gone]
        names = list(self._articles)
        live = {str(stored.number): stored for stored, _ in made}
        sheets = _by_article(made)
        for chunk in _chunks(sheets, _TOGETHER):
            rows_of = {names[article]: rows for article, rows in chunk}
            self._loader.send(_sheet_action(article, rows, numbers) for article, rows in rows_of.items())
            if not varied:
                points = {article: {"": _points(rows, live)} for article, rows in rows_of.items()}
                self._loader.send(_points_action(product, each, spans) for product, each in points.items())
        if varied:
            self._send_points(made, spans)

    def _send_points(self, made: Sequence[tuple[StoredList, _Waiting]], gone: Sequence[Sequence[int]]) -> None:
        """Send the points of products with variants, whose prices are those of the product where they have none."""
        names = list(self._articles)
        live = {str(stored.number): stored for stored, _ in made}
        rows_of = {names[article]: rows for article, rows in _by_article(made)}
        self._connection.patiently("POST", f"/{self._index}/_refresh")
        seen: set[str] = set()
        for chunk in _chunks(rows_of, _TOGETHER):
            units_of = {key: each for key, each in self._units(chunk).items() if key not in seen}
            seen.update(units_of)
            for product, units in units_of.items():
                shared = rows_of.get(product, {})
                points = {unit: _points({**shared, **(rows_of.get(unit, {}) if unit else {})}, live) for unit in units}
                self._loader.send([_points_action(product, points, gone)])

    def _units(self, articles: Sequence[str]) -> dict[str, list[str]]:
        """Return the units of the products that are among the articles or have a variant among them."""
        found: dict[str, list[str]] = {}
        keys = [product_key(article) for article in articles]
        of_variants = {"nested": {"path": "units", "query": {"terms": {"units.id": list(articles)}}}}
        either = any_of([{"ids": {"values": keys}}, of_variants])
        query = {"bool": {"filter": [{"exists": {"field": "row"}}, either]}}
        body: dict[str, object] = {"query": query, "size": _TOGETHER, "sort": [{"row": "asc"}]}
        body["_source"] = ["stored.id", "units.id"]
        while True:
            answer = self._connection.patiently("POST", f"/{self._index}/_search", body)
            hits = answer["hits"]["hits"]
            for hit in hits:
                source = hit["_source"]
                found[source["stored"]["id"]] = [unit["id"] for unit in source["units"]]
            if len(hits) < _TOGETHER:
                return found
            body["search_after"] = hits[-1]["sort"]

    def _get(self, keys: Sequence[str], source: str) -> list[Json]:
        path = f"/{self._index}/_mget"
        found: list[Json] = self._connection.patiently("POST", path, {"ids": keys}, params={"_source": source})["docs"]
        return found


def _stored(waiting: _Waiting, number: int, point: int) -> StoredList:
    prices, nets = waiting.prices, waiting.nets
    step = next(each for each in _STEPS if not np.any(nets[nets != ON_REQUEST] % each))
    end = point + 2 + int(nets.max(initial=0)) // step
    return StoredList(
        id=prices.id,
        number=number,
        first=point,
        end=end,
        step=step,
        rows=len(nets),
        currency=prices.currency,
        rules=prices.rules,
        valid_from=prices.valid_from,
        valid_until=prices.valid_until,
    )


def _by_article(made: Sequence[tuple[StoredList, _Waiting]]) -> Iterator[tuple[int, dict[str, Rows]]]:
    """Yield each article with its rows by the number of their list."""
    if not made:
        return
    articles = np.concatenate([waiting.articles for _, waiting in made])
    quantities = np.concatenate([waiting.quantities for _, waiting in made])
    nets = np.concatenate([waiting.nets for _, waiting in made])
    numbers = np.repeat([stored.number for stored, _ in made], [stored.rows for stored, _ in made])
    order = np.lexsort((quantities, numbers, articles))
    articles = articles[order]
    ends = np.append(np.flatnonzero(articles[1:] != articles[:-1]) + 1, len(articles)).tolist() if len(articles) else []
    begin = 0
    for end in ends:
        here = order[begin:end]
        rows: dict[str, Rows] = {}
        for number, quantity, net in zip(
            numbers[here].tolist(), quantities[here].tolist(), nets[here].tolist(), strict=True
        ):
            rows.setdefault(str(number), []).extend((quantity, net))
        yield int(articles[begin]), rows
        begin = end


def _points(rows: Mapping[str, Rows], lists: Mapping[str, StoredList]) -> list[int]:
    """Return the points of the rows that hold from the first piece on."""
    return [lists[number].point(pairs[1]) for number, pairs in rows.items() if pairs[0] <= 1]


def _sheet_action(article: str, rows: Mapping[str, Rows], gone: Sequence[str]) -> Action:
    script = {"lang": "painless", "source": _SET_ROWS, "params": {"rows": rows, "gone": gone}}
    new = {"control": {"rows": rows}}
    return Action("update", sheet_key(article), orjson.dumps({"script": script, "upsert": new}))


def _points_action(product: str, points: Mapping[str, Sequence[int]], gone: Sequence[Sequence[int]]) -> Action:
    script = {"lang": "painless", "source": _SET_POINTS, "params": {"points": points, "gone": gone}}
    return Action("update", product_key(product), orjson.dumps({"script": script}))


def _chunks(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    following = iter(values)
    while chunk := list(islice(following, size)):
        yield chunk
