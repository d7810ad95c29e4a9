"""Models, the blend and their files, on a world whose right answers are known."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from scipy import sparse

from commerce.order import Order
from commerce.product import Catalog, CatalogItem, Product
from commerce.records import Records
from recommender.artefact import KIND, Trained, load, save
from recommender.behaviour import Behaviour, day_of, read_behaviour
from recommender.blend import train_blend
from recommender.errors import NothingToLearn
from recommender.evaluation import OURS, best_against, evaluate_recommender
from recommender.history import Histories
from recommender.knowledge import MODELS, learn
from recommender.models.ease import fit_ease
from recommender.models.neighbours import strongest
from recommender.reasons import sentence
from recommender.serving import Asked, Recommender, Strategy
from recommender.training import train_recommender
from registry import BadArtefact, Registry
from tests.recommender.conftest import ARTICLES, BEGIN, order, taste

END = day_of(BEGIN) + 240
NOW = BEGIN + timedelta(days=240)


@pytest.fixture(scope="module")
def behaviour(checker_board: Sequence[Order]) -> Behaviour:
    return read_behaviour(checker_board)


@pytest.fixture(scope="module")
def trained(behaviour: Behaviour) -> Trained:
    # A word that more than a tenth of the titles share does not count, so each taste has words in pairs.
    titles = [f"word{taste(each)}{int(each[1:]) // 4}" for each in behaviour.items]
    return Trained(learn(behaviour, END, titles), train_blend(behaviour, END, titles))


def test_the_closed_form_model_is_the_solution_of_its_equation() -> None:
    """For each item, ridge regression of its column on all the others gives the same weights."""
    histories = sparse.csr_matrix(np.random.default_rng(1).integers(0, 2, (40, 6)).astype(np.float32))
    weights = fit_ease(histories, 3.0)
    dense = histories.toarray().astype(np.float64)
    for item in range(6):
        others = np.delete(dense, item, axis=1)
        solved = np.linalg.solve(others.T @ others + 3.0 * np.eye(5), others.T @ dense[:, item])
        assert np.allclose(np.delete(weights[:, item], item), solved, atol=1e-5)
        assert weights[item, item] == 0


def test_scores_of_neighbours_are_the_product_with_their_matrix() -> None:
    near = strongest(np.random.default_rng(2).random((20, 20)).astype(np.float32), 5)
    kept = near.matrix.toarray()
    assert ((kept > 0).sum(axis=1) == 5).all()
    assert (np.diag(kept) == 0).all()
    items, weights = [3, 0, 7], [0.5, 2.0, 1.0]
    assert np.allclose(near.scores(items, weights), np.array(weights) @ kept[items], atol=1e-6)
    assert not near.scores([], []).any()


@pytest.mark.parametrize("model", MODELS)
def test_every_model_finds_the_tastes_apart(trained: Trained, model: str) -> None:
    known = trained.knowledge
    for number, item in enumerate(known.items):
        near = known.neighbours[model].scores([number], [1.0])
        same = [near[at] for at, other in enumerate(known.items) if taste(other) == taste(item)]
        others = [near[at] for at, other in enumerate(known.items) if taste(other) != taste(item)]
        assert max(same) > max(others)
        assert max(others) == 0


def test_the_blend_puts_the_buyers_taste_first(behaviour: Behaviour, trained: Trained) -> None:
    assert trained.blend is not None
    histories = Histories(behaviour)
    right = 0
    for user in range(len(behaviour.users)):
        ranked = trained.blend.rank(trained.knowledge, histories.of(user), END)
        own = taste(behaviour.items[histories.of(user).item[0]])
        right += sum(taste(behaviour.items[item]) == own for item in ranked.items[:8])
    assert right / len(behaviour.users) / 8 > 0.99


def test_a_saved_recommender_answers_as_before_and_a_broken_one_is_refused(trained: Trained, tmp_path: Path) -> None:
    save(trained, tmp_path)
    before, after = Recommender(trained), Recommender(load(tmp_path))
    bought = [order("1", 100, "new", ("a00", 1), ("a02", 2))]
    for strategy in get_args(Strategy):
        asked = Asked(strategy, ["a00"], ["a02"], NOW)
        expected = list(before.recommend(asked, before.history(bought)))
        assert list(after.recommend(asked, after.history(bought))) == expected
        assert expected
        assert len({each.id for each in expected}) == len(expected)
    (tmp_path / "items.json").write_text('["one"]')
    with pytest.raises(BadArtefact):
        load(tmp_path)


def test_units_of_a_product_name_what_shares_its_orders_with_the_evidence(
    trained: Trained, checker_board: Sequence[Order]
) -> None:
    first = next(Recommender(trained).recommend(Asked("bought_together", ["a00"])))
    holding = [{line.product_id for line in each.lines} for each in checker_board]
    both = sum({"a00", first.id} <= each for each in holding)
    orders = sum("a00" in each for each in holding)
    assert first.source == "primary"
    assert (first.reason.evidence["orders_with_both"], first.reason.evidence["orders"]) == (both, orders)
    percent = f"{100 * round(both / orders, 4):.1f}".removesuffix(".0")
    assert sentence(first.reason, {"a00": "Lamp"}, "en-GB") == f"Bought with Lamp in {percent} % of {orders} orders"
    assert "zusammen mit Lamp" in sentence(first.reason, {"a00": "Lamp"}, "de")
    assert "Lamp" not in sentence(first.reason, {}, "en")


def test_what_was_bought_stands_in_buy_again_alone_and_what_was_not_in_for_you(trained: Trained) -> None:
    recommender = Recommender(trained)
    history = recommender.history([order("1", 200, "new", ("a00", 1)), order("2", 210, "new", ("a00", 1), ("a04", 1))])

    def primary(strategy: Strategy) -> list[str]:
        found = recommender.recommend(Asked(strategy, now=NOW), history)
        return [each.id for each in found if each.source == "primary"]

    assert sorted(primary("buy_again")) == ["a00", "a04"]
    assert not {"a00", "a04"} & set(primary("for_you"))
    assert all(taste(each) == 0 for each in primary("for_you")[:8])


def test_a_buyer_without_history_gets_the_popular_marked_as_a_fallback(trained: Trained) -> None:
    found = list(Recommender(trained).recommend(Asked("for_you")))
    assert len(found) == len(ARTICLES)
    assert {each.source for each in found} == {"fallback"}


def test_ties_fall_to_the_disadvantage_of_the_model() -> None:
    scores = np.array([1, 1, 1, 2, -np.inf], dtype=np.float32)
    assert best_against(scores, np.array([0], dtype=np.int32), 3).tolist() == [3, 1, 2]


def test_evaluation_prints_ours_beside_the_references_and_beats_popularity(behaviour: Behaviour) -> None:
    rows = evaluate_recommender(behaviour, END - 40, [""] * len(behaviour.items))
    ndcg = {(row.name, row.task): row.ndcg for row in rows}
    assert {name for name, _ in ndcg} == {
        OURS, "popularity (30 days)", "personal frequency + popularity", "item-kNN (cosine)", "EASE", "implicit ALS",
    }  # fmt: skip
    assert ndcg[OURS, "all"].low > ndcg["popularity (30 days)", "all"].value
    assert all(0 <= row.ndcg.low <= row.ndcg.value <= row.ndcg.high <= 1 for row in rows)
    with pytest.raises(NothingToLearn):
        evaluate_recommender(behaviour, END + 1, [])


@pytest.fixture
def records(tmp_path: Path, checker_board: Sequence[Order]) -> Iterator[Records]:
    store = Records(f"sqlite:///{tmp_path / 'vitrine.db'}")
    store.upgrade()
    store.put_catalog(Catalog("shop", "EUR"))
    store.upsert("shop", [CatalogItem(Product("not yet sold", "odd thing"))])
    store.put_orders("shop", checker_board)
    yield store
    store.close()


def test_a_training_is_published_and_a_worse_one_does_not_serve(records: Records, tmp_path: Path) -> None:
    registry = Registry(tmp_path / "models")
    first = train_recommender(records, registry, "shop", code_version="1")
    assert first.promoted
    assert 0 < first.metrics["recall@20 all"] <= 1
    assert "not yet sold" in load(first.artefact.folder).knowledge.items
    # So early hardly anything is known, and no blend can be scored.
    early = train_recommender(records, registry, "shop", code_version="1", until=BEGIN + timedelta(days=20))
    assert not early.promoted
    serving = registry.load("shop", KIND)
    assert serving is not None
    assert serving.manifest.version == first.artefact.manifest.version


def test_a_catalogue_without_anything_cannot_be_trained(records: Records, tmp_path: Path) -> None:
    records.put_catalog(Catalog("empty", "EUR"))
    with pytest.raises(NothingToLearn, match="vitrine load empty"):
        train_recommender(records, Registry(tmp_path / "models"), "empty", code_version="1")
