"""Learn the order of hits from the best evidence that there is, and say whether what was learned may serve."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from engines.port import SearchIndex
from evaluation.judgments import Judgments
from ranking.catalogue_training import learn_from_catalogue
from ranking.examples import examples
from ranking.ltr import Reranker
from ranking.ltr_training import Quality, best_strength, cross_validate, quality, train_reranker
from ranking.models import Models


class Evidence(StrEnum):
    """What an order is learned from, the best first."""

    JUDGMENTS = "judgments"
    CLICKS = "clicks"
    CATALOGUE = "catalogue"

    def is_worse_than(self, other: "Evidence") -> bool:
        """Say whether the other one knows more of what buyers want."""
        ranks = list(Evidence)
        return ranks.index(self) > ranks.index(other)


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned from so many ``queries``, and the quality on queries that it did not see, without any learned
    order (``before``) and with this one (``after``)."""

    reranker: Reranker
    queries: int
    before: Quality
    after: Quality

    @property
    def helps(self) -> bool:
        """Say whether it is at least as good as no learned order."""
        return self.after.both >= self.before.both


def learn_order(
    index: SearchIndex, models: Models, ids: Sequence[str], rated: Judgments | None, seed: int = 1
) -> Learned | None:
    """Learn from what is ``rated``, by people or by their clicks, on top of what the catalogue of the products ``ids``
    teaches; from the catalogue alone without ratings. None where there is too little of either.

    From ratings the quality is cross-validated by query, from the catalogue it is that on kinds of things held out.
    """
    taught = learn_from_catalogue(index, models, ids, seed)
    if rated is None:
        return None if taught is None else Learned(taught.reranker, taught.queries, taught.before, taught.after)
    learned = examples(index, models, rated)
    if len(learned) < 2:  # one to learn from, one to score
        return None
    start = None if taught is None else taught.reranker
    trained = train_reranker(learned, seed, start)
    strength = best_strength(learned, seed, start)
    reranker = Reranker(trained.booster, strength, trained.catalogue_trees)
    return Learned(reranker, len(learned), quality(learned), cross_validate(learned, seed, start=start))
