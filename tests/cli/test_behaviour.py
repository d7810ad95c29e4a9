"""Events, their review and erasure on the command line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.cli.shell import MAPPING, Shell


def test_events_load_are_reported_on_and_a_person_is_erased(tmp_path: Path) -> None:
    vitrine = Shell(tmp_path)
    (tmp_path / "mapping.toml").write_text(MAPPING)
    (tmp_path / "products.csv").write_text("id,title,price\n1,lamp,2\n")
    vitrine("load", "shop", "products.csv", "--mapping", "mapping.toml")
    at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    events = [
        {"event_id": str(number), "action_name": action, "timestamp": at, "user_id": user, "session_id": user,
         "event_attributes": {"object": {"object_id": "1"}}}
        for number, (action, user) in enumerate([("click", "ann"), ("purchase", "ann"), ("click", "bob")])
    ]  # fmt: skip
    (tmp_path / "events.jsonl").write_text("\n".join(json.dumps(each) for each in [*events, {}] * 9))
    assert "rejected" in vitrine("load", "shop", "events.jsonl", "--kind", "events", code=1)
    (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, events)))
    loaded = json.loads(vitrine("load", "shop", "events.jsonl", "--kind", "events", "--json"))
    assert (loaded["accepted"], loaded["written"]) == (3, 3)
    told = json.loads(vitrine("report", "behaviour", "shop", "--json"))
    assert told["funnel"]["visits"] == 2
    assert told["funnel"]["with_purchase"] == 1
    assert Path(tmp_path / told["page"]).is_file()
    assert "shop: 0 searches and 3 events" in vitrine("report", "behaviour", "shop", "--out", "review", "--days", "7")
    proof = json.loads(vitrine("erase", "shop", "--user", "ann", "--proof", "proof.json", "--json"))
    assert proof == json.loads((tmp_path / "proof.json").read_text())
    assert (proof["complete"], proof["removed"]["events"]) == (True, 2)
    assert "nothing is left" in vitrine("erase", "shop", "--client", "nobody")
    vitrine("erase", "shop", code=2)
    vitrine("erase", "nowhere", "--user", "ann", code=1)
