"""Training as a batch job: records to a published model, promoted only where it is not worse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import scipy.sparse as sp

from commerce.records import Records
from recommender.artefact import KIND, Trained, save
from recommender.behaviour import Behaviour, day_of, read_behaviour
from recommender.blend import Blend, Progress, train_blend
from recommender.errors import NothingToLearn
from recommender.evaluation import OURS, evaluate_recommender
from recommender.history import histories_of
from recommender.knowledge import learn
from recommender.models.fits import fit_relations
from recommender.readiness import DataReport, data_report
from recommender.sessions import Sessions, read_sessions
from registry import Artefact, Registry, Training

_HELD_BACK = 30.0
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
    title (empty for one that is no product now), which one is made for which, and the visits."""

    behaviour: Behaviour
    titles: Sequence[str]
    fits: sp.csr_matrix
    sessions: Sessions

    def report(self) -> DataReport:
        """Return how much of it there is."""
        described = sum(bool(title) for title in self.titles)
        return data_report(self.behaviour, self.sessions, described, int((self.fits.getnnz(axis=1) > 0).sum()))


def read_material(records: Records, catalog: str, until: datetime | None = None) -> Material:
    """Read a catalogue, and what happened in it before ``until``."""
    products = {item.product.id: item.product for item in records.items(catalog)}
    found = read_behaviour(records.orders(catalog, until=until))
    widened = _with_items(found, sorted(products.keys() | set(found.items)))
    in_order = [products.get(identity) for identity in widened.items]
    numbers = {identity: number for number, identity in enumerate(widened.items)}
    sessions = read_sessions(records.events(catalog, until=until), numbers)
    return Material(widened, [each.title if each else "" for each in in_order], fit_relations(in_order), sessions)


def train_recommender(
    records: Records,
    registry: Registry,
    catalog: str,
    *,
    code_version: str,
    until: datetime | None = None,
    seed: int = 1,
    tolerance: float = 0.02,
    trees: Blend | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Train on the behaviour before ``until`` (None is all of it), publish, and promote.

    Before that it is scored on the last thirty days, which the scored models do not see. A new version does not serve
    where its recall@20 or nDCG@10 is more than ``tolerance`` (a share) below that of the serving one. With ``trees``
    these are taken as they are and all else is learned anew, in a tenth of the time; that is not scored, and serves.
    A job that is ended midway leaves nothing behind and can be started again. Raises NothingToLearn for an empty
    catalogue.
    """
    # Asked before the orders are read: what is written meanwhile may be read twice, but is never missed.
    written = records.last_order_write(catalog)
    material = read_material(records, catalog, until)
    behaviour, titles = material.behaviour, material.titles
    if not behaviour.items:
        raise NothingToLearn(f"{catalog} has neither products nor orders: run `vitrine load {catalog} …` first")
    moment = day_of(until or datetime.now(UTC)) if not len(behaviour) else float(behaviour.at[-1]) + 1e-6
    metrics = {} if trees else _metrics(behaviour, titles, moment, seed)
    blend = trees or train_blend(behaviour, moment, titles, seed=seed, progress=progress)
    histories = histories_of(behaviour) if until is None else None
    knowledge = learn(behaviour, moment, titles, seed, fits=material.fits, sessions=material.sessions)
    report = material.report()
    trained = Trained(knowledge, blend, histories, written, report)
    serving = registry.load(catalog, KIND)
    before = dict(serving.manifest.training.metrics) if serving else {}
    is_worse = trees is None and any(metrics.get(name, 0.0) < value * (1 - tolerance) for name, value in before.items())
    training = Training(
        code_version,
        _text(float(behaviour.at[0])) if len(behaviour) else None,
        _text(moment),
        metrics,
        {"seed": seed, "buyers": len(behaviour.users), "items": len(behaviour.items), "rows": len(behaviour)},
    )
    artefact = registry.publish(catalog, KIND, training, lambda folder: save(trained, folder), promote=not is_worse)
    return Outcome(artefact, metrics, before, not is_worse, report)


def _metrics(behaviour: Behaviour, titles: Sequence[str], moment: float, seed: int) -> dict[str, float]:
    try:
        rows = evaluate_recommender(behaviour, moment - _HELD_BACK, titles, seed=seed, references=False)
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
