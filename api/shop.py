"""What the routes of one process share: records, engine, and the catalogues that it serves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, TypeVar

import structlog
from fastapi import Depends, Path, Request
from fastapi.concurrency import run_in_threadpool

from api.engine import open_engine
from api.experiment_watch import ExperimentWatch
from api.guide_book import GuideBooks
from api.guide_usage import GuideUsage
from api.journal import Journal
from api.merchandise import experiment_book, rule_book, synonym_book, with_drafts
from api.profiles import ProfileBook
from api.relevance_book import RelevanceBook
from api.settings import Settings
from commerce.buyer import ANONYMOUS, Buyer
from commerce.errors import UnknownCatalog
from commerce.experiments import Experiment
from commerce.product import Catalog
from commerce.records import Records
from engines.plan import SearchPlan
from engines.port import EngineUnavailable, SearchEngine, SearchIndex
from engines.results import StoredProduct
from indexer import Follower
from indexer.values import ValueReader
from language.filters import Filter, parse_filter
from language.locales import resolve_locale
from language.units import dimension
from ranking.comparison import learned as comparison
from ranking.comparison.importance import ImportanceBook
from ranking.comparison.learned import NOT_LEARNED, Learned
from ranking.localised import in_locale
from ranking.merchandising.ruling import hidden_everywhere
from ranking.merchandising.table import NO_RULES, RuleTable
from ranking.models import CatalogModels, Models
from ranking.personal import Personal
from ranking.product_map import artefact as product_map
from ranking.product_map.artefact import ProductMap
from ranking.relevance import USUAL, Relevance
from ranking.request import SearchRequest
from ranking.search import ModelUnavailable, search
from ranking.stated import stated_shares
from ranking.synonyms import NO_SYNONYMS, SynonymTable
from recommender.artefact import KIND, load
from recommender.purchases import Purchases
from recommender.serving import Recommender
from registry import Registry, Serving

Answer = TypeVar("Answer")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Shelf:
    """One catalogue as a request sees it; the snapshot stays the same until the answer is written."""

    catalog: Catalog
    index: SearchIndex
    values: ValueReader
    models: Models
    synonyms: SynonymTable = NO_SYNONYMS
    rules: RuleTable = NO_RULES
    relevance: Relevance = USUAL
    experiments: tuple[Experiment, ...] = ()
    stated: Mapping[str, float] | None = None

    def locale(self, asked: str | None, buyer: Buyer) -> str:
        """Resolve the locale: the request's, then the token's, then the catalogue's."""
        return asked or buyer.locale or self.catalog.locale

    def products(self, buyer: Buyer) -> int:
        """Count the products that the buyer sees."""
        hidden = self.hidden(buyer)
        if buyer.assortments is None and hidden is None:
            return self.index.stats().products
        return self.index.search(SearchPlan(buyer=buyer, filter=hidden, limit=0)).total

    def known_locale(self, asked: str | None, buyer: Buyer) -> str:
        """Return the locale of the index that searches of this buyer are answered in."""
        return resolve_locale((asked, buyer.locale), self.index.stats().locales)

    def hidden(self, buyer: Buyer, at: datetime | None = None, asked: str | None = None) -> Filter | None:
        """Return the condition that leaves out what rules hide from a buyer whatever is asked for; None for nothing."""
        return hidden_everywhere(self.known_locale(asked, buyer), buyer, self.rules, at) if self.rules else None

    def localised(self, product: StoredProduct, asked: str | None, buyer: Buyer) -> StoredProduct:
        """Return a product in the resolved locale, as far as the catalogue has it."""
        return in_locale(product, self.known_locale(asked, buyer), self.index.stats().locales[0])


