"""Training as a batch job: records to a published model, promoted only where it is not worse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from commerce.records import Records
from recommender.artefact import KIND, Trained, save
from recommender.behaviour import Behaviour, day_of, read_behaviour
from recommender.blend import Progress, train_blend
from recommender.errors import NothingToLearn
from recommender.evaluation import OURS, evaluate_recommender
from recommender.knowledge import learn
from registry import Artefact, Registry, Training

_HELD_BACK = 30.0
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a training made: the version, its metrics, those of the version before it, and whether it serves now."""

    artefact: Artefact
    metrics: dict[str, float]
    before: dict[str, float]
    promoted: bool


def behaviour_of(records: Records, catalog: str, until: datetime | None = None) -> tuple[Behaviour, list[str]]:
    """Return a catalogue's behaviour before ``until``, every product of the catalogue among its items, and the title
    of each item (empty for one that is no product now)."""
    titles = {item.product.id: item.product.title for item in records.items(catalog)}
    found = read_behaviour(records.orders(catalog, until=until))
    widened = _with_items(found, sorted(titles.keys() | set(found.items)))
    return widened, [titles.get(identity, "") for identity in widened.items]


def train_recommender(
    records: Records,
    registry: Registry,
    catalog: str,
    *,
    code_version: str,
    until: datetime | None = None,
    seed: int = 1,
    tolerance: float = 0.02,
    progress: Progress | None = None,
) -> Outcome:
    """Train on the behaviour before ``until`` (None is all of it), publish, and promote.

    Before that it is scored on the last thirty days, which the scored models do not see. A new version does not serve
    where its recall@20 or nDCG@10 is more than ``tolerance`` (a share) below that of the serving one. A job that is
    ended midway leaves nothing behind and can be started again. Raises NothingToLearn for an empty catalogue.
    """
    behaviour, titles = behaviour_of(records, catalog, until)
    if not behaviour.items:
        raise NothingToLearn(f"{catalog} has neither products nor orders: run `vitrine load {catalog} …` first")
    moment = day_of(until or datetime.now(UTC)) if not len(behaviour) else float(behaviour.at[-1]) + 1e-6
    metrics = _metrics(behaviour, titles, moment, seed)
    blend = train_blend(behaviour, moment, titles, seed=seed, progress=progress)
    trained = Trained(learn(behaviour, moment, titles), blend)
    serving = registry.load(catalog, KIND)
    before = dict(serving.manifest.training.metrics) if serving else {}
    is_worse = any(metrics.get(name, 0.0) < value * (1 - tolerance) for name, value in before.items())
    training = Training(
        code_version,
        _text(float(behaviour.at[0])) if len(behaviour) else None,
        _text(moment),
        metrics,
        {"seed": seed, "buyers": len(behaviour.users), "items": len(behaviour.items), "rows": len(behaviour)},
    )
    artefact = registry.publish(catalog, KIND, training, lambda folder: save(trained, folder), promote=not is_worse)
    return Outcome(artefact, metrics, before, not is_worse)


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
