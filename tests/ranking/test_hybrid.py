"""Search by words and by meaning together, over an encoder whose meanings are known by construction."""

from decimal import Decimal

import numpy as np
import orjson
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from commerce.buyer import ANONYMOUS
from engines.embedded import EmbeddedEngine
from engines.plan import Selection
from engines.port import Document, InvalidCursor, Schema, SearchIndex
from engines.results import StoredProduct
from language.encoder import StaticEncoder, quantised
from language.filters.tree import Compare
from ranking.meaning import Floors, QueryEncoder
from ranking.models import Models
from ranking.request import SearchAnswer, SearchRequest
from ranking.search import ModelUnavailable, search

MEANINGS = {"sofa": 0, "couch": 0, "settee": 0, "lamp": 1, "light": 1, "table": 2, "red": 3, "blue": 4}


def encoder() -> StaticEncoder:
    tokenizer = Tokenizer(WordLevel({"[UNK]": 0, **{word: at for at, word in enumerate(MEANINGS, 1)}}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    vectors = np.zeros((len(MEANINGS) + 1, 5), np.float32)
    for at, meaning in enumerate(MEANINGS.values(), 1):
        vectors[at, meaning] = 1.0
    tokens, scales = quantised(vectors)
    return StaticEncoder(tokenizer.to_str().encode(), {"tokens": tokens, "scales": scales})


def document(identity: str, title: str, brand: str, price: int) -> Document:
    content = {"id": identity, "title": title, "description": "", "brand": brand, "gtin": [], "mpn": None,
               "category": [title.split()[-1]], "image_urls": [], "attributes": {}, "released": None}  # fmt: skip
    return Document(
        StoredProduct(identity, orjson.dumps(content), title, Decimal(price), None),
        {"title": title, "brand": brand},
        {"id": (identity,), "brand": (brand,), "category": (title.split()[-1],)},
        identifiers=(identity.upper(),),
        vector=tuple(encoder().encode([title.lower()])[0].tolist()),
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    engine = EmbeddedEngine(tmp_path_factory.mktemp("hybrid"))
    kinds = {"id": "text", "brand": "text", "category": "hierarchy"}
    version = engine.create("shop", Schema(("en",), kinds=kinds, encoder="known"))  # type: ignore[arg-type]
    builder = engine.builder("shop", version)
    shelf = [
        document("p1000", "red sofa", "Acme", 500),
        document("p1001", "blue couch", "HP", 400),
        document("p1002", "settee", "Acme", 300),
        document("p1003", "red lamp", "HP", 50),
        document("p1004", "blue table", "Acme", 80),
    ]
    shelf += [document(f"t{at:04}", "blue table", "HP" if at % 2 else "Acme", 100 + at) for at in range(400)]
    builder.write(shelf)
    builder.commit(1)
    builder.close()
    engine.switch("shop", version)
    found = engine.open("shop")
    assert found is not None
    return found


MODELS = Models(QueryEncoder(encoder(), Floors(0.5, 0.8)))


def ask(index: SearchIndex, query: str, models: Models = MODELS, **options: object) -> SearchAnswer:
    return search(index, SearchRequest(query=query, **options), ANONYMOUS, models)  # type: ignore[arg-type]


def ids(answer: SearchAnswer) -> list[str]:
    return [each.hit.product.id for each in answer.hits]


def test_products_are_found_by_other_words_of_the_same_meaning(index: SearchIndex) -> None:
    answer = ask(index, "sofa")
    assert ids(answer)[0] == "p1000"
    assert set(ids(answer)) == {"p1000", "p1001", "p1002"}
    assert {each.hit.product.id: each.matched_by for each in answer.hits} == {
        "p1000": ("lexical", "semantic"),
        "p1001": ("semantic",),
        "p1002": ("semantic",),
    }
    assert (answer.total, answer.interpretation.semantic_hits) == (3, 3)
    brands = next(facet for facet in ask(index, "sofa", facets=("brand",)).facets if facet.field == "brand")
    assert {value.value: value.count for value in brands.values} == {"Acme": 2, "HP": 1}


def test_words_alone_find_no_other_words(index: SearchIndex) -> None:
    assert ids(ask(index, "sofa", mode="lexical")) == ["p1000"]
    assert ids(ask(index, "sofa", Models())) == ["p1000"]


def test_meaning_alone_needs_an_encoder(index: SearchIndex) -> None:
    assert set(ids(ask(index, "sofa", mode="semantic"))) == {"p1000", "p1001", "p1002"}
    with pytest.raises(ModelUnavailable, match="lexical"):
        ask(index, "sofa", Models(), mode="semantic")


@pytest.mark.parametrize("mode", ["lexical", "semantic", "hybrid"])
@pytest.mark.parametrize("query", ["xqzwv", "qwrt plmk zzzz", "!!!"])
def test_nonsense_stays_empty_in_every_mode(index: SearchIndex, mode: str, query: str) -> None:
    answer = ask(index, query, mode=mode)
    assert (ids(answer), answer.total) == ([], 0)


def test_filters_and_facet_filters_hold_for_what_is_found_by_meaning(index: SearchIndex) -> None:
    filtered = ask(index, "sofa", filter=Compare("brand", "=", "HP"))
    assert (ids(filtered), filtered.total) == (["p1001"], 1)
    ticked = ask(index, "sofa", selections=(Selection("brand", ("HP",)),), facets=("brand",))
    assert (ids(ticked), ticked.total) == (["p1001"], 1)
    assert {value.value: value.count for value in ticked.facets[0].values} == {"Acme": 2, "HP": 1}
    cheap = ask(index, "sofa", sort="price:asc")
    assert ids(cheap) == ["p1002", "p1001", "p1000"]


def test_a_part_number_stands_first_and_is_not_searched_by_meaning(index: SearchIndex) -> None:
    answer = ask(index, "p1003")
    assert ids(answer)[0] == "p1003"
    assert answer.hits[0].matched_by == ("identifier",)


def test_pages_show_everything_once(index: SearchIndex) -> None:
    total = ask(index, "blue couch", page_size=1).total
    assert total > 400
    seen: list[str] = []
    page = 1
    while len(seen) < total:
        found = ids(ask(index, "blue couch", page=page, page_size=70))
        assert found
        seen += found
        page += 1
    assert len(seen) == len(set(seen)) == total
    assert seen[0] == "p1001"
    assert "p1002" in seen
    assert ids(ask(index, "blue couch", page=page, page_size=70)) == []


def test_cursors_go_on_from_the_candidates_into_all_the_rest(index: SearchIndex) -> None:
    answer = ask(index, "blue couch", page_size=70)
    seen = ids(answer)
    while answer.cursor:
        answer = ask(index, "blue couch", page_size=70, cursor=answer.cursor)
        seen += ids(answer)
    assert len(seen) == len(set(seen)) == answer.total


@pytest.mark.parametrize("cursor", ["~", "x", "~AAAA", "~" + "A" * 60_000, "~eJyLjgUAARUAuQ=="])
def test_a_cursor_of_something_else_is_refused(index: SearchIndex, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        ask(index, "blue couch", cursor=cursor)


def test_every_hit_explains_itself(index: SearchIndex) -> None:
    for hit in ask(index, "red sofa", explain=True).hits:
        assert hit.stages
        assert {stage.name for stage in hit.stages} >= {"fusion:words", "fusion:meaning"}
