"""Training as a batch job: records to a published model, promoted only where it is not worse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from commerce.product import CatalogItem
from commerce.records import Records
from recommender.artefact import KIND, Trained, save
from recommender.behaviour import Behaviour, Floats, day_of, read_behaviour
from recommender.blend import Blend, Progress, train_blend
from recommender.errors import NothingToLearn
from recommender.evaluation import OURS, evaluate_recommender
from recommender.history import histories_of
from recommender.interest import read_interest
from recommender.knowledge import learn
from recommender.models.fits import fit_relations
from recommender.objective import Objective, grades
from recommender.readiness import DataReport, data_report
from recommender.sessions import Sessions, read_sessions
from recommender.splits import sampled
from registry import Artefact, Registry, Training

_HELD_BACK = 30.0
_MOST_BUYERS = 250_000
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a training made: the version, its metrics, those of the version before it, whether it serves now, and what
    there was to learn from."""

    artefact: Artefact
    metrics: dict[str, float]
    before: dict[str, float]
    promoted: bool
    report: DataReport


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to learn from: behaviour with every product of the catalogue among its items, and of each item its
    title (empty for one that is no product now), which one is made for which, the visits, and what each costs the shop
    (NaN where unknown). ``interest`` is what buyers looked at, where the blend is to learn from that."""

    behaviour: Behaviour
    titles: Sequence[str]
    fits: sp.csr_matrix
    sessions: Sessions
    costs: Floats | None = None
    interest: Behaviour | None = None

    def report(self) -> DataReport:
        """Return how much of it there is."""
        described = sum(bool(title) for title in self.titles)
        return data_report(self.behaviour, self.sessions, described, int((self.fits.getnnz(axis=1) > 0).sum()))


def read_material(records: Records, catalog: str, until: datetime | None = None) -> Material:
    """Read a catalogue, and what happened in it before ``until``."""
    found_items = {item.product.id: item for item in records.items(catalog)}
    products = {identity: item.product for identity, item in found_items.items()}
    found = read_behaviour(records.orders(catalog, until=until))
    widened = _with_items(found, sorted(products.keys() | set(found.items)))
    in_order = [products.get(identity) for identity in widened.items]
    numbers = {identity: number for number, identity in enumerate(widened.items)}
    sessions = read_sessions(records.events(catalog, until=until), numbers)
    costs = np.array([_cost(found_items.get(identity)) for identity in widened.items], dtype=np.float32)
    titles = [each.title if each else "" for each in in_order]
    return Material(widened, titles, fit_relations(in_order), sessions, costs)


def _cost(item: CatalogItem | None) -> float:
    """Return what an item costs the shop: the least of its variants."""
    costs = [offer.cost for _, offer in item.offers() if offer.cost is not None] if item else []
    return float(min(costs)) if costs else float("nan")


def train_recommender(
    records: Records,
    registry: Registry,
    catalog: str,
    *,
    code_version: str,
    until: datetime | None = None,
    seed: int = 1,
    tolerance: float = 0.02,
    objective: Objective = "conversion",
    trees: Blend | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Train on the behaviour before ``until`` (None is all of it), publish, and promote.

    Before that it is scored on the last thirty days, which the scored models do not see. A new version does not serve
    where its recall@20 or nDCG@10 is more than ``tolerance`` (a share) below that of the serving one, if that was
    trained for the same ``objective``. With ``trees`` these are taken as they are and all else is learned anew, in a
    tenth of the time; that is not scored, and serves.
    A job that is ended midway leaves nothing behind and can be started again. Raises NothingToLearn for an empty
    catalogue.
    """
    # Asked before the orders are read: what is written meanwhile may be read twice, but is never missed.
    written = records.last_order_write(catalog)
    material = read_material(records, catalog, until)
    if not material.behaviour.items:
        raise NothingToLearn(f"{catalog} has neither products nor orders: run `vitrine load {catalog} …` first")
    if objective == "click":
        events = records.events(catalog, until=until)
        material = replace(material, interest=read_interest(events, material.behaviour))
    return train_on(
        material,
        registry,
        catalog,
        code_version=code_version,
        until=until,
        written=written,
        seed=seed,
        tolerance=tolerance,
        objective=objective,
        trees=trees,
        progress=progress,
    )


