"""Models as artefacts: published whole or not at all, refused when altered, swapped while serving."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from registry import (
    Artefact,
    BadArtefact,
    ModelError,
    Registry,
    Serving,
    Training,
    UnknownModel,
    read_tensors,
    write_tensors,
)

ROOT = Path(__file__).parents[2]
TRAINING = Training("0.1.0", since="2026-01-01T00:00:00+00:00", metrics={"ndcg": 0.8}, parameters={"trees": 150})


def publish(registry: Registry, text: str, *, promote: bool = True) -> int:
    def write(folder: Path) -> None:
        (folder / "model.txt").write_text(text)

    return registry.publish("shop", "ranking", TRAINING, write, promote=promote).manifest.version


def serving(registry: Registry) -> str | None:
    artefact = registry.load("shop", "ranking")
    return None if artefact is None else (artefact.folder / "model.txt").read_text()


def read_text(artefact: Artefact) -> str:
    text = (artefact.folder / "model.txt").read_text()
    if text == "unusable":
        raise BadArtefact("unusable")
    return text


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "models")


def test_without_models_there_is_none(registry: Registry) -> None:
    assert registry.load("shop", "ranking") is None
    assert registry.everything() == []


def test_the_published_model_serves_and_keeps_what_is_said_of_it(registry: Registry) -> None:
    assert publish(registry, "first") == 1
    assert publish(registry, "second") == 2
    artefact = registry.load("shop", "ranking")
    assert artefact is not None
    assert artefact.manifest.training == TRAINING
    assert artefact.manifest.version == 2
    assert serving(registry) == "second"


def test_a_model_that_is_not_promoted_does_not_serve(registry: Registry) -> None:
    publish(registry, "first")
    publish(registry, "second", promote=False)
    assert serving(registry) == "first"
    registry.promote("shop", "ranking", 2)
    assert serving(registry) == "second"


def test_rolling_back_goes_to_the_good_version_before(registry: Registry, tmp_path: Path) -> None:
    for text in ("first", "second", "third"):
        publish(registry, text)
    (tmp_path / "models/shop/ranking/000002/model.txt").write_text("altered")
    assert registry.rollback("shop", "ranking").manifest.version == 1
    assert serving(registry) == "first"
    with pytest.raises(UnknownModel, match="before the one that serves"):
        registry.rollback("shop", "ranking")


@pytest.mark.parametrize("damage", ["alter", "remove", "add", "link", "manifest", "no manifest", "format"])
def test_a_damaged_model_is_refused_and_the_last_good_one_serves(
    registry: Registry, tmp_path: Path, damage: str
) -> None:
    publish(registry, "first")
    publish(registry, "second")
    folder = tmp_path / "models/shop/ranking/000002"
    manifest = folder / "manifest.json"
    match damage:
        case "alter":
            (folder / "model.txt").write_text("other")
        case "remove":
            (folder / "model.txt").unlink()
        case "add":
            (folder / "more.txt").write_text("more")
        case "link":
            (folder / "model.txt").unlink()
            (folder / "model.txt").symlink_to(tmp_path / "models/shop/ranking/000001/model.txt")
        case "manifest":
            manifest.write_bytes(manifest.read_bytes()[:40])
        case "no manifest":
            manifest.unlink()
        case "format":
            manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 99}))
    assert serving(registry) == "first"
    assert [each.fault is None for each in registry.everything()] == [True, False]
    with pytest.raises(BadArtefact):
        registry.promote("shop", "ranking", 2)


def test_an_unreadable_pointer_does_not_take_the_model_out_of_service(registry: Registry, tmp_path: Path) -> None:
    publish(registry, "first")
    (tmp_path / "models/shop/ranking/promoted").write_text("")
    assert serving(registry) == "first"


def test_a_training_that_fails_leaves_nothing(registry: Registry, tmp_path: Path) -> None:
    publish(registry, "first")

    def fail(folder: Path) -> None:
        (folder / "model.txt").write_text("half")
        raise RuntimeError("no more memory")

    with pytest.raises(RuntimeError, match="memory"):
        registry.publish("shop", "ranking", TRAINING, fail)
    assert sorted(path.name for path in (tmp_path / "models/shop/ranking").iterdir()) == ["000001", "promoted"]


def test_a_process_killed_while_it_writes_leaves_the_last_model_in_service(registry: Registry, tmp_path: Path) -> None:
    publish(registry, "first")
    program = f"""
