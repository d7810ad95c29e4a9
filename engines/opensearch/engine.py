"""The engine on an OpenSearch cluster: versions are indexes, the serving one is an alias."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from time import time

from engines.opensearch import control
from engines.opensearch.builder import OpenSearchBuilder
from engines.opensearch.choosing import FacetFields
from engines.opensearch.connection import Connection, Refused
from engines.opensearch.control import Commit
from engines.opensearch.directory import Directory, read_directory
from engines.opensearch.encoding import numbering
from engines.opensearch.facets import Catalogue
from engines.opensearch.filters import Names
from engines.opensearch.knowledge import Knowledge, field_infos, on_top, read_knowledge, vocabulary_of
from engines.opensearch.known import Known
from engines.opensearch.mapping import MAPPING, index_body
from engines.opensearch.naming import alias_of, index_of, version_of
from engines.opensearch.point import PointInTime
from engines.opensearch.settings import OpenSearchSettings
from engines.opensearch.snapshot import OpenSearchIndex
from engines.port import EngineUnavailable, Schema, Stats
from language.vocabulary import Vocabulary

_ABANDONED = 86_400.0


class OpenSearchEngine:
    """Keeps its versions in a cluster; any number of processes on any machine may read, one builder at a time writes
    a version."""

    def __init__(self, settings: OpenSearchSettings) -> None:
        self.connection = Connection(settings)
        self._prefix = settings.prefix
        self._readers: dict[str, _Reader] = {}
        self._schemas: dict[str, tuple[tuple[str, int], Schema]] = {}
        self._lock = Lock()

    def create(self, catalog: str, schema: Schema) -> int:
        """Begin a new version and return its number; what others began and left behind a day ago is removed."""
        begun = self._begun(catalog)
        for version in begun.keys() - self.versions(catalog):
            if begun[version] < time() - _ABANDONED:
                self.drop(catalog, version)
        number = max(begun, default=0) + 1
        while not self._create(index_of(self._prefix, catalog, number), schema):
            number += 1
        return number

    def schema(self, catalog: str) -> Schema:
        """Return the schema of the serving version. Raises FileNotFoundError if there is none."""
        alias = alias_of(self._prefix, catalog)
        stamp = control.schema_stamp(self.connection, alias)
        known = self._schemas.get(catalog)
        if known is None or known[0] != stamp:
            known = self._schemas[catalog] = (stamp, control.read_schema(self.connection, alias))
        return known[1]

    def builder(self, catalog: str, version: int) -> OpenSearchBuilder:
        """Open a version for writing; of several that do so, only one can commit."""
        return OpenSearchBuilder(self.connection, index_of(self._prefix, catalog, version))

    def switch(self, catalog: str, version: int) -> None:
        """Make a committed version the serving one, for every process, between two requests."""
        if version not in self.versions(catalog):
            raise FileNotFoundError(f"catalogue {catalog} has no version {version}")
        alias, index = alias_of(self._prefix, catalog), index_of(self._prefix, catalog, version)
        actions = [
            {"remove": {"index": f"{alias}.v*", "alias": alias, "must_exist": False}},
            {"add": {"index": index, "alias": alias}},
        ]
        self.connection.patiently("POST", "/_aliases", {"actions": actions})
        self._refresh([catalog])

    def current(self, catalog: str) -> int | None:
        """Return the number of the serving version; None if there is none yet."""
        alias = alias_of(self._prefix, catalog)
        answer = self.connection.call("GET", f"/_alias/{alias}", ignore=(404,))
        found = [version_of(index) for index in answer if index.startswith(alias)]
        return found[0] if found else None

    def versions(self, catalog: str) -> Sequence[int]:
        """Return the versions that were committed, the oldest first."""
        begun = {index_of(self._prefix, catalog, version): version for version in self._begun(catalog)}
        return sorted(version for version, _ in control.read_commits(self.connection, list(begun)).values())

    def drop(self, catalog: str, version: int) -> None:
        """Remove a version that does not serve; searches of those that still read it fail."""
        if self.current(catalog) == version:
            raise ValueError(f"version {version} of {catalog} serves: switch to another one first")
        self.connection.patiently("DELETE", f"/{index_of(self._prefix, catalog, version)}", ignore=(404,))

    def open(self, catalog: str) -> OpenSearchIndex | None:
        """Return this process's snapshot; None while the catalogue has no serving version."""
        reader = self._readers.get(catalog)
        if reader is None or reader.snapshot is None:
            self._refresh([catalog])
            reader = self._readers[catalog]
        return reader.snapshot

    def open_version(self, catalog: str, version: int) -> OpenSearchIndex:
        """Return a snapshot of one version, serving or not. Raises FileNotFoundError if there is none by that
        number."""
        if version not in self._begun(catalog):
            raise FileNotFoundError(f"catalogue {catalog} has no version {version}")
        index = index_of(self._prefix, catalog, version)
        commit, _ = control.read_commit(self.connection, index)
        return _VersionReader(self.connection, index, version).read(commit)

    def refresh(self) -> None:
        """Take newer commits and switches of every catalogue that this process has opened."""
        self._refresh(list(self._readers))

    def close(self) -> None:
        """Close the connections."""
        self.connection.close()

    def _begun(self, catalog: str) -> dict[int, float]:
        """Return the versions that there are, committed or not, and when each was begun, in seconds since 1970."""
        alias = alias_of(self._prefix, catalog)
        answer = self.connection.call("GET", f"/{alias}.v*/_settings/index.creation_date", ignore=(404,))
        return {
            version: int(each["settings"]["index"]["creation_date"]) / 1000
            for index, each in answer.items()
            if index.startswith(alias) and (version := version_of(index)) is not None
        }

    def _refresh(self, catalogs: Sequence[str]) -> None:
        with self._lock:
            aliases = {alias_of(self._prefix, catalog): catalog for catalog in catalogs}
            for catalog in catalogs:
                self._readers.setdefault(catalog, _Reader(self.connection))
            for alias, (version, commit) in control.read_commits(self.connection, list(aliases)).items():
                catalog = aliases[alias]
                self._readers[catalog].refresh(index_of(self._prefix, catalog, version), version, commit)

    def _create(self, index: str, schema: Schema) -> bool:
        """Make an index; say whether it was not there yet."""
        try:
            self.connection.call("PUT", f"/{index}", index_body(schema, self.connection.settings))
        except Refused as error:
            if "resource_already_exists" in str(error):
                return False
            raise
        control.write_schema(self.connection, index, schema)
        return True


