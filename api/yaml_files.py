"""YAML files for review in git: plain values by their ids, and never anything else."""

from pathlib import Path
from typing import Any

import yaml

from language.errors import VitrineError

_LARGEST = 10 << 20


class InvalidFile(VitrineError):
    """A file that is not what it should be; the message says where."""

    code = "invalid_file"


class _Reader(yaml.SafeLoader):
    """Reads plain values alone; times stay the texts that they are."""


class _Writer(yaml.SafeDumper):
    """Writes no aliases, which people would trip over."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


_Reader.yaml_implicit_resolvers = {
    first: [(tag, test) for tag, test in kinds if tag != "tag:yaml.org,2002:timestamp"]
    for first, kinds in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def text_of(file: Path) -> str:
    """Return what a file says. Raises InvalidFile for one that is not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidFile(f"{file}: the file is not UTF-8, at byte {error.start}") from error


def write_yaml(head: str, content: dict[str, Any]) -> str:
    """Return a file of values by their ids, with a comment above."""
    return head + yaml.dump(content, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=100)


def read_yaml(text: str, example: str) -> dict[object, object]:
    """Return the values of a file by their ids; ``example`` is what such a file looks like. Raises InvalidFile."""
    if len(text) > _LARGEST:
        raise InvalidFile(f"the file has more than {_LARGEST >> 20} MiB")
    try:
        content = _of_one_document(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidFile(f"the file is not YAML: {' '.join(str(error).split())[:300]}") from error
    if not isinstance(content, dict):
        raise InvalidFile(f"the file has values by their ids: `{example}`")
    return content


def _of_one_document(text: str) -> object:
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Reader)):
        # A few aliases of aliases stand for more than any memory holds.
        raise InvalidFile("the file uses aliases (`*name`): write the value out")
    return yaml.load(text, Loader=_Reader)  # noqa: S506 - a subclass of SafeLoader