def train_on(
    material: Material,
    registry: Registry,
    catalog: str,
    *,
    code_version: str,
    until: datetime | None = None,
    written: int = 0,
    seed: int = 1,
    tolerance: float = 0.02,
    objective: Objective = "conversion",
    trees: Blend | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Train on material that was read up to the records' write ``written``; see ``train_recommender``.

    What serves learns from everybody. Of more than 250,000 buyers a sample is what the blend learns from and is scored
    on, for it learns everything else anew at several moments.
    """
    behaviour, titles = material.behaviour, material.titles
    moment = day_of(until or datetime.now(UTC)) if not len(behaviour) else float(behaviour.at[-1]) + 1e-6
    some = sampled(behaviour, _MOST_BUYERS, seed)
    worth = None if objective in {"click", "conversion"} else _worth(material, objective)
    seen = material.interest
    metrics = {} if trees else _metrics(some, titles, moment, seed, worth, seen)
    blend = trees or train_blend(some, moment, titles, seed=seed, worth=worth, interest=seen, progress=progress)
    if blend is None and seen is not None:
        raise NothingToLearn("too few buyers agreed to be known and looked at products: choose another objective")
    del some
    histories = histories_of(behaviour) if until is None else None
    knowledge = learn(
        behaviour, moment, titles, seed, fits=material.fits, sessions=material.sessions, costs=material.costs
    )
    report = material.report()
    trained = Trained(knowledge, blend, histories, written, report)
    serving = registry.load(catalog, KIND)
    before = dict(serving.manifest.training.metrics) if serving else {}
    # Who changes the objective gives up some of the rest for it.
    former = serving.manifest.training.parameters.get("objective", "conversion") if serving else objective
    is_comparable = former == objective
    is_worse = (
        trees is None
        and is_comparable
        and any(metrics.get(name, 0.0) < value * (1 - tolerance) for name, value in before.items())
    )
    training = Training(
        code_version,
        _text(float(behaviour.at[0])) if len(behaviour) else None,
        _text(moment),
        metrics,
        {
            "seed": seed,
            # Trees that are taken as they are keep what they were trained for.
            "objective": former if trees else objective,
            "buyers": len(behaviour.users),
            "items": len(behaviour.items),
            "rows": len(behaviour),
        },
    )
    artefact = registry.publish(catalog, KIND, training, lambda folder: save(trained, folder), promote=not is_worse)
    return Outcome(artefact, metrics, before, not is_worse, report)


def _worth(material: Material, objective: Objective) -> NDArray[np.int8]:
    costs = material.costs
    if costs is None:
        costs = np.full(len(material.behaviour.items), np.nan, dtype=np.float32)
    if objective == "margin" and np.isnan(costs).all():
        raise NothingToLearn("no product says what it costs the shop: load `price.cost`, or choose another objective")
    return grades(objective, material.behaviour, costs)


def _metrics(
    behaviour: Behaviour,
    titles: Sequence[str],
    moment: float,
    seed: int,
    worth: NDArray[np.int8] | None,
    interest: Behaviour | None,
) -> dict[str, float]:
    try:
        cut = moment - _HELD_BACK
        rows = evaluate_recommender(behaviour, cut, titles, seed=seed, references=False, worth=worth, interest=interest)
    except NothingToLearn:
        return {}
    ours = [row for row in rows if row.name == OURS]
    found = {f"recall@20 {row.task}": round(row.recall.value, 5) for row in ours}
    return found | {f"ndcg@10 {row.task}": round(row.ndcg.value, 5) for row in ours}


def _with_items(behaviour: Behaviour, items: Iterable[str]) -> Behaviour:
    names = tuple(items)
    place = {name: number for number, name in enumerate(names)}
    numbers = np.array([place[name] for name in behaviour.items], dtype=np.int32)
    item = numbers[behaviour.item] if len(behaviour) else behaviour.item
    rest = (behaviour.order, behaviour.at, behaviour.quantity, behaviour.price)
    return Behaviour(behaviour.users, names, behaviour.user, item, *rest)


def _text(day: float) -> str:
    return datetime.fromtimestamp(day * _DAY, UTC).isoformat(timespec="seconds")