class _Reader:
    """Follows one catalogue and keeps its newest snapshot."""

    def __init__(self, connection: Connection) -> None:
        self.snapshot: OpenSearchIndex | None = None
        self._connection = connection
        self._version: _VersionReader | None = None
        self._seen: tuple[int, Commit] | None = None

    def refresh(self, index: str, version: int, commit: Commit) -> None:
        if (version, commit) == self._seen:
            return
        if self._version is None or self._version.number != version:
            self._version = _VersionReader(self._connection, index, version)
        self.snapshot = self._version.read(commit)
        self._seen = (version, commit)


@dataclass(frozen=True, slots=True)
class _Learned:
    """What a commit's products teach: the same until other ``products`` come. These are told by their knowledge, by
    whether any has variants, and by their number."""

    products: tuple[tuple[int, ...], bool, int]
    catalogue: Catalogue
    vocabularies: Mapping[str, Vocabulary]


class _VersionReader:
    """Makes snapshots of one version; what a newer one has in common with the one before is taken from it."""

    def __init__(self, connection: Connection, index: str, number: int) -> None:
        self.number = number
        self._connection = connection
        self._index = index
        self._schema = control.read_schema(connection, index)
        self._parts: dict[int, Knowledge] = {}
        self._base: dict[str, Vocabulary] = {}
        self._directory = (0, Directory())
        self._learned: _Learned | None = None
        mapping = next(iter(connection.call("GET", f"/{index}").values()))
        if (made := mapping["mappings"].get("_meta", {}).get("vitrine")) != MAPPING:
            raise EngineUnavailable(
                f"{index} was made by another release (mapping {made}, not {MAPPING}): run `vitrine index` once more"
            )
        self._shards = int(mapping["settings"]["index"]["number_of_shards"])

    def read(self, commit: Commit) -> OpenSearchIndex:
        point = PointInTime(self._connection, self._index)
        stats = self._stats(point, commit)
        products = (commit.knowledge, commit.varied, stats.products)
        if self._learned is None or self._learned.products != products:
            self._learned = self._learn(commit, products)
        learned = self._learned
        known = Known(
            batch=commit.batch,
            stats=stats,
            catalogue=learned.catalogue,
            vocabularies=learned.vocabularies,
            dimensions=commit.dimensions,
            shards=self._shards,
            schema=self._schema,
            index=self._index,
            directory=self._read_directory(commit.book),
            sold_out=commit.sold_out,
        )
        return OpenSearchIndex(point, known)

    def _learn(self, commit: Commit, products: tuple[tuple[int, ...], bool, int]) -> "_Learned":
        parts = self._read_parts(commit)
        told = Knowledge()
        for part in parts:
            told.add(part)
        if not told.fields.keys() <= self._schema.kinds.keys():
            # Fields that came with this commit stand in the schema before it.
            self._schema = control.read_schema(self._connection, self._index)
        fields = field_infos(told)
        numbers = numbering(self._schema.kinds)
        several = frozenset(name for name, counts in told.fields.items() if counts.several)
        catalogue = Catalogue(
            fields=fields,
            names=Names(self._schema.kinds, numbers),
            several=several,
            candidates=FacetFields(fields, numbers, products[-1], several),
            varied=commit.varied,
        )
        return _Learned(products, catalogue, self._vocabularies(parts))

    def _read_directory(self, number: int) -> Directory:
        if self._directory[0] != number:
            self._directory = (number, read_directory(self._connection, self._index, number))
        return self._directory[1]

    def _read_parts(self, commit: Commit) -> list[Knowledge]:
        new = [number for number in commit.knowledge if number not in self._parts]
        found = dict(zip(new, read_knowledge(self._connection, self._index, new), strict=True))
        first = commit.knowledge[:1]
        if first and first[0] in found:
            self._base = {}
        self._parts = {number: self._parts.get(number) or found[number] for number in commit.knowledge}
        return list(self._parts.values())

    def _vocabularies(self, parts: Sequence[Knowledge]) -> dict[str, Vocabulary]:
        found = {}
        for locale in self._schema.locales:
            if locale not in self._base:
                self._base[locale] = vocabulary_of(parts[:1], locale)
            below = parts[0].words.get(locale) if parts else None
            found[locale] = on_top(self._base[locale], parts[1:], locale, below or ())
        return found

    def _stats(self, point: PointInTime, commit: Commit) -> Stats:
        query = {"range": {"batch": {"lte": commit.batch}}}
        counted = point.search({"size": 0, "track_total_hits": True, "query": query})
        sizes = self._connection.call("GET", f"/{self._index}/_stats/store")
        return Stats(
            version=self.number,
            locales=self._schema.locales,
            products=int(counted["hits"]["total"]["value"]),
            applied=commit.applied,
            disk_bytes=int(sizes["_all"]["total"]["store"]["size_in_bytes"]),
            memory_bytes=0,
            encoder=self._schema.encoder,
        )
