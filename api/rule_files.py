"""Merchandising rules as a YAML file, for review in git: written and read back as the same."""

from collections.abc import Iterable
from typing import Any

import yaml

from api.body_reading import Fields
from api.rule_bodies import rule_from_body, rule_to_answer
from commerce.merchandising import Rule
from language.errors import VitrineError

_LARGEST = 10 << 20
_HEAD = "# Merchandising rules. Put them back with: vitrine rules import CATALOG FILE\n"


class InvalidRuleFile(VitrineError):
    """A file that is no list of rules; the message says where."""

    code = "invalid_rules"


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


def write_rules(rules: Iterable[Rule]) -> str:
    """Return the file: rules by id, without what says nothing."""
    content = {rule.id: _without_nothing(rule) for rule in sorted(rules, key=lambda rule: rule.id)}
    return _HEAD + yaml.dump(content, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=100)


def read_rules(text: str, fields: Fields) -> list[Rule]:
    """Read rules and check them as the back office does. Raises InvalidRuleFile, or VitrineError of the first rule."""
    if len(text) > _LARGEST:
        raise InvalidRuleFile(f"the file has more than {_LARGEST >> 20} MiB")
    try:
        content = _of_one_document(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidRuleFile(f"the file is not YAML: {' '.join(str(error).split())[:300]}") from error
    if not isinstance(content, dict):
        raise InvalidRuleFile("the file has rules by their ids: `autumn: {when: …, then: …}`")
    rules = []
    for identity, body in content.items():
        try:
            rules.append(rule_from_body(body, str(identity), fields))
        except VitrineError as error:
            where = getattr(error, "errors", None) or [(error.pointer or "", error.message)]
            pointer, message = where[0]
            raise InvalidRuleFile(f"rule {str(identity)[:100]!r}, at {pointer or '/'}: {message}") from error
    return rules


def _of_one_document(text: str) -> object:
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Reader)):
        # A few aliases of aliases stand for more than any memory holds.
        raise InvalidRuleFile("the file uses aliases (`*name`): write the value out")
    return yaml.load(text, Loader=_Reader)  # noqa: S506 - a subclass of SafeLoader


def _without_nothing(rule: Rule) -> dict[str, object]:
    body: dict[str, Any] = rule_to_answer(rule)
    found: dict[str, object] = {}
    if not rule.enabled:
        found["enabled"] = False
    for name in ("priority", "note"):
        if body[name]:
            found[name] = body[name]
    for name in ("when", "then"):
        said = {key: value if key == "banner" else _said(value) for key, value in body[name].items()}
        # An empty banner is one all the same.
        found[name] = {key: value for key, value in said.items() if value is not None and (value or key == "banner")}
    return found


def _said(value: object) -> object:
    if isinstance(value, dict):
        return {key: each for key, each in value.items() if each not in (None, [])}
    return value
