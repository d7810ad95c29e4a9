"""Training the encoder and the order of hits, on what is known by construction."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from language.encoder import TOKENIZER_FILE, TOKENS_FILE, StaticEncoder, normalised
from ranking.encoder_training import encoder_of, reduced, train_encoder, write_encoder
from ranking.features import NAMES
from ranking.ltr import Reranker, open_reranker
from ranking.ltr_training import (
    Example,
    best_strength,
    cross_validate,
    cross_validated_orders,
    quality,
    train_reranker,
    write_reranker,
)
from ranking.meaning import calibrate
from ranking.pseudo_queries import fragments
from registry import BadArtefact, Registry, Training, read_tensors

WORDS = [f"w{at}" for at in range(60)]


def tokenizer() -> bytes:
    made = Tokenizer(WordLevel({"[UNK]": 0, **{word: at for at, word in enumerate(WORDS, 1)}}, "[UNK]"))
    made.pre_tokenizer = Whitespace()
    return made.to_str().encode()


def taught() -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return texts, a teacher's vectors of them, and bad first vectors of the tokens."""
    random = np.random.default_rng(3)
    truth = random.normal(size=(61, 16)).astype(np.float32)
    texts = [" ".join(random.choice(WORDS, 3, replace=False)) for _ in range(800)]
    vectors = normalised(
        np.stack([truth[[1 + WORDS.index(word) for word in text.split()]].sum(axis=0) for text in texts])
    )
    start = normalised(truth + 2 * random.normal(size=truth.shape).astype(np.float32))
    return texts, vectors, start


def test_the_fit_brings_token_means_to_where_the_teacher_puts_texts() -> None:
    texts, vectors, start = taught()
    trained = train_encoder(tokenizer(), start, texts, vectors)
    assert trained.metrics["cosine"] > 0.95 > 0.7 > trained.metrics["cosine_before"]
    encoded = encoder_of(tokenizer(), trained).encode(texts[:50])
    assert (encoded * vectors[:50]).sum(axis=1).mean() > 0.95


def test_a_projection_keeps_what_documents_extend_in(tmp_path: Path) -> None:
    texts, vectors, start = taught()
    flat = vectors.copy()
    flat[:, 8:] = 0
    small = reduced(train_encoder(tokenizer(), start, texts, vectors), normalised(flat), 8)
    assert np.allclose(flat @ small.projection @ small.projection.T, flat, atol=1e-4)
    write_encoder(tmp_path, tokenizer(), small, np.arange(800, dtype=np.uint64), vectors)
    read = StaticEncoder((tmp_path / TOKENIZER_FILE).read_bytes(), read_tensors(tmp_path / TOKENS_FILE))
    assert read.dimensions == 8
    assert np.linalg.norm(read.encode(["w1 w2"])[0]) == pytest.approx(1.0, abs=1e-5)
    assert not read.encode([""]).any()


def test_floors_lie_above_what_random_pairs_reach() -> None:
    random = np.random.default_rng(1)
    queries, products = (normalised(random.normal(size=(rows, 32))) for rows in (100, 3_000))
    floors = calibrate(queries, products)
    similar = queries @ products.T
    assert (similar > floors.usual).mean() == pytest.approx(0.05, abs=0.01)
    assert (similar > floors.strict).mean() == pytest.approx(0.001, abs=0.0005)


def test_pseudo_queries_come_from_the_catalogue_and_are_always_the_same() -> None:
    titles = ["Red Lamp 40 W", "Blue Sofa", ""]
    found = fragments(titles, ["Glass"], 30)
    assert found == fragments(titles, ["Glass"], 30)
    assert {"red", "lamp", "sofa", "Glass"} <= set(found)
    said = {word for text in found for word in text.lower().split()}
    assert said <= {"red", "lamp", "40", "w", "blue", "sofa", "glass"}


