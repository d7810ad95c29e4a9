"""Weights that a merchandiser may move, and their versions."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from commerce.buyer import ANONYMOUS
from commerce.errors import ChangedMeanwhile
from commerce.product import Catalog
from commerce.records import Records
from engines.port import SearchIndex
from ranking.models import Models
from ranking.relevance import USUAL, InvalidRelevance, Relevance, Strengths, Weights
from ranking.relevance_records import current, relevance_of, save, to_json, versions
from ranking.request import SearchRequest
from ranking.search import search


@pytest.fixture
def records(tmp_path: Path) -> Records:
    found = Records(f"sqlite:///{tmp_path / 'vitrine.db'}")
    found.upgrade()
    found.put_catalog(Catalog("shop", "EUR"))
    return found


def test_nobodys_settings_are_the_usual_ones(records: Records) -> None:
    assert (current(records, "shop").number, current(records, "shop").relevance) == (0, USUAL)


def test_versions_count_up_and_the_last_fifty_are_kept(records: Records) -> None:
    for at in range(60):
        assert save(records, "shop", Relevance(weights=Weights(kind=at / 10))).number == at + 1
    assert [each.number for each in versions(records, "shop")] == list(range(11, 61))
    assert save(records, "shop", current(records, "shop").relevance).number == 60
    records.close()


def test_settings_read_back_as_they_were_written(records: Records) -> None:
    mine = Relevance({"title": 3.0, "brand": 0.0}, Weights(words=0.5), Strengths(phrase=2.0))
    saved = save(records, "shop", mine)
    assert current(records, "shop").relevance.searched == mine.searched
    assert relevance_of(to_json(saved)).searched == mine.searched
    assert "brand" not in mine.searched
    records.close()


@pytest.mark.parametrize(
    "content", [{"fields": {"colour": 1}}, {"weights": {"luck": 1}}, {"fields": []}, {"strengths": {"phrase": 11.0}}]
)
def test_what_means_nothing_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(InvalidRelevance):
        relevance_of(content)


def ids(sample: tuple[SearchIndex, Models], query: str, weights: Weights) -> list[str]:
    index, models = sample
    request = SearchRequest(query=query, facets=(), page_size=50)
    hits = search(index, request, ANONYMOUS, models, relevance=Relevance(weights=weights)).hits
    return [each.hit.product.id for each in hits]


def test_weights_move_hits_and_lose_none(sample: tuple[SearchIndex, Models]) -> None:
    usual = ids(sample, "usb hub", Weights())
    by_words = ids(sample, "usb hub", Weights(meaning=0.0, kind=0.0))
    by_meaning = ids(sample, "usb hub", Weights(words=0.0, kind=0.0))
    assert by_words != usual != by_meaning
    index, models = sample
    request = SearchRequest(query="usb hub", facets=())
    moved = Relevance(weights=Weights(words=0.0))
    whole = search(index, request, ANONYMOUS, models).total
    assert search(index, request, ANONYMOUS, models, relevance=moved).total == whole


def test_a_weight_shows_in_the_explanation(sample: tuple[SearchIndex, Models]) -> None:
    index, models = sample
    request = SearchRequest(query="notebook", facets=(), explain=True)

    def kind(relevance: Relevance) -> float:
        hit = search(index, request, ANONYMOUS, models, relevance=relevance).hits[0]
        return next((each.contribution for each in hit.stages or () if each.name == "fusion:kind"), 0.0)

    assert kind(replace(USUAL, weights=Weights(kind=2.0))) == pytest.approx(2 * kind(USUAL))
    assert kind(replace(USUAL, weights=Weights(kind=0.0))) == 0.0


def test_of_settings_that_are_saved_at_once_none_is_lost(records: Records) -> None:
    kinds = [at / 10 for at in range(1, 13)]

    def keep(kind: float) -> int:
        return save(records, "shop", Relevance(weights=Weights(kind=kind))).number

    with ThreadPoolExecutor(4) as several:
        numbers = list(several.map(keep, kinds))
    kept = [each.relevance.weights.kind for each in versions(records, "shop")]
    records.close()
    assert sorted(numbers) == list(range(1, 13))
    assert sorted(kept) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2]


def test_settings_made_from_another_version_are_refused(records: Records) -> None:
    save(records, "shop", Relevance(weights=Weights(kind=0.5)), expected=0)
    with pytest.raises(ChangedMeanwhile, match="version 1"):
        save(records, "shop", Relevance(weights=Weights(kind=0.6)), expected=0)
    records.close()
