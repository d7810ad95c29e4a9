"""Two ways of ordering in one list: each picks its best, pages hold everything once, and pins are nobody's."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.buyer import ANONYMOUS
from commerce.merchandising import Pin, Rule, Then
from commerce.profile import Profile
from engines.embedded import EmbeddedEngine
from engines.port import InvalidCursor, Schema, SearchIndex
from language.filters.tree import Compare
from ranking.interleaving import DEPTH, Rival, Way
from ranking.meaning import Floors, QueryEncoder
from ranking.merchandising.table import RuleTable
from ranking.models import NO_MODELS, Models
from ranking.personal import Personal
from ranking.request import SearchAnswer, SearchRequest
from ranking.search import search
from tests.ranking.test_hybrid import document, encoder

TITLES = ("red sofa", "blue couch", "settee", "red lamp", "lamp", "blue table")
IDS = [f"p{at:03}" for at in range(240)]
KNOWN = Models(QueryEncoder(encoder(), Floors(0.3, 0.3)))
BY_WORDS = Way("lexical", KNOWN)
FOR_HP = Way("lexical", KNOWN, Personal(Profile({"brand=HP": 0.9}, interactions=9), 100))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    engine = EmbeddedEngine(tmp_path_factory.mktemp("interleaving"))
    kinds = {"id": "text", "brand": "text", "category": "hierarchy"}
    version = engine.create("shop", Schema(("en",), kinds=kinds, encoder="known"))  # type: ignore[arg-type]
    builder = engine.builder("shop", version)
    builder.write(
        document(each, TITLES[at % 6], ("Acme", "Bolt", "HP")[at // 6 % 3], at) for at, each in enumerate(IDS)
    )
    builder.commit(1)
    builder.close()
    engine.switch("shop", version)
    found = engine.open("shop")
    assert found is not None
    return found


def ask(
    index: SearchIndex,
    rival: Way | None,
    seed: str = "1",
    rules: tuple[Rule, ...] = (),
    own: Way = Way("hybrid", KNOWN),
    **asked: object,
) -> SearchAnswer:
    request = SearchRequest(**{"mode": own.mode, **asked})  # type: ignore[arg-type]
    against = None if rival is None else Rival(rival, seed)
    return search(index, request, ANONYMOUS, own.models, personal=own.personal, rules=RuleTable(rules), rival=against)


def ids(answer: SearchAnswer) -> list[str]:
    return [hit.hit.product.id for hit in answer.hits]


def test_each_ranking_picks_its_best_and_the_answer_knows_which(index: SearchIndex) -> None:
    whole = ask(index, FOR_HP, own=BY_WORDS, query="red", page_size=40)
    alone = {0: ids(ask(index, None, own=BY_WORDS, query="red", page_size=80)),
             1: ids(ask(index, None, own=FOR_HP, query="red", page_size=80))}  # fmt: skip
    assert {hit.team for hit in whole.hits} == {0, 1}
    shown: list[str] = []
    for hit in whole.hits:
        assert hit.team is not None
        best = next(each for each in alone[hit.team] if each not in shown)
        assert hit.hit.product.id == best
        shown.append(best)
    for size in range(2, len(whole.hits), 2):
        teams = [hit.team for hit in whole.hits[:size]]
        assert teams.count(0) == teams.count(1)
    assert ids(ask(index, FOR_HP, own=BY_WORDS, query="red", page_size=40)) == shown
    assert any(
        ids(ask(index, FOR_HP, str(seed), own=BY_WORDS, query="red", page_size=40)) != shown for seed in range(5)
    )


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    query=st.sampled_from(["", "red", "lamp", "sofa", "nothing at all"]),
    rival=st.sampled_from([BY_WORDS, FOR_HP, Way("semantic", KNOWN), Way("lexical", NO_MODELS)]),
    size=st.sampled_from([7, 24, 60, 100]),
    seed=st.text(max_size=4),
    pins=st.lists(st.builds(Pin, st.sampled_from(IDS), st.integers(1, 150)), max_size=3, unique_by=lambda pin: pin.id),
)
def test_pages_hold_everything_that_either_finds_once(
    index: SearchIndex, query: str, rival: Way, size: int, seed: str, pins: list[Pin]
) -> None:
    rules = (Rule("pins", then=Then(pin=tuple(pins))), Rule("hides", then=Then(hide=(Compare("id", "=", "p001"),))))
    asked = {"query": query, "page_size": size}
    pages, cursor = [], None
    while True:
        found = ask(index, rival, seed, rules, cursor=cursor, **asked)
        pages.append(ids(found))
        if (cursor := found.cursor) is None:
            break
    shown = [each for page in pages for each in page]
    assert len(shown) == len(set(shown))
    assert all(len(page) == size for page in pages[:-1])
    ways = [
        ids(ask(index, None, rules=rules, own=own, query=query, page_size=240)) for own in (Way("hybrid", KNOWN), rival)
    ]
    assert set(shown) == set(ways[0]) | set(ways[1])
    assert "p001" not in shown
    by_page = [ids(ask(index, rival, seed, rules, page=at, **asked)) for at in range(1, min(len(pages), 3) + 1)]
    assert by_page[: DEPTH // size] == pages[: min(DEPTH // size, len(by_page))]


def test_what_is_pinned_stands_there_and_is_nobodys(index: SearchIndex) -> None:
    rules = (Rule("pin", then=Then(pin=(Pin("p240", 1), Pin("p005", 2)))),)
    found = ask(index, FOR_HP, rules=rules, own=BY_WORDS, query="red")
    assert found.rules == ask(index, None, rules=rules, own=BY_WORDS, query="red").rules
    assert [(hit.hit.product.id, hit.team is None) for hit in found.hits].index(("p005", True)) in (0, 1)
    assert all(hit.team is not None for hit in found.hits if hit.hit.product.id != "p005")


def test_another_order_than_relevance_is_left_alone(index: SearchIndex) -> None:
    found = ask(index, FOR_HP, own=BY_WORDS, query="red", sort="price:asc")
    assert ids(found) == ids(ask(index, None, own=BY_WORDS, query="red", sort="price:asc"))
    assert {hit.team for hit in found.hits} == {None}


def test_paging_goes_on_when_the_experiment_ends_or_begins(index: SearchIndex) -> None:
    begun = ask(index, FOR_HP, own=BY_WORDS, query="red", page_size=10)
    later = ask(index, None, own=BY_WORDS, query="red", page_size=10, cursor=begun.cursor)
    assert ids(later) == ids(ask(index, None, own=BY_WORDS, query="red", page_size=10, page=2))
    alone = ask(index, None, own=BY_WORDS, query="red", page_size=10)
    assert ids(ask(index, FOR_HP, own=BY_WORDS, query="red", page_size=10, cursor=alone.cursor)) == ids(later)


def test_a_made_up_cursor_is_refused(index: SearchIndex) -> None:
    for cursor in ("i", "j!!!!", "iAAAA"):
        with pytest.raises(InvalidCursor):
            ask(index, FOR_HP, query="red", cursor=cursor)
        with pytest.raises(InvalidCursor):
            ask(index, None, query="red", cursor=cursor)
