"""Runs the command line in processes that die, as by ``kill -9``, at a chosen step or after a chosen time.

A step is whatever changes something outside the process: a file opened for writing, made durable, renamed or removed,
a folder made or removed, a statement or a commit sent to the database. The process kills itself right before the
step. One server imports everything once and forks a process for each run, so that hundreds of deaths take seconds.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "subprocess.Popen"}
_BECOME_SUBREAPER = 36
KILLED = -signal.SIGKILL
TIMED_OUT = -signal.SIGALRM


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended: its exit code (negative: the signal), the steps that it took if it lived, and its output."""

    code: int
    steps: int
    said: str


class Crashing:
    """The server's client; a context manager."""

    def __init__(self, home: Path, database: str) -> None:
        self._log = home / "crashing.log"
        self._environment = {"VITRINE_HOME": str(home), "VITRINE_DATABASE_URL": database}
        self._server: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Crashing":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
        environment |= {**self._environment, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
        self._log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.e2e.crashing", str(self._log)]
        pipe = subprocess.PIPE
        self._server = subprocess.Popen(command, env=environment, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.communicate(timeout=60)
        assert self._server.returncode == 0

    def __call__(self, *words: str, die_at: int | None = None, die_after: float | None = None) -> Run:
        """Run ``vitrine`` with these words; die before step ``die_at`` (from 1) or ``die_after`` seconds."""
        assert self._server is not None
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        json.dump({"words": words, "die_at": die_at, "die_after": die_after}, self._server.stdin)
        self._server.stdin.write("\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline())
        return Run(answer["code"], answer["steps"], self._log.read_text(errors="replace"))

    def done(self, *words: str) -> Run:
        """Run to the end, which must be a good one."""
        run = self(*words)
        assert run.code == 0, run.said
        return run


class _Steps:
    """Counts steps in the process that is to die."""

    def __init__(self, die_at: int | None) -> None:
        self.count = 0
        self._die_at = die_at

    def take(self, *_: Any) -> None:
        self.count += 1
        if self.count == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _CHANGES:
            self.take()
        elif event == "open":
            flags = arguments[2]
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and arguments[0] != os.devnull:
                self.take()

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            self.take()
            return call(*arguments)

        return counted


def _follow() -> None:
    """Apply the change log to its end, as a serving process does in the background."""
    from api.settings import read_settings
    from commerce.records import Records
    from engines.embedded import EmbeddedEngine
    from indexer import Follower

    settings = read_settings()
    records = Records(settings.records_url())
    follower = Follower(records, EmbeddedEngine(settings.home), settings.home)
    while follower.step():
        pass
    follower.stop()
    records.close()


def _run(words: list[str], steps: _Steps) -> int:
    import sqlalchemy as sa

    from cli.main import main

    sa.event.listen(sa.Engine, "before_cursor_execute", steps.take)
    sa.event.listen(sa.Engine, "commit", steps.take)
    os.fsync = steps.before(os.fsync)
    sys.addaudithook(steps.audit)
    if words == ["follow"]:
        _follow()
        return 0
    sys.argv = ["vitrine", *words]
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _serve(log: str) -> None:
    """Fork a process for each line of standard input and say how it ended."""
    import cli.main  # noqa: F401 – imported once, for all processes
    import indexer  # noqa: F401

    # Programs that the dead had started become children of this process, which waits for them as well.
    ctypes.CDLL(None).prctl(_BECOME_SUBREAPER, 1)
    for line in sys.stdin:
        asked = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            if asked["die_after"]:
                # Nobody handles the signal, so it ends the process as SIGKILL does.
                signal.setitimer(signal.ITIMER_REAL, asked["die_after"])
            steps = _Steps(asked["die_at"])
            code = 70
            try:
                code = _run(asked["words"], steps)
                sys.stdout.flush()
            except BaseException:
                traceback.print_exc()
            finally:
                os.write(writing, str(steps.count).encode())
                os._exit(code)
        os.close(writing)
        counted = os.read(reading, 20)
        os.close(reading)
        _, status = os.waitpid(child, 0)
        with suppress(ChildProcessError):
            while True:
                os.wait()
        print(json.dumps({"code": os.waitstatus_to_exitcode(status), "steps": int(counted or 0)}), flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1])
