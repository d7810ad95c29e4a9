"""Writes one version of one catalogue into the cluster.

New products of a long load are streamed while they come; what replaces or removes products waits in memory for
the commit, so that until then the index still holds the last one. Nothing that was sent is visible before the commit
refreshes the index, and readers pass over products of batches that were never committed; whoever opens the version
next removes them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from uuid import uuid4

import orjson

from commerce.pricing import Assortment, PriceList
from commerce.promotions import Promotion
from engines.opensearch import control
from engines.opensearch.assortments import changed, outdated
from engines.opensearch.connection import Connection, Json
from engines.opensearch.directory import Directory, read_directory
from engines.opensearch.documents import Encoder, Points, offer_source, values_of
from engines.opensearch.encoding import numbering
from engines.opensearch.knowledge import MOST_DOCUMENTS, Knowledge, KnowledgeCollector, read_knowledge
from engines.opensearch.loading import Action, Loader, index_action
from engines.opensearch.mapping import vector_mapping
from engines.opensearch.naming import knowledge_key, phrase_key, product_key
from engines.opensearch.price_loading import PriceLoader
from engines.opensearch.stock import is_sold_out
from engines.opensearch.suggesting import write_phrases
from engines.opensearch.tags import TAGS, Tagging, kept_tags
from engines.port import Document, FieldKind, OfferUpdate, Schema
from language.dictionary import AttributeEntry
from language.errors import VitrineError

_HELD = 2_000
"""Up to so many products wait for the commit; beyond, new ones are streamed."""
_LOOKED_UP = 1_000
_COPYING = "60s"
_SET_OFFERS = """
for (unit in ctx._source.units) {
  def offer = params.offers[unit.id];
  if (offer != null) { unit.putAll(offer); }
}
"""
"""Constant, so that it is compiled once and no text of a catalogue can ever be part of it."""
_ANY_UNIT = ""


class OpenSearchBuilder:
    """The one writer of a version."""

    rows_a_commit = 6_000_000
    """Every commit writes each product of its rows anew: few large ones are much quicker."""

    def __init__(self, connection: Connection, index: str) -> None:
        self._connection = connection
        self._index = index
        self._token = uuid4().hex
        self._loader = Loader(connection, index)
        self._schema: Schema
        self._outdated: list[Action] = []
        self._begin()

    def extend(self, kinds: Mapping[str, FieldKind], dictionary: Mapping[str, AttributeEntry]) -> None:
        """Make new fields and attributes known; what is known already stays as it is."""
        new = {name: kind for name, kind in kinds.items() if name not in self._schema.kinds}
        self._take_up()
        if new:
            entries = {**dictionary, **self._schema.dictionary}
            self._schema = replace(self._schema, kinds={**self._schema.kinds, **new}, dictionary=entries)
            control.write_schema(self._connection, self._index, self._schema)
            self._encoder = Encoder(self._schema, numbering(self._schema.kinds))

    def write(self, documents: Iterable[Document]) -> int:
        """Add documents, each replacing an earlier one of its id; return how many."""
        self._take_up()
        count = 0
        for document in documents:
            self._held[document.stored.id] = document
            self._offers.pop(document.stored.id, None)
            count += 1
            if len(self._held) >= _HELD:
                self._stream()
        return count

    def delete(self, ids: Iterable[str]) -> int:
        """Remove products; return how many ids were named."""
        self._take_up()
        named = list(ids)
        self._held.update(dict.fromkeys(named))
        return len(named)

    def patch_offers(self, offers: Iterable[OfferUpdate]) -> int:
        """Change prices and stock of committed products; return how many units were found."""
        self._take_up()
        count = 0
        waiting = iter(offers)
        while chunk := list(islice(waiting, _LOOKED_UP)):
            units = self._units_of([update.product_id for update in chunk])
            for update in chunk:
                have = units.get(update.product_id, frozenset())
                unit = _ANY_UNIT if _ANY_UNIT in have else update.unit_id
                if unit in have:
                    own = self._offers.setdefault(update.product_id, {})
                    own[unit] = offer_source(update)
                    self._sold_out |= is_sold_out(update.stock, update.supply)
                    count += 1
        return count

    def put_price_list(self, prices: PriceList) -> None:
        """Put a price list in place of whatever had its id."""
        self._take_up()
        self._prices.put(prices)

    def delete_price_list(self, identity: str) -> None:
        """Remove a price list."""
        self._take_up()
        self._prices.delete(identity)

    def put_assortment(self, assortment: Assortment) -> None:
        """Put an assortment in place of whatever had its id."""
        self._take_up()
        self._assortments[assortment.id] = assortment
        if self._tagging is not None:
            self._tagging.forget(assortment.id)

    def delete_assortment(self, identity: str) -> None:
        """Remove an assortment."""
        self._take_up()
        self._assortments[identity] = None

    def put_promotion(self, promotion: Promotion) -> None:
        """Put a promotion in place of whatever had its id."""
        self._take_up()
        self._promotions[promotion.id] = promotion

    def delete_promotion(self, identity: str) -> None:
        """Remove a promotion."""
        self._take_up()
        self._promotions[identity] = None

    def commit(self, applied: int) -> None:
        """Make all that was written visible and durable; ``applied`` is the change-log number that it contains.

        Raises DocumentsRefused where the cluster refuses documents, WrittenElsewhere where another process committed
        meanwhile, EngineUnavailable; the last commit then stands, and what was written since is to be written again.
        """
        self._take_up()
        try:
            self._send_all(applied)
        except VitrineError:
            self._failed = True
            raise

    def close(self) -> None:
        """Let go of the version; what was not committed is gone."""
        self._loader.close()
        if self._streamed:
            self._drop_uncommitted()
            self._streamed.clear()

    def _take_up(self) -> None:
        """Begin again at the last commit where the one after it failed."""
        if self._failed:
            self._begin()

    def _begin(self) -> None:
        """Take up the version as the last commit left it."""
        self._schema = control.read_schema(self._connection, self._index)
        self._commit, self._stamp = control.read_commit(self._connection, self._index)
        self._encoder = Encoder(self._schema, numbering(self._schema.kinds))
        self._collector = KnowledgeCollector()
        self._row = self._commit.rows
        self._varied = self._commit.varied
        self._sold_out = self._commit.sold_out
        self._dimensions = self._commit.dimensions
        self._held: dict[str, Document | None] = {}
        self._streamed: set[str] = set()
        self._offers: dict[str, dict[str, dict[str, object]]] = {}
        self._assortments: dict[str, Assortment | None] = {}
        self._tagging: Tagging | None = None
        self._promotions: dict[str, Promotion | None] = {}
        self._prices = PriceLoader(self._connection, self._index, self._loader)
        self._directory = read_directory(self._connection, self._index, self._commit.book)
        self._drop_uncommitted()
        self._failed = False

    def _send_all(self, applied: int) -> None:
        self._loader.finish()
        known = self._existing(list(self._held))
        self._loader.send(self._actions(self._held, known))
        self._loader.finish()
        # A product is priced anew after it was written: by then the loader has nothing under way.
        self._loader.send(_offer_action(product, own) for product, own in self._offers.items())
        knowledge = self._write_knowledge()
        self._loader.finish()
        number, tidy = self._write_directory()
        self._loader.finish()
        if self._stamp is None and (copies := self._connection.settings.replicas):
            # From here on every write is in all copies before it is acknowledged.
            self._connection.patiently("PUT", f"/{self._index}/_settings", {"index": {"number_of_replicas": copies}})
            # A cluster with fewer nodes than copies never turns green: it serves all the same.
            green = {"wait_for_status": "green", "timeout": _COPYING}
            self._connection.patiently("GET", f"/_cluster/health/{self._index}", params=green, ignore=(408,))
        self._connection.patiently("POST", f"/{self._index}/_refresh")
        commit = replace(
            self._commit,
            batch=self._commit.batch + 1,
            rows=self._row,
            applied=applied,
            varied=self._varied,
            sold_out=self._sold_out,
            dimensions=self._dimensions,
            knowledge=knowledge,
            book=number,
            writer=self._token,
        )
        self._stamp = control.write_commit(self._connection, self._index, commit, self._stamp)
        tidy += [Action("delete", knowledge_key(each)) for each in set(self._commit.knowledge) - set(knowledge)]
        self._loader.send(tidy)
        self._loader.finish()
        self._commit = commit
        self._collector = KnowledgeCollector()
        self._held.clear()
        self._offers.clear()
        self._assortments.clear()
        self._tagging = None
        self._promotions.clear()
        self._prices.clear()
        self._streamed.clear()

    def _stream(self) -> None:
        """Send the new products among those held; what replaces or removes others waits on."""
        documents = {identity: each for identity, each in self._held.items() if each is not None}
        empty = self._stamp is None
        known = self._streamed & documents.keys()
        if not empty:
            known |= self._existing(list(documents))
        new = {identity: each for identity, each in documents.items() if identity not in known}
        # Of a version that nobody reads yet everything may be sent at once, replacements behind what they replace.
        again = {identity: each for identity, each in documents.items() if empty and identity in known}
        if again:
            self._loader.finish()
        self._loader.send(self._actions({**new, **again}, set()))
        self._streamed.update(new)
        for identity in (*new, *again):
            del self._held[identity]

    def _actions(self, held: Mapping[str, Document | None], known: set[str]) -> Iterator[Action]:
        documents = (each for each in held.values() if each is not None)
        units = {each.stored.id: [unit.id for unit in each.units] for each in documents}
        points = self._prices.points_of(self._directory.prices, units)
        tags = self._tags_of(list(units))
        for identity, document in held.items():
            if document is None:
                yield Action("delete", product_key(identity))
            else:
                # A product that was there before stays visible to readers of the last commit.
                old = identity in known and identity not in self._streamed
                batch = self._commit.batch if old else self._commit.batch + 1
                yield self._action(document, batch, points.get(identity, {}), tags.get(identity, ()))

    def _tags_of(self, ids: list[str]) -> Mapping[str, Sequence[str]]:
        """Return the tags that products carry of assortments."""
        if any(each.is_tagged for each in self._directory.assortments.values()):
            return kept_tags(self._connection, self._index, ids)
        if self._commit.rows:
            return {}
        self._tagging = self._tagging or Tagging(self._assortments)
        return self._tagging.of(ids)

    def _action(self, document: Document, batch: int, points: Mapping[str, Points], tags: Sequence[str]) -> Action:
        source, words = self._encoder.source(document, points)
        if tags:
            source[TAGS] = tags
        if document.vector and not self._dimensions:
            self._dimensions = len(document.vector)
            self._connection.patiently("PUT", f"/{self._index}/_mapping", vector_mapping(self._dimensions))
        self._varied |= bool(document.units)
        self._sold_out |= any(is_sold_out(unit.stock, unit.supply) for unit in document.all_units())
        self._collector.add(
            values_of(document, self._schema.kinds),
            self._schema.kinds,
            words,
            _phrases(document),
            priced=document.stored.net is not None or any(unit.net is not None for unit in document.units),
        )
        source["batch"] = batch
        source["row"] = self._row
        source["phrases"] = [phrase_key(kind, text) for kind, text in _phrases(document)]
        self._row += 1
        return index_action(product_key(document.stored.id), source)

    def _existing(self, ids: list[str]) -> set[str]:
        """Return which of these products the index holds, committed or not."""
        found: set[str] = set()
        for start in range(0, len(ids), _LOOKED_UP):
            chunk = ids[start : start + _LOOKED_UP]
            docs = self._get_many(chunk, "false")
            found.update(identity for identity, doc in zip(chunk, docs, strict=True) if doc.get("found"))
        return found

    def _units_of(self, ids: list[str]) -> dict[str, frozenset[str]]:
        """Return the unit ids of the products that there are; without variants a product is its one unit."""
        ids = list(dict.fromkeys(ids))
        if not self._varied:
            return dict.fromkeys(self._existing(ids), frozenset({_ANY_UNIT}))
        docs = self._get_many(ids, "units.id")
        return {
            identity: frozenset(unit["id"] for unit in doc["_source"]["units"])
            for identity, doc in zip(ids, docs, strict=True)
            if doc.get("found")
        }

    def _get_many(self, ids: list[str], source: str) -> list[Json]:
        keys = [product_key(identity) for identity in ids]
        path = f"/{self._index}/_mget"
        found: list[Json] = self._connection.patiently("POST", path, {"ids": keys}, params={"_source": source})["docs"]
        return found

    def _write_knowledge(self) -> tuple[int, ...]:
        """Store what the batch tells, joined with what was told before where that is much; return what counts now."""
        numbers = self._commit.knowledge
        if not self._collector.knowledge.products:
            return numbers
        write_phrases(self._connection, self._index, self._loader, self._collector.phrases, fresh=self._stamp is None)
        number = max(numbers, default=0) + 1
        told = self._collector.knowledge
        if len(numbers) >= MOST_DOCUMENTS:
            told = Knowledge()
            for each in read_knowledge(self._connection, self._index, numbers):
                told.add(each)
            told.add(self._collector.knowledge)
            numbers = ()
        self._loader.send([index_action(knowledge_key(number), {"control": told.to_json()})])
        return (*numbers, number)

    def _write_directory(self) -> tuple[int, list[Action]]:
        """Store what changed of price lists, assortments and promotions; return the number of the directory that counts
        now, and how to remove what nobody needs any more."""
        number = self._commit.book
        if not self._assortments and not self._prices and not self._promotions:
            return number, []
        before = self._directory
        assortments, actions = changed(before.assortments, self._assortments, number + 1, self._tagging)
        if self._tagging is not None:
            self._loader.send(self._tagging.actions())
        promotions = {
            name: each for name, each in {**before.promotions, **self._promotions}.items() if each is not None
        }
        prices = self._prices.send(before.prices, fresh=self._stamp is None, stocked=self._row > 0, varied=self._varied)
        self._directory = Directory(assortments, prices, promotions)
        self._loader.send([*actions, self._directory.action(number + 1)])
        # Readers of the last commit still look ids up; those of the one before have gone over to it.
        outdated_, self._outdated = self._outdated, outdated(before.assortments, assortments, number)
        return number + 1, outdated_

    def _drop_uncommitted(self) -> None:
        """Remove what an earlier writer sent and never committed."""
        self._connection.patiently("POST", f"/{self._index}/_refresh")
        later = {"query": {"range": {"batch": {"gt": self._commit.batch}}}}
        if self._connection.patiently("POST", f"/{self._index}/_count", later)["count"]:
            params = {"conflicts": "proceed", "refresh": "true"}
            self._connection.patiently("POST", f"/{self._index}/_delete_by_query", later, params=params)


def _phrases(document: Document) -> Iterator[tuple[str, str]]:
    for text in dict.fromkeys(document.suggestions):
        yield "query", text
    for kind in ("category", "brand"):
        for value in dict.fromkeys(document.values.get(kind, ())):
            yield kind, str(value)


def _offer_action(product: str, offers: Mapping[str, Mapping[str, object]]) -> Action:
    script = {"lang": "painless", "source": _SET_OFFERS, "params": {"offers": offers}}
    return Action("update", product_key(product), orjson.dumps({"script": script}))
