"""Completions: phrases are documents of their own, found by the beginning of any of their words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from engines.opensearch.connection import Connection, Json
from engines.opensearch.loading import Loader, index_action
from engines.opensearch.naming import phrase_key
from engines.port import Suggestion
from language.analysis import Analyzer, analyzer

Kind = Literal["query", "category", "brand"]
KINDS: tuple[Kind, ...] = ("query", "category", "brand")
_LATER_WORD = 0.5
"""A phrase entered at a later word counts half of one that begins as typed."""
_LOOKED_UP = 1_000


def write_phrases(
    connection: Connection, index: str, loader: Loader, phrases: Mapping[tuple[str, str], int], *, fresh: bool
) -> None:
    """Add the counts of (kind, text) phrases to those that the index holds; a ``fresh`` one holds none."""
    keys = {phrase_key(kind, text): (kind, text) for kind, text in phrases}
    before: Counter[str] = Counter()
    every = [] if fresh else list(keys)
    for start in range(0, len(every), _LOOKED_UP):
        chunk = every[start : start + _LOOKED_UP]
        answer = connection.patiently("POST", f"/{index}/_mget", {"ids": chunk}, params={"_source": "phrase.count"})
        for key, doc in zip(chunk, answer["docs"], strict=True):
            if doc.get("found"):
                before[key] = doc["_source"]["phrase"]["count"]
    words = analyzer("en")
    loader.send(
        index_action(key, {"phrase": _phrase(kind, text, phrases[kind, text] + before[key], words)})
        for key, (kind, text) in keys.items()
    )


def query_of(typed: str, words: Analyzer) -> Json | None:
    """Return the query for the phrases that go on as typed; None where nothing is typed."""
    prefix = " ".join(words.words(typed))
    if not prefix:
        return None
    begins = prefix if typed[-1:].isalnum() else prefix + " "
    ways = [
        _constant("prefix", "phrase.begins", begins, 1.0),
        _constant("prefix", "phrase.inside", begins, _LATER_WORD),
    ]
    if begins != prefix:
        ways += [
            _constant("term", "phrase.begins", prefix, 1.0),
            _constant("term", "phrase.inside", prefix, _LATER_WORD),
        ]
    # Counts of a long tail differ by orders of magnitude; a root keeps short phrases from crowding all else out.
    weight = {"field": "phrase.count", "modifier": "sqrt"}
    return {"function_score": {"query": {"dis_max": {"queries": ways}}, "field_value_factor": weight}}


def search_of(query: Json, kind: Kind, limit: int) -> Json:
    """Return the search for one kind of phrase."""
    return {
        "size": limit,
        "query": {"bool": {"must": [query], "filter": [{"term": {"phrase.kind": kind}}]}},
        "sort": [{"_score": "desc"}, {"phrase.begins": "asc"}],
        "_source": ["phrase.text", "phrase.count"],
        "track_total_hits": False,
    }


def suggestions_of(kind: Kind, answer: Json) -> Sequence[Suggestion]:
    """Read the answer to ``search_of``."""
    phrases = (hit["_source"]["phrase"] for hit in answer["hits"]["hits"])
    return [Suggestion(each["text"], kind, each["count"]) for each in phrases]


def _phrase(kind: str, text: str, count: int, words: Analyzer) -> Json:
    spoken = words.words(text)
    starts = [" ".join(spoken[at:]) for at in range(len(spoken))]
    return {"kind": kind, "text": text, "count": count, "begins": starts[:1], "inside": starts[1:]}


def _constant(how: str, field: str, value: str, boost: float) -> Json:
    return {"constant_score": {"filter": {how: {field: value}}, "boost": boost}}
