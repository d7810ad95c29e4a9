"""Experiments in the back office, in answers, and judged by what buyers did."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.experiment_bodies import EXAMPLE_EXPERIMENT
from api.experiment_watch import stop_harmful
from api.shop import Shop
from commerce.event import Event, SearchRecord
from commerce.experiments import Arm, Experiment, assigned
from tests.api.conftest import Token

PATH = "/v1/icecat/experiments/words"
SEARCH = "/v1/icecat/search"
NOW = datetime.now(UTC)


@pytest.fixture
def keeper(token: Token) -> dict[str, str]:
    return token(sub="keeper", scope="search merchandise")


def put(client: TestClient, keeper: dict[str, str], **more: Any) -> Any:
    answer = client.put(PATH, json={**EXAMPLE_EXPERIMENT, **more}, headers=keeper)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ask(client: TestClient, client_id: str | None, headers: dict[str, str] | None = None, **body: Any) -> Any:
    asked = {"query": "laptop", "facets": [], "page_size": 3, "client_id": client_id, **body}
    answer = client.post(SEARCH, json=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_experiment_is_kept_changed_and_removed(client: TestClient, keeper: dict[str, str]) -> None:
    assert put(client, keeper) == {"id": "words", "version": 1, "changed": True}
    assert put(client, keeper) == {"id": "words", "version": 1, "changed": False}
    kept = client.get(PATH, headers=keeper).json()
    assert kept["arms"][1] | {"id": "words", "mode": "lexical"} == kept["arms"][1]
    assert client.get("/v1/icecat/experiments", headers=keeper).json() == {"experiments": [kept], "next": None}
    body = {name: value for name, value in kept.items() if name not in {"id", "version"}}
    assert client.put(PATH, json=body, headers=keeper).json()["changed"] is False
    assert client.delete(PATH, headers=keeper).json() == {"deleted": 1}
    gone = client.get(PATH, headers=keeper)
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_experiment")


@pytest.mark.parametrize(
    "more",
    [
        {"arms": [{"id": "a"}]},
        {"arms": [{"id": "a"}, {"id": "a"}]},
        {"arms": [{"id": "a"}, {"id": "b", "mode": "psychic"}]},
        {"arms": [{"id": "a"}, {"id": "b", "strategies": {"similar": "nothing"}}]},
        {"share": 0},
        {"from": "2027-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
        {"from": "2027-01-01T00:00:00"},
        {"metric": "joy"},
        {"kind": "interleaving", "metric": "revenue"},
        {"kind": "interleaving", "metric": "clicked"},
        {
            "kind": "interleaving",
            "metric": "clicked",
            "guardrails": [],
            "arms": [{"id": "a"}, {"id": "b", "weight": 2}],
        },
        {"kind": "interleaving", "metric": "clicked", "guardrails": [], "arms": [{"id": x} for x in "abc"]},
        {"unknown": 1},
    ],
)
def test_an_experiment_that_cannot_be_is_refused(client: TestClient, keeper: dict[str, str], more: Any) -> None:
    answer = client.put(PATH, json={**EXAMPLE_EXPERIMENT, **more}, headers=keeper)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"


def test_only_merchandisers_may(reader: TestClient, token: Token) -> None:
    for method, path in (("GET", PATH), ("GET", f"{PATH}/results"), ("DELETE", PATH), ("PUT", PATH)):
        body = EXAMPLE_EXPERIMENT if method == "PUT" else None
        assert reader.request(method, path, json=body).status_code == 401
        assert reader.request(method, path, json=body, headers=token(scope="search")).status_code == 403


def test_a_buyer_stays_in_one_arm_and_answers_say_which(client: TestClient, keeper: dict[str, str]) -> None:
    put(client, keeper, share=1.0)
    arms = {name: ask(client, name)["experiment"] for name in (f"c{at}" for at in range(40))}
    assert {arm["arm"] for arm in arms.values()} == {"control", "words"}
    assert {arm["id"] for arm in arms.values()} == {"words"}
    assert {name: ask(client, name)["experiment"] for name in arms} == arms
    assert ask(client, None)["experiment"] is None
    assert ask(client, "c1", headers=keeper, query="")["experiment"] == arms["c1"]
    previewed = client.post(SEARCH, json={"client_id": "c1"}, headers=keeper, params={"at": NOW.isoformat()}).json()
    assert previewed["experiment"] is None
    put(client, keeper, share=1.0, enabled=False)
    assert ask(client, "c1")["experiment"] is None


def test_rules_hold_for_one_arm(client: TestClient, keeper: dict[str, str], token: Token) -> None:
    put(client, keeper, share=1.0, unit="account")
    rule = {"when": {"experiment": {"id": "words", "arm": "words"}}, "then": {"banner": "new"}}
    assert client.put("/v1/icecat/rules/r", json=rule, headers=keeper).status_code == 200

    def shown(account: str) -> tuple[str, bool]:
        answer = ask(client, None, headers=token(account=account))
        return answer["experiment"]["arm"], bool(answer["banners"])

    assert {shown(str(at)) for at in range(20)} == {("control", False), ("words", True)}


def test_an_arm_gives_other_recommendations(client: TestClient, keeper: dict[str, str]) -> None:
    put(client, keeper, share=1.0, arms=[{"id": "a"}, {"id": "b", "strategies": {"trending": "new_arrivals"}}])
    shown = set()
    for at in range(20):
        body = {"strategy": "trending", "count": 1, "client_id": f"c{at}"}
        unit = client.post("/v1/icecat/recommendations", json=body).json()
        shown.add((unit["experiment"]["arm"], unit["strategy"]))
    assert shown == {("a", "trending"), ("b", "new_arrivals")}


def test_an_arm_has_settings_of_relevance_of_its_own(client: TestClient, keeper: dict[str, str]) -> None:
    titles_only = {"fields": {"title": 1.0, "type": 0.0, "brand": 0.0, "attributes": 0.0, "description": 0.0}}
    saved = client.put("/v1/icecat/settings/relevance", json=titles_only, headers=keeper)
    assert saved.status_code == 200, saved.text
    changed = {tuple(hit["score"] for hit in ask(client, None)["hits"])}
    put(client, keeper, share=1.0, arms=[{"id": "a"}, {"id": "b", "relevance": 0}])
    shown: dict[str, set[tuple[float, ...]]] = {"a": set(), "b": set()}
    for at in range(20):
        answer = ask(client, f"c{at}")
        shown[answer["experiment"]["arm"]].add(tuple(hit["score"] for hit in answer["hits"]))
    assert shown["a"] == changed
    assert len(shown["b"]) == 1
    assert shown["b"] != changed


def test_a_greater_share_moves_nobody_and_experiments_share_no_buyer() -> None:
    one = Experiment("one", (Arm("a"), Arm("b", 3.0)), share=0.3)
    names = [f"c{at}" for at in range(4_000)]
    before = {name: arm for name in names if (arm := one.arm_of(name, None)) is not None}
    assert len(before) == pytest.approx(1_200, abs=120)
    assert sum(arm.id == "b" for arm in before.values()) == pytest.approx(900, abs=90)
    more = Experiment("one", one.arms, share=0.6)
    assert all(more.arm_of(name, None) == arm for name, arm in before.items())
    both = [found for name in names if (found := assigned([Experiment("two", one.arms), one], NOW, name, None))]
    assert sum(experiment.id == "one" for experiment in both) == len(before)
    assert len(both) == len(names)


def behave(shop: Shop, rates: dict[str, float], buyers: int, experiment: Experiment) -> None:
    """Let buyers search, and a share of each arm's buy something."""
    searches, events = [], []
    seen = dict.fromkeys(rates, 0)
    for at in range(buyers):
        name = f"c{at}"
        arm = experiment.arm_of(name, None)
        assert arm is not None
        searches.append(SearchRecord(f"q{at}", NOW, "laptop", 1, client=name))
        seen[arm.id] += 1
        # Every so many buyers of an arm: the same share however the hash deals them out.
        if int(seen[arm.id] * rates[arm.id]) > int((seen[arm.id] - 1) * rates[arm.id]):
            events.append(Event(f"e{at}", "purchase", NOW + timedelta(seconds=1), client=name))
            events.append(Event(f"f{at}", "purchase", NOW - timedelta(days=1), client=name))
    shop.records.append_searches("icecat", searches)
    shop.records.append_events("icecat", events)