class Shop:
    """Records and engine of one process, followed in the background between ``start`` and ``stop``."""

    def __init__(self, settings: Settings) -> None:
        self.records = Records(settings.records_url())
        self.engine: SearchEngine = open_engine(settings)
        self._waits = settings.engine != "embedded"
        self._follower = Follower(self.records, self.engine, settings.home)
        self.registry = Registry(settings.home / "models")
        self._models: dict[str, CatalogModels] = {}
        self.synonyms = synonym_book(self.records)
        self.rules = rule_book(self.records)
        self.relevance = RelevanceBook(self.records)
        self.experiments = experiment_book(self.records)
        self._experiment_watch = ExperimentWatch(self.records)
        self.guide_books = GuideBooks(self.records)
        self.guide_usage = GuideUsage(self.records)
        self.profiles = ProfileBook(self.records, settings.personalization_strength)
        self._strength = settings.personalization_strength
        self.journal = Journal(self.records, settings.keep_behaviour())
        self._known: dict[str, tuple[int, Catalog, ValueReader, Mapping[str, float]]] = {}
        self._recommenders: dict[str, Serving[Recommender]] = {}
        self._comparisons: dict[str, Serving[Learned]] = {}
        self._maps: dict[str, Serving[ProductMap]] = {}
        self.importance = ImportanceBook()
        self._purchases: dict[str, Purchases] = {}

    def start(self) -> None:
        """Bring the tables up to date, open every catalogue, and begin to follow the change log."""
        self.records.upgrade()
        for catalog in self.records.catalogs():
            try:
                if (index := self.index(catalog.id)) is not None:
                    self.rules.of(catalog.id)
                    _warm_up(index, self._models_of(catalog.id).of(index))
                    self.models(catalog.id)
            except EngineUnavailable as error:
                # Requests are answered with the same problem until the engine is there; nobody needs to start again.
                _log.warning("engine_unavailable_at_start", catalog=catalog.id, reason=error.message)
        self._follower.start()
        self._experiment_watch.start()
        self.journal.start()
        self.profiles.start()

    def stop(self) -> None:
        """Stop following, write what waits, and close the records."""
        self.journal.stop()
        self.profiles.stop()
        self._experiment_watch.stop()
        self._follower.stop()
        self.records.close()

    async def answer(self, work: Callable[[], Answer]) -> Answer:
        """Return what ``work`` makes of the shelves.

        Where the engine waits for a cluster a thread does it, so that the process answers others meanwhile; where it
        computes in this process a thread would only cost time.
        """
        return await run_in_threadpool(work) if self._waits else work()

    def shelf(self, catalog_id: str, buyer: Buyer, *, drafts: bool = False) -> Shelf:
        """Return a catalogue for a buyer, with the ``drafts`` of rules in force if asked for.

        Raises UnknownCatalog, also where the buyer's token does not cover it.
        """
        index = self.index(catalog_id) if buyer.may_see(catalog_id) else None
        if index is None:
            if buyer.may_see(catalog_id) and any(each.id == catalog_id for each in self.records.catalogs()):
                raise EngineUnavailable(f"catalogue {catalog_id!r} is loaded but not indexed yet")
            raise UnknownCatalog(f"there is no catalogue {catalog_id[:100]!r}")
        shelf = self._shelf(index, catalog_id, buyer)
        return replace(shelf, rules=with_drafts(shelf.rules, self.records, catalog_id)) if drafts else shelf

    def serves(self, catalog_id: str, buyer: Buyer) -> None:
        """Check that a catalogue is there for a buyer, without opening anything. Raises UnknownCatalog."""
        if not buyer.may_see(catalog_id) or not self._has(catalog_id):
            raise UnknownCatalog(f"there is no catalogue {catalog_id[:100]!r}")

    def _has(self, catalog_id: str) -> bool:
        return catalog_id in self._known or any(each.id == catalog_id for each in self.records.catalogs())

    def shelves(self, buyer: Buyer) -> list[Shelf]:
        """Return every catalogue that serves and that the buyer may see."""
        return [
            self._shelf(index, catalog.id, buyer)
            for catalog in self.records.catalogs()
            if buyer.may_see(catalog.id) and (index := self.index(catalog.id)) is not None
        ]

    def personal(self, shelf: Shelf, buyer: Buyer, client: str | None) -> Personal | None:
        """Return what a buyer's profile adds to an order of products; None where it adds nothing."""
        if not self._strength or not buyer.consent.get("personalization", False):
            return None
        personal = self.profiles.personal(shelf.catalog.id, shelf.index, buyer, client)
        return personal if personal.profile.interactions else None

    def recommender(self, catalog_id: str) -> tuple[Recommender | None, int | None]:
        """Return the recommender that serves a catalogue, and its version; None and None without one."""
        serving = self._recommenders.get(catalog_id)
        if serving is None:
            serving = Serving(self.registry, catalog_id, KIND, lambda artefact: Recommender(load(artefact.folder)))
            serving = self._recommenders.setdefault(catalog_id, serving)
        return serving.get(), serving.version()

    def models(self, catalog_id: str) -> dict[str, int | None]:
        """Open the models of a catalogue; return by kind the version that serves, of the kinds that were ever promoted.

        None is a kind of which no version is good: the service does without.
        """
        self.comparison(catalog_id)
        versions = {
            KIND: self.recommender(catalog_id)[1],
            comparison.KIND: self._comparisons[catalog_id].version(),
        }
        return {
            kind: version for kind, version in versions.items() if self.registry.pointer(catalog_id, kind).is_file()
        }

    def comparison(self, catalog_id: str) -> Learned:
        """Return what purchases taught of a catalogue's attributes; nothing where nothing was trained."""
        serving = self._comparisons.get(catalog_id)
        if serving is None:
            made = Serving(self.registry, catalog_id, comparison.KIND, lambda found: comparison.load(found.folder))
            serving = self._comparisons.setdefault(catalog_id, made)
        return serving.get() or NOT_LEARNED

    def product_map(self, catalog_id: str) -> tuple[ProductMap, int]:
        """Return the map of a catalogue and its version. Raises ModelUnavailable where none was drawn."""
        serving = self._maps.get(catalog_id)
        if serving is None:
            made = Serving(self.registry, catalog_id, product_map.KIND, lambda found: product_map.load(found.folder))
            serving = self._maps.setdefault(catalog_id, made)
        drawn, version = serving.get(), serving.version()
        if drawn is None or version is None:
            raise ModelUnavailable(f"{catalog_id} has no map yet: draw it with `vitrine train map {catalog_id}`")
        return drawn, version

    def purchases(self, catalog_id: str) -> Purchases:
        """Return what each buyer of a catalogue bought."""
        found = self._purchases.get(catalog_id)
        return found or self._purchases.setdefault(catalog_id, Purchases(self.records, catalog_id))

    def _shelf(self, index: SearchIndex, catalog_id: str, buyer: Buyer) -> Shelf:
        # Currency and dictionary change only with a load, and a load with a new version.
        version = index.stats().version
        known = self._known.get(catalog_id)
        if known is None or known[0] != version:
            catalog = self.records.catalog(catalog_id)
            known = (version, catalog, ValueReader(index.dictionary()), stated_shares(index))
            self._known[catalog_id] = known
        return Shelf(
            known[1],
            index,
            known[2],
            self._models_of(catalog_id).of(index),
            self.synonyms.of(catalog_id),
            self.rules.of(catalog_id),
            self.relevance.of(catalog_id),
            self.experiments.of(catalog_id),
            known[3] if buyer.assortments is None else None,
        )

    def _models_of(self, catalog_id: str) -> CatalogModels:
        return self._models.setdefault(catalog_id, CatalogModels(self.registry, catalog_id))

    def index(self, catalog_id: str) -> SearchIndex | None:
        """Return what serves of a catalogue; None if nothing does."""
        try:
            return self.engine.open(catalog_id)
        except ValueError:
            return None  # not a name that a catalogue can have


def _warm_up(index: SearchIndex, models: Models) -> None:
    """Answer once before the first buyer asks: tables are built, pages and units read on first use."""
    dimension("m")
    condition = parse_filter("price >= 0")
    for query in ("a", ""):
        search(index, SearchRequest(query=query, filter=condition), ANONYMOUS, models)


async def the_shop(request: Request) -> Shop:
    """Return the process's shop."""
    shop: Shop = request.app.state.shop
    return shop


TheShop = Annotated[Shop, Depends(the_shop)]
CatalogId = Annotated[str, Path(description="A loaded catalogue", examples=["icecat"])]
