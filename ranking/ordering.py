"""The order of candidates: a fusion of words and meaning, what a model learned on top where one was trained, and what
rules of merchandising boost and bury."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.plan import TextMatch
from engines.results import Hit
from language.vocabulary import Vocabulary
from ranking.candidates import Candidates, Scores, standardised
from ranking.features import NAMES, features
from ranking.fitting import fits
from ranking.intent import Intent
from ranking.ltr import Reranker
from ranking.relevance import Weights
from ranking.request import Stage
from ranking.signals import ProductSignals, SignalReader

_EXPLAINED = 6
_SAID = {
    "words": "share of the query's words that it has",
    "text": "words weighed by field and rarity",
    "text_rank": "place among the hits by words",
    "similarity": "nearness in meaning",
    "similarity_of_best": "nearness in meaning beside the nearest",
    "similarity_rank": "place by meaning",
    "neighbourhood": "nearness to the best hits",
    "title_cover": "query words in the title",
    "title_density": "share of the title that was asked for",
    "first_in_title": "how early the title says it",
    "type_cover": "query words in the product's type",
    "type_precision": "share of the type that was asked for",
    "brand_asked": "the brand asked for",
    "description_cover": "query words in the description",
    "phrase_in_title": "query words side by side in the title",
    "head_cover": "query words before what the product is for",
    "last_word_in_type": "the query's last word names the type",
    "title_length": "length of the title",
    "type_share_first": "its type among the first hits",
    "type_share_words": "its type among the hits by words",
    "type_share_near": "its type among the hits by meaning",
    "type_similarity": "nearness of its type",
    "price": "price beside the other hits",
    "price_of_type": "price within its type",
    "price_rank": "place by price",
    "released_rank": "how new it is",
    "attributes": "how much is known of it",
    "description_length": "length of the description",
    "query_words": "length of the query",
    "hits_by_words": "how much the words find",
    "best_similarity": "how near the nearest is",
    "fused_words": "words beside the other candidates",
    "fused_meaning": "meaning beside the other candidates",
    "kind": "whether it is the kind of thing asked for",
}


@dataclass(frozen=True, slots=True)
class Order:
    """``rows`` are the candidates' places, best first; ``explain`` gives the stages of one place."""

    rows: list[int]
    explain: Callable[[int], tuple[Stage, ...]]


def order(
    candidates: Candidates,
    text: TextMatch | None,
    reranker: Reranker | None,
    reader: SignalReader,
    words: Vocabulary,
    intent: Intent,
    weights: Weights,
    personal: Scores | None = None,
) -> Order:
    """Order candidates; ``personal`` is what the buyer's profile adds to each. Those found by part number stay first,
    in the engine's order."""
    named = np.array([hit.by_identifier for hit in candidates.hits], dtype=bool)
    signals = [reader.of(hit.product) for hit in candidates.hits]
    unweighed = fusion_parts(candidates, signals, intent)
    parts = np.array([[weights.words], [weights.meaning], [weights.kind]]) * unweighed
    scores = parts.sum(axis=0) + np.log2(candidates.factors)
    if personal is not None:
        scores = scores + personal
    if reranker is None:
        return Order(_best_first(scores, named), lambda at: _fused(candidates, parts[:, at], at))
    matrix = features(candidates, text, signals, words, unweighed)
    learned = reranker.scores(matrix)
    trust = weights.learned * reranker.strength
    scale = trust / max(float(learned.std()), 1e-9) if len(learned) else trust

    def explain(at: int) -> tuple[Stage, ...]:
        return (*_fused(candidates, parts[:, at], at), *_learned(reranker, matrix[at : at + 1], scale))

    return Order(_best_first(scores + trust * standardised(learned), named), explain)


def order_by_words(candidates: Candidates, personal: Scores, explain: Callable[[int], tuple[Stage, ...]]) -> Order:
    """Order candidates as the engine does but for what a profile adds, which never outweighs a word of the query.

    Without a query the engine's own order weighs by place: popularity would outweigh any taste.
    """
    named = np.array([hit.by_identifier for hit in candidates.hits], dtype=bool)
    scores = standardised(candidates.text) + np.log2(candidates.factors) + personal
    scores = np.where(named, -np.arange(len(scores), dtype=np.float64), scores)
    found: list[int] = np.lexsort((-scores, -candidates.words, ~named)).tolist()
    return Order(found, explain)


