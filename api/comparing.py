"""Comparisons from stored products to answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from api.comparison_bodies import ComparisonBody
from api.problems import RequestProblem
from api.product_page import Json, compared_sheet, money, product_line
from api.shop import Shelf
from commerce.buyer import Buyer
from engines.results import StoredProduct
from ranking.comparison.compare import Alternative, Compared, Comparison, Shop, compare
from ranking.comparison.importance import ImportanceBook
from ranking.comparison.learned import Learned
from ranking.comparison.offers import Offered
from ranking.comparison.table import Cell, Row

_UNKNOWN = "there is no such product"


@dataclass(frozen=True, slots=True)
class Comparing:
    """One request's comparison: the products as they are shown, and the answer about them."""

    shelf: Shelf
    locale: str
    products: Sequence[Compared]
    answer: Comparison

    def to_json(self) -> Json:
        """Return the answer."""
        return {
            "locale": self.locale,
            "products": [
                {**product_line(each.stored, self.shelf, self.locale), "offer": _offer(offer, self.currency)}
                for each, offer in zip(self.products, self.answer.offers, strict=True)
            ],
            "rows": [_row(each) for each in self.answer.rows],
            "summary": [
                {"id": each.stored.id, "sentence": sentence}
                for each, sentence in zip(self.products, self.answer.sentences, strict=True)
            ],
            "alternatives": [self._alternative(each) for each in self.answer.alternatives],
        }

    @property
    def currency(self) -> str:
        """Return the currency of all prices."""
        return self.shelf.catalog.currency

    def _alternative(self, found: Alternative) -> Json:
        line = product_line(found.product, self.shelf, self.locale)
        return {"id": found.product.id, **line, "beats": found.beats, "sentence": found.sentence}


def comparing(
    shelf: Shelf, body: ComparisonBody, buyer: Buyer, at: datetime | None, book: ImportanceBook, learned: Learned
) -> Comparing:
    """Compare a request's products. Raises RequestProblem, in the same words for an unknown id and a hidden one."""
    stored = shelf.index.get(body.ids, buyer, at)
    unknown = [(f"/ids/{number}", _UNKNOWN) for number, each in enumerate(body.ids) if each not in stored]
    if unknown:
        raise RequestProblem("unknown_product", f"{unknown[0][0]}: {_UNKNOWN}", unknown, status=422)
    locale = shelf.locale(body.locale, buyer)

    def read(found: StoredProduct) -> Compared:
        shown = shelf.localised(found, body.locale, buyer)
        category = orjson.loads(found.document)["category"]
        type_name = category[0] if category else None
        sheet = compared_sheet(found, shown, type_name, shelf, locale)
        return Compared(shown, sheet, type_name, body.quantities.get(found.id, 1))

    shop = Shop(
        shelf.catalog.id, shelf.catalog.currency, shelf.index, book, read, learned, shelf.hidden(buyer, at, body.locale)
    )
    products = [read(stored[each]) for each in body.ids]
    return Comparing(shelf, locale, products, compare(shop, products, buyer, locale, at))


def _offer(offer: Offered, currency: str) -> Json:
    return {
        "quantity": offer.quantity,
        "unit_price": None if offer.unit_price is None else money(offer.unit_price),
        "total": None if offer.total is None else money(offer.total),
        "currency": currency,
    }


def _row(row: Row) -> Json:
    head = row.head
    return {
        "field": head.field,
        "label": head.label,
        "group": head.group,
        "unit": row.unit,
        "values": row.values,
        "normalised": row.normalised,
        "normalised_unit": head.unit,
        "differs": row.differs,
        "better": head.better,
        "better_source": head.better_source,
        "best": row.best,
        "importance": row.importance,
        "cells": [_cell(each) for each in row.cells],
    }


def _cell(cell: Cell | None) -> Json | None:
    if cell is None:
        return None
    return {
        "value": cell.value,
        "unit": cell.unit,
        "source": cell.source,
        "confidence": cell.confidence,
        "evidence": cell.evidence,
    }
