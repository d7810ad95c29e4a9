"""What a commit names of the buyers' own: the directory of assortments, price lists and
promotions, one document of the index."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from commerce.promotion_documents import promotion_from_json, promotion_to_json
from commerce.promotions import Promotion
from engines.opensearch.assortments import Book, book_content, book_of
from engines.opensearch.connection import Connection
from engines.opensearch.loading import Action, index_action
from engines.opensearch.naming import book_key
from engines.opensearch.price_book import PriceBook, book_from_json


@dataclass(frozen=True, slots=True)
class Directory:
    """The assortments, price lists and promotions of one commit."""

    assortments: Book = field(default_factory=dict)
    prices: PriceBook = field(default_factory=PriceBook)
    promotions: Mapping[str, Promotion] = field(default_factory=dict)

    def action(self, number: int) -> Action:
        """Return the action that stores this as the directory ``number``."""
        content = {
            "assortments": book_content(self.assortments),
            "prices": self.prices.to_json(),
            "promotions": {each.id: promotion_to_json(each) for each in self.promotions.values()},
        }
        return index_action(book_key(number), {"control": content})


def read_directory(connection: Connection, index: str, number: int) -> Directory:
    """Return the directory that a commit names; 0 is the empty one."""
    if not number:
        return Directory()
    answer = connection.call("POST", f"/{index}/_mget", {"ids": [book_key(number)]})["docs"][0]
    content = answer["_source"]["control"]
    # A directory written before there were promotions has none.
    promotions = {name: promotion_from_json(name, each) for name, each in content.get("promotions", {}).items()}
    return Directory(book_of(content["assortments"]), book_from_json(content["prices"]), promotions)