def engine_stages(hit: Hit, words: int) -> tuple[Stage, ...]:
    """Explain a hit that stands where the engine put it; ``words`` is how many every hit matches at least."""
    said = f"words weighed by field and rarity; at least {words} words match"
    plain = hit.score / hit.factor
    stages = [Stage("text", plain - hit.for_stock, said), *weighed(hit.factor, hit.score - plain)]
    if hit.for_stock:
        stages.append(Stage("availability", hit.for_stock, "in stock for this buyer, where other products are not"))
    if hit.by_identifier:
        stages.insert(0, Stage("identifier", 1.0, "carries the part number asked for, so it stands before all others"))
    return tuple(stages)


def fusion_parts(candidates: Candidates, signals: Sequence[ProductSignals], intent: Intent) -> Scores:
    """Return what words, meaning and the kind of thing add to each candidate, (3, candidates).

    Words and meaning each count in their own standard deviations, so that neither needs a weight unless a shop wants
    one: the sharper signal of this very query decides.
    """
    by_words = standardised(0.5 * candidates.words + 0.5 * candidates.text)
    by_kind = fits(signals, candidates.words, intent)
    return np.stack([by_words, standardised(candidates.similarity), by_kind])


def _best_first(scores: Scores, named: NDArray[np.bool_]) -> list[int]:
    scores = np.where(named, -np.arange(len(scores), dtype=np.float64), scores)
    found: list[int] = np.lexsort((-scores, ~named)).tolist()
    return found


def _beginning(candidates: Candidates, at: int) -> list[Stage]:
    hit = candidates.hits[at]
    stages = []
    if hit.by_identifier:
        detail = "carries the part number asked for, so it stands before all others"
        stages.append(Stage("identifier", 1.0, detail))
    if at < candidates.by_words:
        stages.append(Stage("text", hit.score, f"matches {hit.words} words, weighed by field and rarity"))
    if candidates.near[at]:
        stages.append(Stage("meaning", float(candidates.similarity[at]), "inner product with the query's vector"))
    return stages


def _fused(candidates: Candidates, parts: Scores, at: int) -> tuple[Stage, ...]:
    by_words, by_meaning, by_kind = parts.tolist()
    stages = [
        *_beginning(candidates, at),
        Stage("fusion:words", by_words, "words beside the other candidates, in standard deviations"),
        Stage("fusion:meaning", by_meaning, "meaning beside the other candidates, in standard deviations"),
    ]
    if by_kind > 0:
        stages.append(Stage("fusion:kind", by_kind, "is the kind of thing that the query asks for"))
    elif by_kind < 0:
        stages.append(Stage("fusion:kind", by_kind, "has to do with what the query asks for, but is another thing"))
    factor = float(candidates.factors[at])
    return (*stages, *weighed(factor, float(np.log2(factor))))


def weighed(factor: float, contribution: float) -> tuple[Stage, ...]:
    """Return the stage of rules that boost or bury a hit by a factor; none where no rule does."""
    if factor == 1.0:
        return ()
    done = "boosts" if factor > 1.0 else "buries"
    return (Stage("rules", contribution, f"{done} by {factor:g}: twice is one standard deviation among candidates"),)


def _learned(reranker: Reranker, row: Scores, scale: float) -> tuple[Stage, ...]:
    shares = reranker.contributions(row)[0] * scale
    largest = np.argsort(-np.abs(shares), kind="stable")[:_EXPLAINED].tolist()
    learned = [
        Stage(f"learned:{NAMES[each]}", float(shares[each]), f"{_SAID[NAMES[each]]}: {row[0, each]:.3g}")
        for each in largest
    ]
    rest = float(shares.sum() - sum(shares[each] for each in largest))
    return (*learned, Stage("learned:others", rest, "all other features"))
