"""The time of the guide's turns over HTTP: whole conversations, one client, every turn a request of its own."""

import http.client
import os
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import orjson

from benchmarks.service import serving
from benchmarks.shoppers import DONT_KNOW, EARLY, Target
from commerce.records import Records
from engines.opensearch import OpenSearchEngine, parse_url
from indexer import rebuild
from indexer.extraction.artefact import load_extractor
from registry import Registry

_WARM_UP = 5
Figures = dict[str, object]


def latency(home: Path, targets: Sequence[Target], seed: int) -> Figures:
    """Measure turns of conversations that begin with the targets' types, with the engine that the environment names."""
    first: list[float] = []
    later: list[float] = []
    with serving(home) as (port, _):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for at, target in enumerate(targets):
            random = Random(f"{seed} {target.id} answers")
            body: dict[str, object] = {"query": target.type}
            for turn in range(EARLY + 1):
                took, answer = _ask(connection, body)
                if at >= _WARM_UP:
                    (later if turn else first).append(took)
                question = answer["question"]
                if question is None:
                    break
                value = None if random.random() < DONT_KNOW else random.choice(question["options"])["value"]
                answers = [{"question_id": question["id"], "value": value}]
                body = {"conversation_id": answer["conversation_id"], "answers": answers}
        connection.close()
    return {"turns": len(first) + len(later), "first": _quantiles(first), "all": _quantiles([*first, *later])}


def latency_on_opensearch(home: Path, url: str, targets: Sequence[Target], seed: int) -> Figures:
    """Index the catalogue of ``home`` on a node, measure there, and remove the index."""
    prefix = f"guide{os.getpid()}"
    engine = OpenSearchEngine(parse_url(url, prefix=prefix))
    records = Records(f"sqlite:///{(home / 'vitrine.db').resolve()}")
    before = dict(os.environ)
    try:
        rebuild(records, engine, "icecat", extractor=load_extractor(Registry(home / "models"), "icecat"))
        os.environ.update(VITRINE_ENGINE="opensearch", VITRINE_OPENSEARCH_URL=url, VITRINE_OPENSEARCH_PREFIX=prefix)
        return latency(home, targets, seed)
    finally:
        os.environ.clear()
        os.environ.update(before)
        engine.connection.call("DELETE", f"/{prefix}.*", ignore=(404,), timeout=120)
        records.close()


def _ask(connection: http.client.HTTPConnection, body: object) -> tuple[float, dict[str, list[dict[str, object]]]]:
    content = orjson.dumps(body)
    began = time.perf_counter()
    connection.request("POST", "/v1/icecat/guide", content, {"content-type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    took = (time.perf_counter() - began) * 1e3
    if response.status != 200:
        raise RuntimeError(f"the guide answered {response.status}: {answer[:300]!r}")
    return took, orjson.loads(answer)


def _quantiles(values: Sequence[float]) -> dict[str, float]:
    return {f"p{at}": round(float(np.percentile(values, at)), 1) for at in (50, 95)}
