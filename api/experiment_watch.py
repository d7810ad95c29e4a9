"""Stops experiments that do harm: looks at what their buyers did once a minute, in a thread of its own."""

from datetime import UTC, datetime
from threading import Event, Thread

import structlog

from commerce.records import Records
from evaluation.experiments.results import results
from language.errors import VitrineError

_EVERY_SECONDS = 60.0
_log = structlog.get_logger()


class ExperimentWatch:
    """Watches the experiments of all catalogues between ``start`` and ``stop``."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="experiments", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(_EVERY_SECONDS):
            try:
                stop_harmful(self._records)
            except VitrineError as error:
                _log.warning("experiments_not_watched", reason=error.message)


def stop_harmful(records: Records) -> list[tuple[str, str]]:
    """Stop the running experiments whose arms do harm; return them by catalogue and id."""
    stopped = []
    moment = datetime.now(UTC)
    for catalog in records.catalogs():
        for each in records.experiments(catalog.id):
            if not each.runs(moment) or not each.stop_on_harm:
                continue
            begun = {"since": each.begin, "until": each.end}
            found = results(each, records.searches(catalog.id, **begun), records.events(catalog.id, **begun))
            if found.harm is not None and records.stop_experiment(catalog.id, each.id, found.harm):
                _log.warning("experiment_stopped", catalog=catalog.id, experiment=each.id, reason=found.harm)
                stopped.append((catalog.id, each.id))
    return stopped
