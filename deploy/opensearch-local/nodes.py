"""Nodes as processes: how each is called, where it keeps its data, how it is started, found again and ended."""
# ruff: noqa: S310, S603 - the commands and addresses are this folder's own

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from java import HOME, CannotStart, class_path, find_java, has_module

_VECTORS = "jdk.incubator.vector"
_TRANSPORT = 100
"""A node speaks to others on the port this far above its HTTP port."""
_ENDING = 20.0


@dataclass(frozen=True)
class Node:
    """One node: its name, which is also its folder's, its HTTP port, and the nodes that it forms a cluster with."""

    name: str
    port: int
    members: tuple[str, ...]
    first_port: int

    @property
    def folder(self) -> Path:
        """Where its data, its log and its process id lie."""
        return HOME / "nodes" / self.name

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> list[str]:
        """Return the node's settings as arguments."""
        seeds = ",".join(f"127.0.0.1:{self.first_port + at + _TRANSPORT}" for at in range(len(self.members)))
        kind = ["discovery.type=single-node"]
        if len(self.members) > 1:
            kind = [f"discovery.seed_hosts={seeds}", f"cluster.initial_cluster_manager_nodes={','.join(self.members)}"]
        return [
            f"path.home={self.folder}",
            f"node.name={self.name}",
            f"cluster.name=vitrine-{'cluster' if len(self.members) > 1 else self.name}",
            "network.host=127.0.0.1",
            f"http.port={self.port}",
            f"transport.port={self.port + _TRANSPORT}",
            # All that a secured server should allow: the adapter's two constant scripts.
            "script.allowed_types=inline",
            "script.allowed_contexts=string_sort,update",
            # Test suites make many small catalogues, each read at a point in time of its own.
            "search.max_open_pit_context=3000",
            # A laptop's disk is rarely half empty; the floods that these marks guard against are not expected here.
            # Every test has an index of its own, and test runs that were killed leave theirs behind.
            "cluster.max_shards_per_node=5000",
            "cluster.routing.allocation.disk.watermark.low=2gb",
            "cluster.routing.allocation.disk.watermark.high=1gb",
            "cluster.routing.allocation.disk.watermark.flood_stage=500mb",
            *kind,
        ]


def nodes_of(count: int, port: int) -> list[Node]:
    """Return the nodes of a topology: one alone at ``port``, or several from the next port on."""
    if count == 1:
        return [Node("single", port, ("single",), port)]
    names = tuple(f"node{at + 1}" for at in range(count))
    return [Node(name, port + 1 + at, names, port + 1) for at, name in enumerate(names)]


def running(folder: Path) -> int | None:
    """Return the process id of the node that lives in a folder; None if none does."""
    try:
        pid = int((folder / "pid").read_text())
        # Without -ww a COLUMNS in the environment would cut the line before the folder.
        asked = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
        command = subprocess.run(asked, capture_output=True, text=True, check=False)
    except (FileNotFoundError, ValueError):
        return None
    # Process ids are used again: only a process that names this folder is the node.
    return pid if f"path.home={folder}" in command.stdout.split() else None


def start(nodes: list[Node], heap: str) -> list[Node]:
    """Start the nodes that do not run yet and return them. Raises CannotStart."""
    missing = [node for node in nodes if running(node.folder) is None]
    if not missing:
        return []
    java = find_java()
    classes = class_path(java)
    modules = ["--add-modules", _VECTORS] if has_module(java, _VECTORS) else []
    for node in missing:
        node.folder.mkdir(parents=True, exist_ok=True)
        options = [f"-Xms{heap}", f"-Xmx{heap}", "-XX:+ExitOnOutOfMemoryError", *modules]
        command = [str(java), *options, "-cp", classes, "LocalNode", *node.settings()]
        with (node.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=node.folder, start_new_session=True
            )
        (node.folder / "pid").write_text(str(process.pid))
    return missing


def wait(nodes: list[Node], seconds: float) -> None:
    """Wait until every node is in and nothing is missing. Raises CannotStart, with the end of a log, if that fails."""
    end = time.monotonic() + seconds
    while True:
        if all(_healthy(node, len(nodes)) for node in nodes):
            return
        for node in nodes:
            if running(node.folder) is None:
                raise CannotStart(f"{node.name} ended; the end of {node.folder / 'log'}:\n{_tail(node.folder / 'log')}")
        if time.monotonic() > end:
            log = nodes[0].folder / "log"
            raise CannotStart(f"no healthy cluster after {seconds:.0f} s; the end of {log}:\n{_tail(log)}")
        time.sleep(0.5)


def stop(folders: list[Path]) -> list[str]:
    """End the nodes that live in these folders and return their names; their data stays."""
    ended = {folder: pid for folder in folders if (pid := running(folder)) is not None}
    for pid in ended.values():
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + _ENDING
    for folder, pid in ended.items():
        while running(folder) is not None and time.monotonic() < end:
            time.sleep(0.2)
        if running(folder) is not None:
            os.kill(pid, signal.SIGKILL)
        (folder / "pid").unlink(missing_ok=True)
    return [folder.name for folder in ended]


def _healthy(node: Node, count: int) -> bool:
    try:
        with urllib.request.urlopen(f"{node.url}/_cluster/health", timeout=5) as answer:
            health = json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return False
    # A single node cannot place replicas: yellow is as good as it gets.
    good = {"green", "yellow"} if count == 1 else {"green"}
    return health["number_of_nodes"] >= count and health["status"] in good


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
