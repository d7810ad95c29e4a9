"""Models, the blend and their files, on a world whose right answers are known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from scipy import sparse

from commerce.erasure import Person
from commerce.order import Order
from commerce.product import Catalog, CatalogItem, Product
from commerce.records import Records
from recommender.artefact import KIND, Trained, load, save
from recommender.behaviour import Behaviour, Floats, day_of, read_behaviour
from recommender.blend import load_blend, train_blend
from recommender.errors import NothingToLearn
from recommender.evaluation import OURS, best_against, evaluate_recommender, score_cut
from recommender.history import histories_of
from recommender.knowledge import MODELS, Knowledge, learn
from recommender.models.als import factors_of
from recommender.models.ease import fit_ease
from recommender.models.neighbours import strongest
from recommender.purchases import Purchases
from recommender.reasons import sentence
from recommender.report import report_page
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


def test_a_folded_in_buyer_is_the_one_that_training_solved_for() -> None:
    """For fixed items the buyer minimises the weighted squares of the method's objective."""
    items = np.random.default_rng(3).normal(size=(30, 64)).astype(np.float32)
    bought = np.array([2, 5, 11])
    scores = factors_of(items).scores(bought)
    confidence, wish = np.ones(30), np.zeros(30)
    confidence[bought], wish[bought] = 20.0, 1.0
    weighed = items.astype(np.float64) * confidence[:, None]
    solved = np.linalg.solve(items.T @ weighed + 0.05 * np.eye(64), weighed.T @ wish)
    assert np.allclose(scores, items @ solved, atol=1e-2)


def test_scores_of_neighbours_are_the_product_with_their_matrix() -> None:
    near = strongest(np.random.default_rng(2).random((20, 20)).astype(np.float32), 5)
    kept = near.matrix.toarray()
    assert ((kept > 0).sum(axis=1) == 5).all()
    assert (np.diag(kept) == 0).all()
    items, weights = [3, 0, 7], [0.5, 2.0, 1.0]
    assert np.allclose(near.scores(items, weights), np.array(weights) @ kept[items], atol=1e-6)
    assert not near.scores([], []).any()


def scores_of(known: Knowledge, model: str, item: int) -> Floats:
    if model == "als":
        return known.factors.scores(np.array([item]))
    return known.neighbours[model].scores([item], [1.0])


@pytest.mark.parametrize("model", MODELS)
def test_every_model_finds_the_tastes_apart(trained: Trained, model: str) -> None:
    known = trained.knowledge
    for number, item in enumerate(known.items):
        near = scores_of(known, model, number)
        same = [near[at] for at, other in enumerate(known.items) if taste(other) == taste(item)]
        others = [near[at] for at, other in enumerate(known.items) if taste(other) != taste(item)]
        assert max(same) > max(others)
        assert max(others) < 0.1 * max(same)


def test_the_blend_puts_the_buyers_taste_first(behaviour: Behaviour, trained: Trained) -> None:
    assert trained.blend is not None
    histories = histories_of(behaviour)
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


def test_another_objective_serves_though_it_orders_otherwise_and_says_what_it_lacks(
    records: Records, tmp_path: Path
) -> None:
    registry = Registry(tmp_path / "models")
    train_recommender(records, registry, "shop", code_version="1")
    found = train_recommender(records, registry, "shop", code_version="1", objective="revenue")
    assert found.promoted
    assert found.artefact.manifest.training.parameters["objective"] == "revenue"
    with pytest.raises(NothingToLearn, match="costs"):
        train_recommender(records, registry, "shop", code_version="1", objective="margin")
    with pytest.raises(NothingToLearn, match="looked at"):
        train_recommender(records, registry, "shop", code_version="1", objective="click")


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


def test_histories_at_hand_are_those_of_the_records_and_follow_new_orders(records: Records, tmp_path: Path) -> None:
    registry = Registry(tmp_path / "models")
    records.put_orders("shop", [replace(order("u", 20, "b001", ("a01", 1)), account=None)])
    artefact = train_recommender(records, registry, "shop", code_version="1").artefact
    recommender = Recommender(load(artefact.folder))
    purchases = Purchases(records, "shop")

    def same(account: str) -> bool:
        found = purchases.of(recommender, account=account)
        read = recommender.history(records.orders("shop", account=account))
        return found.item.tolist() == read.item.tolist() and np.allclose(found.at, read.at)

    assert all(same(f"b{number:03d}") for number in range(160))
    assert not len(purchases.of(recommender, account="nobody").item)
    assert (
        purchases.of(recommender, user="b001").item.tolist()
        == recommender.history(records.orders("shop", user="b001")).item.tolist()
    )
    before = len(purchases.of(recommender, account="b002").item)
    for number in range(1, 3):
        records.put_orders("shop", [order(f"late {number}", 245, "b002", ("a00", 1), ("a02", 1))])
        assert len(purchases.of(recommender, account="b002").item) == before + 2 * number
        assert same("b002")
    records.erase("shop", Person("user", "b004"))
    assert not len(purchases.of(recommender, account="b004").item)
    records.put_orders("shop", [order("back", 246, "b002", ("a00", -2))])
    assert same("b002")
    assert same("b003")


def test_the_next_trained_model_knows_nothing_of_who_was_erased(tmp_path: Path) -> None:
    records, registry = Records(f"sqlite:///{tmp_path / 'records.db'}"), Registry(tmp_path / "models")
    records.upgrade()
    records.put_catalog(Catalog("shop", "EUR"))
    records.put_orders(
        "shop", [order(f"o{at}", at, f"b{at % 9}", ("a00", 1), (f"a0{1 + at % 5}", 1)) for at in range(60)]
    )

    def known() -> int:
        train_recommender(records, registry, "shop", code_version="1")
        artefact = registry.load("shop", KIND)
        assert artefact is not None
        histories = load(artefact.folder).histories
        assert histories is not None
        return len(histories.of_account("b4").item)

    assert known() > 0
    assert records.erase("shop", Person("user", "b4")).is_complete
    assert known() == 0
    records.close()


def test_a_catalogue_without_anything_cannot_be_trained(records: Records, tmp_path: Path) -> None:
    records.put_catalog(Catalog("empty", "EUR"))
    with pytest.raises(NothingToLearn, match="vitrine load empty"):
        train_recommender(records, Registry(tmp_path / "models"), "empty", code_version="1")


def test_the_samples_trees_are_of_this_programs_features() -> None:
    """Otherwise the demo would train for minutes: train again and copy ``blend.txt`` from the model's folder."""
    trees = load_blend(Path(__file__).parents[2] / "samples" / "online_retail" / "blend.txt")
    assert sum(trees.importance().values()) == pytest.approx(1)


def test_a_buyer_of_two_cuts_counts_once_and_the_report_shows_every_recommender(behaviour: Behaviour) -> None:
    texts = [""] * len(behaviour.items)
    first, second = (score_cut(behaviour, END - back, texts) for back in (60, 30))
    recall = {(row.name, row.task): row for row in second.rows()}
    rows = {"late": second.rows()}
    second.take(first)
    for row in second.rows():
        assert recall[row.name, row.task].buyers <= row.buyers <= 160
        assert 0 <= row.revenue.low <= row.revenue.value <= row.revenue.high <= 1
        assert 0 <= row.calibration <= 1
    page = report_page("shop <b>", 1, rows)
    assert "shop &lt;b&gt;" in page
    assert all(page.count(row.name.replace("'", "&#x27;")) >= 2 for row in second.rows())
