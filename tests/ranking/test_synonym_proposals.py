"""Synonyms proposed from clicks and from meaning."""

from datetime import UTC, datetime

from commerce.event import Event, SearchRecord
from commerce.synonyms import Synonym
from engines.port import SearchIndex
from language.analysis import analyzer
from ranking.models import NO_MODELS, Models
from ranking.synonym_proposals import (
    SynonymProposal,
    proposals_from_clicks,
    proposals_from_meaning,
    without_known,
)

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
EN = analyzer("en")


def behaviour(clicks: dict[str, list[str]]) -> tuple[list[SearchRecord], list[Event]]:
    """Return a search for each click of a query."""
    pairs = [(text, product) for text, products in clicks.items() for product in products]
    searches = [SearchRecord(f"s{at}", NOON, text, 3) for at, (text, _) in enumerate(pairs)]
    events = [
        Event(f"e{at}", "click", NOON, f"c{at}", query_id=f"s{at}", object_id=product)
        for at, (_, product) in enumerate(pairs)
    ]
    return searches, events


def test_what_two_queries_say_differently_is_proposed_if_they_lead_to_the_same() -> None:
    clicks = {
        "beamer lamp": ["a", "b", "c", "a"],
        "Projector  Lamps": ["a", "b", "b"],
        "desk lamp": ["x", "y", "z"],
    }
    [found] = proposals_from_clicks(*behaviour(clicks), EN)
    assert (found.sources, found.targets) == (("beamer",), ("projector",))
    assert (found.shared, found.because, found.kind) == (2, "clicks", "equivalent")
    assert 0.5 < found.similarity <= 1.0


def test_little_evidence_and_numbers_propose_nothing() -> None:
    few = {"beamer": ["a", "b"], "projector": ["a", "b", "c"]}
    one_shared = {"beamer": ["a"] * 3, "projector": ["a"] * 3}
    numbers = {"disk 500": ["a", "b", "c"], "disk 900": ["a", "b", "c"]}
    longer = {"red lamp": ["a", "b", "c"], "lamp": ["a", "b", "c"]}
    for clicks in (few, one_shared, numbers, longer, {}):
        assert proposals_from_clicks(*behaviour(clicks), EN) == []


def test_words_that_mean_a_category_are_proposed(sample: tuple[SearchIndex, Models]) -> None:
    index, models = sample
    found = proposals_from_meaning(index, models, EN)
    assert found
    assert all(each.kind == "one_way" and 0.6 <= each.similarity <= 1.0 for each in found)
    assert [each.similarity for each in found] == sorted((each.similarity for each in found), reverse=True)
    assert proposals_from_meaning(index, NO_MODELS, EN) == []


def test_what_a_synonym_says_already_is_not_proposed_again() -> None:
    one = SynonymProposal("equivalent", ("beamers",), ("projector",), "clicks", 0.9)
    kept = Synonym("s", "one_way", ("projectors",), ("beamer",))
    assert list(without_known([one], [kept], EN)) == []
    assert list(without_known([one], [], EN)) == [one]
