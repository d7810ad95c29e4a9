"""What a version says of itself, in documents of its own index that no search sees: its schema and its commit point.

The commit is the only point of truth: products of a later batch, and knowledge that it does not name, are as good as
absent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import quote

from engines.opensearch.connection import Conflict, Connection, Json
from engines.opensearch.naming import COMMIT, SCHEMA, version_of
from engines.port import FieldKind, Schema
from language.dictionary import entry_from_json
from language.errors import VitrineError


class WrittenElsewhere(VitrineError):
    """Another process writes the same version; this one gives up."""

    code = "written_elsewhere"


@dataclass(frozen=True, slots=True)
class Commit:
    """What a version holds: the number of its last batch, the rows given away, the change-log number applied, whether
    products have variants and whether any was ever out of stock, the length of vectors (0: none yet), the documents
    that tell of words and fields, the directory of assortments, price lists and promotions (0: there are none), and a
    token of whoever wrote it."""

    batch: int = 0
    rows: int = 0
    applied: int = 0
    varied: bool = False
    sold_out: bool = False
    dimensions: int = 0
    knowledge: tuple[int, ...] = ()
    book: int = 0
    writer: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which state of a document was read; writing on top of it fails if there is a newer one."""

    sequence: int
    term: int


def read_commits(connection: Connection, indexes: Sequence[str]) -> dict[str, tuple[int, Commit]]:
    """Return the version and its commit of each alias or index that there is and that holds a commit."""
    if not indexes:
        return {}
    wanted = [{"_index": index, "_id": COMMIT} for index in indexes]
    answer = connection.call("POST", "/_mget", {"docs": wanted})
    found: dict[str, tuple[int, Commit]] = {}
    for index, each in zip(indexes, answer["docs"], strict=True):
        version = version_of(each.get("_index", ""))
        if each.get("found") and version is not None:
            found[index] = (version, _commit(each))
    return found


def read_commit(connection: Connection, index: str) -> tuple[Commit, Stamp | None]:
    """Return the last commit of a version; an empty one before the first."""
    answer = connection.call("GET", _path(index, COMMIT), ignore=(404,))
    if not answer.get("found"):
        return Commit(), None
    return _commit(answer), Stamp(answer["_seq_no"], answer["_primary_term"])


def write_commit(connection: Connection, index: str, commit: Commit, before: Stamp | None) -> Stamp:
    """Commit. Raises WrittenElsewhere if somebody else did since ``before`` was read."""
    params: dict[str, object] = {"op_type": "create"}
    if before is not None:
        params = {"if_seq_no": before.sequence, "if_primary_term": before.term}
    try:
        answer = connection.patiently("PUT", _path(index, COMMIT), {"control": asdict(commit)}, params=params)
    except Conflict as error:
        # Where the answer to the first attempt was lost, the second one meets what the first has written.
        found, stamp = read_commit(connection, index)
        if found == commit and stamp is not None:
            return stamp
        raise WrittenElsewhere(f"{index} was written by another process: let one process write a catalogue") from error
    return Stamp(answer["_seq_no"], answer["_primary_term"])


def write_schema(connection: Connection, index: str, schema: Schema) -> None:
    """Store the schema; it may grow with new fields, whose places are their numbers."""
    content = {
        "locales": schema.locales,
        "texts": schema.texts,
        "kinds": [list(pair) for pair in schema.kinds.items()],
        "phrases": sorted(schema.phrases),
        "dictionary": [asdict(entry) for entry in schema.dictionary.values()],
        "currency": schema.currency,
        "encoder": schema.encoder,
        "extraction": schema.extraction,
    }
    connection.patiently("PUT", _path(index, SCHEMA), {"control": content})


def read_schema(connection: Connection, index: str) -> Schema:
    """Return the stored schema. Raises FileNotFoundError if there is no such version."""
    answer = connection.call("GET", _path(index, SCHEMA), ignore=(404,))
    if not answer.get("found"):
        raise FileNotFoundError(f"there is no index {index}")
    content = answer["_source"]["control"]
    kinds: Mapping[str, FieldKind] = dict(content["kinds"])
    return Schema(
        tuple(content["locales"]),
        tuple(content["texts"]),
        kinds,
        frozenset(content["phrases"]),
        {each["name"]: entry_from_json(each) for each in content["dictionary"]},
        content["currency"],
        content.get("encoder", ""),
        content.get("extraction", ""),
    )


def schema_stamp(connection: Connection, index: str) -> tuple[str, int]:
    """Return what changes with every writing of the schema, without reading it."""
    answer = connection.call("GET", _path(index, SCHEMA), params={"_source": "false"}, ignore=(404,))
    return str(answer.get("_index", "")), int(answer.get("_seq_no", -1))


def _path(index: str, key: str) -> str:
    return f"/{index}/_doc/{quote(key, safe='')}"


def _commit(answer: Json) -> Commit:
    content = answer["_source"]["control"]
    return Commit(**{**content, "knowledge": tuple(content["knowledge"])})