@pytest.fixture
def shop(client: TestClient) -> Shop:
    found: Shop = client.app.state.shop  # type: ignore[attr-defined]
    return found


def test_results_say_what_buyers_did_and_harm_stops_the_experiment(
    client: TestClient, keeper: dict[str, str], shop: Shop
) -> None:
    put(client, keeper, share=1.0, baseline=0.2)
    behave(shop, {"control": 0.2, "words": 0.1}, 6_000, shop.records.experiment("icecat", "words"))
    found = client.get(f"{PATH}/results", headers=keeper).json()
    control, words = found["arms"]
    assert control["buyers"] + words["buyers"] == 6_000
    assert (found["sample_ratio"]["mismatch"], found["stopped"]) == (False, None)
    assert control["metrics"]["bought"]["mean"] == pytest.approx(0.2, abs=0.001)
    assert control["metrics"]["bought"]["difference"] is None
    bought = words["metrics"]["bought"]
    assert bought["difference"] == pytest.approx(-0.1, abs=0.002)
    assert bought["lower"] < bought["difference"] < bought["upper"] < 0
    assert (words["verdict"], words["harmed"]) == ("worse", ["bought"])
    assert words["metrics"]["revenue"]["lower"] is None
    assert stop_harmful(shop.records) == [("icecat", "words")]
    assert stop_harmful(shop.records) == []
    assert client.get(PATH, headers=keeper).json()["stopped"] == "arm words lowers bought"
    shop.experiments.look("icecat")
    assert ask(client, "c1")["experiment"] is None