def judged(queries: int) -> list[Example]:
    """Return queries whose best products have the greatest ``title_cover``, which the fused score does not know."""
    random = np.random.default_rng(5)
    found = []
    for number in range(queries):
        features = random.normal(size=(40, len(NAMES)))
        rating = np.digitize(features[:, NAMES.index("title_cover")], (0.0, 1.0)).astype(float)
        ids = [f"{number}-{at}" for at in range(40)]
        ratings = dict(zip(ids[:30], rating[:30].tolist(), strict=True))
        found.append(Example(f"q{number}", ids, features, np.zeros(40), ratings))
    return found


def test_the_order_is_learned_and_holds_for_queries_that_were_not_seen() -> None:
    examples = judged(40)
    scored = cross_validate(examples, folds=3)
    assert scored.ndcg_judged > 0.9
    orders = cross_validated_orders(examples, folds=2)
    assert all(sorted(orders[each.query]) == sorted(each.ids) for each in examples)


def test_what_cannot_be_learned_is_not_claimed_to_be() -> None:
    random = np.random.default_rng(6)
    noise = []
    for each in judged(40):
        ratings = dict(zip(each.ratings, random.permutation(list(each.ratings.values())).tolist(), strict=True))
        noise.append(Example(each.query, each.ids, each.features, each.fused, ratings))
    assert cross_validate(noise, folds=3).ndcg_judged < 0.75


def test_a_trained_order_serves_from_its_artefact_and_explains_itself(tmp_path: Path) -> None:
    examples = judged(20)
    trained = train_reranker(examples)
    artefact = Registry(tmp_path).publish("shop", "ranking", Training("0"), write_reranker(trained))
    read = open_reranker(artefact)
    features = examples[0].features
    np.testing.assert_allclose(read.scores(features), trained.scores(features))
    shares = read.contributions(features)
    assert shares.shape == features.shape
    assert NAMES[int(np.abs(shares).sum(axis=0).argmax())] == "title_cover"
    assert read.scores(features[:0]).shape == (0,)


def test_people_are_learned_from_on_top_of_the_catalogue(tmp_path: Path) -> None:
    taught = train_reranker(judged(20))
    start = Reranker(taught.booster, catalogue_trees=taught.booster.num_trees())
    others = [replace(each, ratings={name: 3 - rating for name, rating in each.ratings.items()}) for each in judged(8)]
    both = train_reranker(others, start=start)
    assert both.saw_people
    assert not start.saw_people
    parameters = {"strength": 2.0, "catalogue_trees": both.catalogue_trees}
    training = Training("0", parameters=parameters)
    read = open_reranker(Registry(tmp_path).publish("shop", "ranking", training, write_reranker(both)))
    assert (read.strength, read.saw_people) == (2.0, True)
    features = others[0].features
    np.testing.assert_allclose(read.from_catalogue().scores(features), taught.scores(features))  # type: ignore[union-attr]
    assert np.corrcoef(read.scores(features), taught.scores(features))[0, 1] < 0.9


def test_a_model_is_trusted_as_far_as_it_helps_with_queries_that_it_did_not_see() -> None:
    examples = judged(24)
    # The fusion is noise here, so that what is learned is trusted as far as can be; then the fusion knows it all.
    random = np.random.default_rng(2)
    noise = [replace(each, fused=random.normal(size=40)) for each in examples]
    right = [replace(each, fused=each.features[:, NAMES.index("title_cover")] * 3) for each in noise]
    unlearned = [replace(each, features=random.normal(size=each.features.shape)) for each in right]
    assert best_strength(noise) == 2.0
    assert best_strength(unlearned) == 0.5
    assert quality(right).both > quality(noise).both


def test_a_model_of_other_features_is_refused(tmp_path: Path) -> None:
    text = train_reranker(judged(20)).booster.model_to_string().replace("title_cover", "titel_cover")
    registry = Registry(tmp_path)
    for content in (text, "no model"):
        artefact = registry.publish("shop", "ranking", Training("0"), lambda to, content=content: _write(to, content))
        with pytest.raises(BadArtefact):
            open_reranker(artefact)


def _write(folder: Path, content: str) -> None:
    (folder / "model.txt").write_text(content)
