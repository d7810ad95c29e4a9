"""What the files for containers and clusters say about each other and about the program."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
OPERATOR_MADE = {"vitrine-search-http-cert"}
Object = dict[str, Any]


def manifests() -> list[Object]:
    return [each for path in MANIFESTS for each in yaml.safe_load_all(path.read_text())]


def walk(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def test_every_manifest_names_its_kind() -> None:
    assert len(MANIFESTS) >= 4
    assert all({"apiVersion", "kind", "metadata"} <= each.keys() for each in manifests())


def test_every_secret_and_configuration_that_is_used_is_there() -> None:
    have = {each["metadata"]["name"] for each in manifests() if each["kind"] in {"Secret", "ConfigMap"}}
    used = set()
    for name, value in walk(manifests()):
        if name in {"secretRef", "configMapRef", "secretKeyRef", "adminCredentialsSecret", "passwordFrom"}:
            assert isinstance(value, dict)
            used.add(value["name"])
        if name == "secretName":
            used.add(value)
    assert used
    assert used <= have | OPERATOR_MADE


def test_every_variable_that_is_set_is_a_setting() -> None:
    known = {f"VITRINE_{name.upper()}" for name in Settings.model_fields}
    texts = [path.read_text() for path in (*MANIFESTS, DEPLOY / "compose.yaml", DEPLOY / "compose.secure.yaml")]
    found = {str(name) for text in texts for each in yaml.safe_load_all(text) for name, _ in walk(each)}
    set_ = {name for name in found if name.startswith("VITRINE_")}
    assert {"VITRINE_ENGINE", "VITRINE_OPENSEARCH_URL", "VITRINE_OPENSEARCH_CA_FILE"} <= set_
    assert set_ <= known


def test_the_role_is_the_same_in_both_places() -> None:
    role = next(each for each in manifests() if each["kind"] == "OpensearchRole")["spec"]
    other = json.loads((DEPLOY / "security" / "role.json").read_text())
    assert role["clusterPermissions"] == other["cluster_permissions"]
    [own], [theirs] = role["indexPermissions"], other["index_permissions"]
    assert own["indexPatterns"] == theirs["index_patterns"]
    assert own["allowedActions"] == theirs["allowed_actions"]


def test_no_container_runs_as_root_or_keeps_capabilities() -> None:
    pods = [value for name, value in walk(manifests()) if name == "spec" and isinstance(value, dict)]
    containers = [each for pod in pods for each in pod.get("containers", ())]
    assert len(containers) == 6
    assert all(each["securityContext"]["capabilities"] == {"drop": ["ALL"]} for each in containers)
    assert all(pod["securityContext"]["runAsNonRoot"] for pod in pods if "containers" in pod)


def test_manifests_fit_the_schemas_of_kubernetes() -> None:
    validator = pytest.importorskip(
        "kubernetes_validate", reason="the schemas come with the package kubernetes-validate"
    )
    core = [each for each in manifests() if not each["apiVersion"].startswith("opensearch.")]
    assert len(core) >= 10
    for each in core:
        validator.validate(each, "1.31", strict=True)


def test_compose_files_fit_together() -> None:
    base, over = (yaml.safe_load((DEPLOY / name).read_text()) for name in ("compose.yaml", "compose.secure.yaml"))
    assert over["services"].keys() <= base["services"].keys()
    for service in base["services"].values():
        assert service.get("depends_on", {}).keys() <= base["services"].keys()
        named = {volume.split(":")[0] for volume in service["volumes"]}
        assert named <= base["volumes"].keys()
    mounted = [
        v.split(":")[0] for service in over["services"].values() for v in service["volumes"] if v.startswith(".")
    ]
    assert all((DEPLOY / path).exists() for path in mounted if "certificates" not in path)
