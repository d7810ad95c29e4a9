"""What the demo prepares in a process of its own, while the first catalogue is indexed and already searched."""

import multiprocessing
import signal
import sys
from collections.abc import Sequence
from threading import Thread

import typer

from cli.catalog import index_catalog
from cli.context import opened
from cli.demo_samples import Sample
from language.errors import VitrineError


class Failed(VitrineError):
    """What was prepared in the background could not be."""

    code = "not_prepared"


class Background:
    """Loads and indexes some samples, then trains the recommendations of others too; ends with the demo."""

    def __init__(self, load: Sequence[Sample], train: Sequence[Sample]) -> None:
        self._names = tuple(each.catalog for each in train)
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=_prepare, args=(tuple(load), tuple(train)), daemon=True)
        self._process.start()

    def awaited(self) -> tuple[str, ...]:
        """Return the catalogues that do not serve with all that belongs to them yet."""
        return () if self._process.exitcode == 0 else self._names

    def wait(self) -> None:
        """Wait until everything is prepared. Raises Failed."""
        self._process.join()
        if self._process.exitcode:
            raise Failed(f"{', '.join(self._names)}: could not be prepared whole, see above: start the demo again")

    def announce(self) -> None:
        """Say when everything is prepared, without waiting for it."""
        Thread(target=self._announce, daemon=True).start()

    def _announce(self) -> None:
        try:
            self.wait()
            typer.echo("All catalogues and their recommendations serve.", err=True)
        except Failed as error:
            typer.secho(f"error: {error.message}", err=True, fg="red")


def _prepare(load: Sequence[Sample], train: Sequence[Sample]) -> None:
    # Ctrl+C ends the demo, and the demo ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with opened() as context:
            for each in load:
                each.load(context, quiet=True)
                index_catalog(context, each.catalog, quiet=True)
            for each in train:
                each.train(context)
                each.note()
    except VitrineError as error:
        typer.secho(f"error: {error.message}", err=True, fg="red")
        sys.exit(1)