def test_no_difference_is_left_undecided_and_a_wrong_ratio_says_nothing_else(
    client: TestClient, keeper: dict[str, str], shop: Shop
) -> None:
    put(client, keeper, share=1.0)
    experiment = shop.records.experiment("icecat", "words")
    behave(shop, {"control": 0.2, "words": 0.2}, 3_000, experiment)
    assert [arm["verdict"] for arm in client.get(f"{PATH}/results", headers=keeper).json()["arms"]] == ["undecided"] * 2
    assert stop_harmful(shop.records) == []
    lost = [f"x{at}" for at in range(3_000)]
    kept = [name for name in lost if (arm := experiment.arm_of(name, None)) and arm.id == "control"]
    shop.records.append_searches("icecat", [SearchRecord(f"y{n}", NOW, "", 1, client=n) for n in kept])
    found = client.get(f"{PATH}/results", headers=keeper).json()
    assert found["sample_ratio"]["mismatch"] is True
    assert {arm["verdict"] for arm in found["arms"]} == {"undecided"}


MIXED = {"kind": "interleaving", "arms": [{"id": "control"}, {"id": "words", "mode": "lexical", "strength": 0}]}


def interleave(client: TestClient, keeper: dict[str, str]) -> None:
    answer = client.put(PATH, json=MIXED, headers=keeper)
    assert answer.status_code == 200, answer.text
    kept = client.get(PATH, headers=keeper).json()
    assert (kept["kind"], kept["metric"]) == ("interleaving", "clicked")


def test_an_interleaving_answers_with_hits_of_both_and_the_record_says_whose(
    client: TestClient, keeper: dict[str, str], shop: Shop, token: Token
) -> None:
    interleave(client, keeper)
    last = ask(client, None, query="")["hits"][-1]["id"]
    rule = {"when": {"query": {"equals": "laptop"}}, "then": {"pin": [{"id": last, "position": 1}]}}
    assert client.put("/v1/icecat/rules/r", json=rule, headers=keeper).status_code == 200
    agreed = token(sub="ann", consent={"analytics": True})
    one = ask(client, "c1", agreed, page_size=10)
    assert one["experiment"] == {"id": "words", "arm": None}
    assert [hit["id"] for hit in ask(client, "c1", agreed, page_size=10)["hits"]] == [hit["id"] for hit in one["hits"]]
    assert ask(client, None)["experiment"] is None
    shop.journal.stop()
    record = next(each for each in shop.records.searches("icecat") if each.query_id == one["query_id"])
    assert [each["id"] for each in one["rules_applied"]] == ["r"]
    assert record.experiment == "words"
    assert (record.hits[0], record.teams[0]) == (last, None)
    assert set(record.teams[1:]) == {"control", "words"}
    assert len(record.teams) == len(record.hits) == 10


def test_whose_hits_are_clicked_wins_an_interleaving(client: TestClient, keeper: dict[str, str], shop: Shop) -> None:
    interleave(client, keeper)
    searches, events = [], []
    for at in range(400):
        name, query = f"c{at}", f"q{at}"
        shown = {"client": name, "experiment": "words", "teams": (None, "control", "words")}
        searches.append(SearchRecord(query, NOW, "laptop", 3, ("pin", "one", "two"), **shown))  # type: ignore[arg-type]
        taken = "pin" if at < 50 else "two" if at % 4 else "one"
        events.append(Event(f"e{at}", "click", NOW, client=name, query_id=query, object_id=taken))
    shop.records.append_searches("icecat", searches)
    shop.records.append_events("icecat", events)
    found = client.get(f"{PATH}/results", headers=keeper).json()
    control, words = found["arms"]
    assert (found["metric"], found["sample_ratio"]) == ("preferred", {"p_value": None, "mismatch": False})
    assert control["buyers"] == words["buyers"] == 350
    assert words["metrics"]["preferred"]["mean"] == pytest.approx(0.75, abs=0.01)
    assert control["metrics"]["preferred"]["mean"] + words["metrics"]["preferred"]["mean"] == pytest.approx(1.0)
    assert words["metrics"]["preferred"]["lower"] > 0
    assert words["verdict"] == "better"
    assert stop_harmful(shop.records) == []


def test_the_sample_size_is_told_before(client: TestClient, keeper: dict[str, str]) -> None:
    path = "/v1/icecat/experiments/sample-size"
    found = client.get(path, params={"baseline": 0.1, "uplift": 0.05}, headers=keeper).json()
    assert 50_000 < found["fixed"] < found["at_most"] < 130_000
    for wrong in ({"baseline": 0}, {"baseline": 1e-320}, {"baseline": 0.1, "uplift": 1e-300}, {"baseline": "inf"}):
        assert client.get(path, params=wrong, headers=keeper).status_code == 422
    extreme = {"baseline": 1e-6, "uplift": 1e-4, "deviation": 1e9}
    assert client.get(path, params=extreme, headers=keeper).json() == {"at_most": 1 << 40, "fixed": 1 << 40}
