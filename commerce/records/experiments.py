"""The records of experiments: written whole; what is equal is not, and ``version`` counts real changes."""

from dataclasses import replace

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.errors import UnknownExperiment
from commerce.experiment_documents import experiment_from_json, experiment_to_json
from commerce.experiments import Experiment
from commerce.records import change_log
from commerce.records.database import Database
from commerce.records.rows import Row, findable
from commerce.records.tables import experiments
from commerce.records.upserts import upsert

_KEY = ("catalog", "experiment_id")


class ExperimentRecords(Database):
    """The experiments of all catalogues."""

    def put_experiment(self, catalog_id: str, experiment: Experiment) -> tuple[int, bool]:
        """Write an experiment in the place of the one of its id; return its version and whether anything changed."""
        with self._write() as connection:
            return _put(connection, catalog_id, experiment)

    def stop_experiment(self, catalog_id: str, identity: str, reason: str) -> bool:
        """Stop a running experiment for a reason; say whether it ran until now."""
        with self._write() as connection:
            row = _stored(connection, catalog_id, identity)
            if row is None or (found := _experiment(row)).stopped is not None or not found.enabled:
                return False
            _put(connection, catalog_id, replace(found, stopped=reason))
        return True

    def experiment(self, catalog_id: str, identity: str) -> Experiment:
        """Return one experiment. Raises UnknownExperiment."""
        with self._read() as connection:
            for each in findable([identity]):
                if (row := _stored(connection, catalog_id, each)) is not None:
                    return _experiment(row)
        raise UnknownExperiment(f"there is no experiment {identity[:100]!r}")

    def experiments(self, catalog_id: str, *, after: str = "", limit: int | None = None) -> list[Experiment]:
        """Return a catalogue's experiments by id: those behind ``after``, at most ``limit``."""
        query = sa.select(experiments).where(experiments.c.catalog == catalog_id)
        query = query.where(experiments.c.experiment_id > next(findable([after]), ""))
        with self._read() as connection:
            return [
                _experiment(row) for row in connection.execute(query.order_by(experiments.c.experiment_id).limit(limit))
            ]

    def delete_experiment(self, catalog_id: str, identity: str) -> bool:
        """Remove an experiment and say whether there was one; what its buyers did stays."""
        with self._write() as connection:
            for each in findable([identity]):
                if connection.execute(sa.delete(experiments).where(_key(catalog_id, each))).rowcount:
                    change_log.append(connection, catalog_id, [each], "trial")
                    return True
        return False


def _put(connection: Connection, catalog_id: str, experiment: Experiment) -> tuple[int, bool]:
    terms = orjson.dumps(experiment_to_json(experiment)).decode()
    stored = _stored(connection, catalog_id, experiment.id)
    version = 0 if stored is None else int(stored.version)
    if stored is not None and stored.terms == terms:
        return version, False
    row = {"catalog": catalog_id, "experiment_id": experiment.id, "terms": terms, "version": version + 1}
    upsert(connection, experiments, _KEY, [row])
    change_log.append(connection, catalog_id, [experiment.id], "trial")
    return version + 1, True


def _stored(connection: Connection, catalog_id: str, identity: str) -> Row | None:
    return connection.execute(sa.select(experiments).where(_key(catalog_id, identity))).first()


def _key(catalog_id: str, identity: str) -> sa.ColumnElement[bool]:
    return (experiments.c.catalog == catalog_id) & (experiments.c.experiment_id == identity)


def _experiment(row: Row) -> Experiment:
    return experiment_from_json(row.experiment_id, orjson.loads(row.terms), row.version)
