"""Merchandising rules as a YAML file, for review in git: written and read back as the same."""

from collections.abc import Iterable
from typing import Any

from api.body_reading import Fields
from api.rule_bodies import rule_from_body, rule_to_answer
from api.yaml_files import InvalidFile, read_yaml, write_yaml
from commerce.merchandising import Rule
from language.errors import VitrineError

_HEAD = "# Merchandising rules. Put them back with: vitrine rules import CATALOG FILE\n"
_EXAMPLE = "autumn: {when: …, then: …}"


def write_rules(rules: Iterable[Rule]) -> str:
    """Return the file: rules by id, without what says nothing."""
    content = {rule.id: _without_nothing(rule) for rule in sorted(rules, key=lambda rule: rule.id)}
    return write_yaml(_HEAD, content)


def read_rules(text: str, fields: Fields) -> list[Rule]:
    """Read rules and check them as the back office does. Raises InvalidFile, or VitrineError of the first rule."""
    rules = []
    for identity, body in read_yaml(text, _EXAMPLE).items():
        try:
            rules.append(rule_from_body(body, str(identity), fields))
        except VitrineError as error:
            where = getattr(error, "errors", None) or [(error.pointer or "", error.message)]
            pointer, message = where[0]
            raise InvalidFile(f"rule {str(identity)[:100]!r}, at {pointer or '/'}: {message}") from error
    return rules


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
