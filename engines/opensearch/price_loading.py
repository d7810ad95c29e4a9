"""Brings price lists into an index: what each article costs in each list, and the points of what can be bought.

A sheet is a document for each article (a product or a variant), with its rows in every list that prices it; articles
need not be there yet. What answers show of a hit comes from its sheets. Conditions, order and counts are about the
points of a unit, which follow from the sheets of the variant and of its product, and are written with a product or,
where only lists change, into it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from commerce.pricing import PriceList
from engines.opensearch.conditions import any_of
from engines.opensearch.connection import Connection, Json
from engines.opensearch.documents import PRICE_SCALE, Points
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
_MOST_RETIRED = 200
_SET_ROWS = """
Map rows = ctx._source.control.rows;
for (String number : params.gone) { rows.remove(number); }
rows.putAll(params.rows);
"""
_SET_POINTS = """
for (unit in ctx._source.units) {
  Map parts = unit.points;
  for (def part : params.gone.entrySet()) {
    if (!parts.containsKey(part.getKey())) { continue; }
    List spans = part.getValue();
    List points = new ArrayList();
    for (def point : parts[part.getKey()]) {
      boolean stays = true;
      for (def span : spans) { if (point >= span[0] && point < span[1]) { stays = false; } }
      if (stays) { points.add(point); }
    }
    parts[part.getKey()] = points;
  }
  Map added = params.points[unit.id];
  if (added == null) { continue; }
  for (def part : added.entrySet()) {
    List points = parts.computeIfAbsent(part.getKey(), key -> new ArrayList());
    points.addAll(part.getValue());
  }
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
    articles: NDArray[np.int32]
    quantities: Ints
    nets: Ints


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one commit writes: the ids of articles by their numbers, the lists with their rows and by number, what each
    of these lists was before it was last replaced, the lists removed last, and whether it is the version's first."""

    articles: Sequence[str]
    made: Sequence[tuple[StoredList, _Waiting]]
    lists: Mapping[str, StoredList]
    gone: Mapping[str, Retired]
    retired: tuple[Retired, ...]
    fresh: bool

    def rows(self) -> Iterator[tuple[str, dict[str, Rows]]]:
        """Yield each article with its rows by the number of their list."""
        if not self.made:
            return
        articles = np.concatenate([waiting.articles for _, waiting in self.made])
        quantities = np.concatenate([waiting.quantities for _, waiting in self.made])
        nets = np.concatenate([waiting.nets for _, waiting in self.made])
        numbers = np.repeat([stored.number for stored, _ in self.made], [stored.rows for stored, _ in self.made])
        order = np.lexsort((quantities, numbers, articles))
        found = articles[order]
        ends = np.append(np.flatnonzero(found[1:] != found[:-1]) + 1, len(found)).tolist() if len(found) else []
        for begin, end in pairwise([0, *ends]):
            here = order[begin:end]
            rows: dict[str, Rows] = {}
            columns = numbers[here].tolist(), quantities[here].tolist(), nets[here].tolist()
            for number, quantity, net in zip(*columns, strict=True):
                rows.setdefault(str(number), []).extend((quantity, net))
            yield self.articles[int(found[begin])], rows

    def sheet_action(self, article: str, rows: Mapping[str, Rows]) -> Action:
        """Return the action that brings an article's rows into its sheet."""
        if self.fresh:
            return index_action(sheet_key(article), {"control": {"rows": rows}})
        gone = [str(each.number) for each in self._gone(rows)]
        script = {"lang": "painless", "source": _SET_ROWS, "params": {"rows": rows, "gone": gone}}
        new = {"control": {"rows": rows}}
        return Action("update", sheet_key(article), orjson.dumps({"script": script, "upsert": new}))

    def points_action(self, product: str, rows_of: Mapping[str, Mapping[str, Rows]]) -> Action:
        """Return the action that brings the points of rows, by unit, into a product."""
        points = {unit: _points(rows, self.lists) for unit, rows in rows_of.items()}
        gone: dict[str, list[tuple[int, int]]] = {}
        for each in {each for rows in rows_of.values() for each in self._gone(rows)}:
            gone.setdefault(each.part, []).append((each.first, each.end))
        script = {"lang": "painless", "source": _SET_POINTS, "params": {"points": points, "gone": gone}}
        return Action("update", product_key(product), orjson.dumps({"script": script}))

    def _gone(self, numbers: Iterable[str]) -> Iterator[Retired]:
        yield from (self.gone[number] for number in numbers if number in self.gone)
        yield from self.retired


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
            np.array([numbers.setdefault(row.article_id, len(numbers)) for row in rows], dtype=np.int32),
            np.array([row.min_quantity for row in rows], dtype=np.int64),
            np.array([ON_REQUEST if row.net is None else int(row.net * PRICE_SCALE) for row in rows], dtype=np.int64),
        )

    def delete(self, identity: str) -> None:
        """Remove a list."""
        self._waiting[identity] = None

    def send(self, before: PriceBook, *, fresh: bool, stocked: bool, varied: bool) -> PriceBook:
        """Send what waits and return the book that names it; the one ``before`` stays readable.

        Products of this batch must be in the index already. ``fresh`` says that nothing was committed yet, ``stocked``
        that there are products. Raises NoPointsLeft.
        """
        if not self._waiting:
            return before
        lists = dict(before.lists)
        retired = list(before.retired)
        reserved = self._reserved()
        number = max(before.next_number, reserved["number"])
        point = max(before.next_point, reserved["point"])
        made: list[tuple[StoredList, _Waiting]] = []
        kept: list[tuple[StoredList, StoredList]] = []
        for identity, waiting in self._waiting.items():
            old = before.get(identity)
            lists.pop(identity, None)
            if waiting is None:
                retired += [] if old is None else [old.retired()]
                continue
            stored = _stored(waiting, number, point, old)
            number, point = number + 1, stored.end
            lists[identity] = list_to_json(stored)
            made.append((stored, waiting))
            if old is not None:
                kept.append((stored, old))
        if point > _LAST_POINT:
            raise NoPointsLeft("the price lists of this version were written too often: index the catalogue anew")
        # Numbers of an attempt that fails are never used again: something of it may be left.
        self._loader.send([index_action(RESERVED, {"control": {"number": number, "point": point}})])
        self._loader.finish()
        # Readers of ``before`` still need what it names; what it had replaced itself goes, wherever rows are written.
        gone = {str(stored.number): old.replaced for stored, old in kept if old.replaced}
        numbered = {str(stored.number): stored for stored, _ in made}
        batch = _Batch(list(self._articles), made, numbered, gone, before.retired, fresh)
        self._send_rows(batch, stocked=stocked, varied=varied)
        self._loader.finish()
        return PriceBook(lists, number, point, tuple(retired[-_MOST_RETIRED:]))

    def clear(self) -> None:
        """Forget what waited: it was committed."""
        self._waiting.clear()
        self._articles.clear()

    def points_of(self, book: PriceBook, products: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Points]]:
        """Return the points of units by part, by product and unit; ``products`` are the ids of their variants, none
        where a product is its own unit, which is then named ''."""
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

    def _send_rows(self, batch: "_Batch", *, stocked: bool, varied: bool) -> None:
        for chunk in _chunks(batch.rows(), _TOGETHER):
            self._loader.send(batch.sheet_action(article, rows) for article, rows in chunk)
            if stocked and not varied:
                self._loader.send(batch.points_action(product, {"": rows}) for product, rows in chunk)
        if stocked and varied:
            self._send_points(batch)

    def _send_points(self, batch: "_Batch") -> None:
        """Send the points of products with variants, whose prices are those of the product where they have none."""
        rows_of = dict(batch.rows())
        self._connection.patiently("POST", f"/{self._index}/_refresh")
        seen: set[str] = set()
        for chunk in _chunks(rows_of, _TOGETHER):
            units_of = {product: each for product, each in self._units(chunk).items() if product not in seen}
            seen.update(units_of)
            for product, units in units_of.items():
                shared = rows_of.get(product, {})
                rows = {unit: {**shared, **(rows_of.get(unit, {}) if unit else {})} for unit in units}
                self._loader.send([batch.points_action(product, rows)])

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


def _stored(waiting: _Waiting, number: int, point: int, old: StoredList | None) -> StoredList:
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
        tiered=bool(np.any(waiting.quantities > 1)),
        replaced=None if old is None else old.retired(),
    )


def _points(rows: Mapping[str, Rows], lists: Mapping[str, StoredList]) -> Points:
    """Return the points of the rows that hold from the first piece on, by part."""
    found: dict[str, list[int]] = {}
    for number, pairs in rows.items():
        if pairs[0] <= 1:
            stored = lists[number]
            found.setdefault(stored.part, []).append(stored.point(pairs[1]))
    return found


def _chunks(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    following = iter(values)
    while chunk := list(islice(following, size)):
        yield chunk