import os, signal, sys
from pathlib import Path
from registry import Registry, Training

def write(folder):
    (folder / "model.txt").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)

Registry(Path({str(tmp_path / "models")!r})).publish("shop", "ranking", Training("0"), write)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert serving(registry) == "first"
    assert publish(registry, "second") == 2
    assert serving(registry) == "second"


def test_what_a_killed_process_left_is_removed_the_day_after(registry: Registry, tmp_path: Path) -> None:
    publish(registry, "first")
    left = tmp_path / "models/shop/ranking/.unfinished-x"
    left.mkdir()
    publish(registry, "second")
    assert left.exists()
    os.utime(left, (0, 0))
    publish(registry, "third")
    assert not left.exists()


def test_old_versions_go_but_never_the_one_that_serves(registry: Registry) -> None:
    publish(registry, "first")
    for _ in range(8):
        publish(registry, "later", promote=False)
    assert [each.version for each in registry.versions("shop", "ranking")] == [1, 5, 6, 7, 8, 9]
    assert serving(registry) == "first"


def test_a_model_that_ships_is_installed_once(registry: Registry, tmp_path: Path) -> None:
    publish(registry, "shipped")
    source = tmp_path / "models/shop/ranking/000001"
    other = Registry(tmp_path / "other")
    first = other.install(source, "copy")
    assert other.install(source, "copy").manifest == first.manifest
    assert first.manifest.catalog == "copy"
    assert (first.folder / "model.txt").read_text() == "shipped"
    assert first.manifest.training == TRAINING


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "x" * 65, ".hidden"])
def test_names_that_could_leave_the_folder_are_refused(registry: Registry, name: str) -> None:
    with pytest.raises(ModelError, match="cannot name a model"):
        registry.load(name, "ranking")
    with pytest.raises(ModelError, match="cannot name a model"):
        registry.load("shop", name)


def test_a_serving_model_is_built_once_and_swapped_when_another_is_promoted(registry: Registry) -> None:
    built: list[int] = []

    def build(artefact: Artefact) -> str:
        built.append(artefact.manifest.version)
        return read_text(artefact)

    model = Serving(registry, "shop", "ranking", build)
    assert model.get() is None
    publish(registry, "first")
    assert [model.get(), model.get()] == ["first", "first"]
    publish(registry, "second")
    assert (model.get(), model.version()) == ("second", 2)
    registry.rollback("shop", "ranking")
    assert model.get() == "first"
    assert built == [1, 2, 1]


def test_a_model_that_cannot_be_built_leaves_the_one_before_in_service(registry: Registry) -> None:
    model = Serving(registry, "shop", "ranking", read_text)
    publish(registry, "first")
    assert model.get() == "first"
    publish(registry, "unusable")
    assert (model.get(), model.version()) == ("first", 1)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}", fullmatch=True),
        st.sampled_from([np.float32, np.float16, np.int8, np.int64, np.bool_]).flatmap(
            lambda kind: arrays(kind, array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5))
        ),
        max_size=4,
    )
)
def test_arrays_come_back_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, given_arrays: dict) -> None:  # type: ignore[type-arg]
    path = tmp_path_factory.mktemp("tensors") / "a.safetensors"
    write_tensors(path, given_arrays)
    read = read_tensors(path)
    assert read.keys() == given_arrays.keys()
    for name, array in given_arrays.items():
        assert read[name].dtype == array.dtype
        np.testing.assert_array_equal(read[name], array)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 64,
        (4).to_bytes(8, "little") + b"[1]x",
        (70).to_bytes(8, "little") + b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,800]}}'.ljust(70) + b"\0" * 8,
        (70).to_bytes(8, "little") + b'{"a":{"dtype":"OBJ","shape":[1],"data_offsets":[0,8]}}'.ljust(70) + b"\0" * 8,
    ],
)
def test_a_file_that_holds_no_arrays_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    with pytest.raises(BadArtefact, match=r"a\.safetensors"):
        read_tensors(path)
