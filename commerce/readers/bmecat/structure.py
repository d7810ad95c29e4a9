"""The frame of a BMEcat file: groups of the catalogue, classifications, assignments of products to groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from commerce.readers.bmecat.header import Fault, Header, read_header
from commerce.readers.bmecat.languages import by_locale
from commerce.readers.bmecat.ledger import Ledger
from commerce.readers.bmecat.nodes import Node
from commerce.readers.bmecat.source import Unit

_DEEPEST = 32
_SEPARATOR = " > "
CATALOG_GROUPS = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its name by locale, the group above it, and whether it is the root that only holds the others."""

    names: Mapping[str, str]
    parent: str
    is_root: bool = False


@dataclass(slots=True)
class Assignments:
    """Groups that a product is put into, and groups that it is taken out of (by updates)."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


class Structure:
    """What the frame says. ``groups`` are by (system, id); the catalogue's own groups have the system ""."""

    def __init__(self) -> None:
        self.header = Header()
        self.transaction = ""
        self.groups: dict[tuple[str, str], Group] = {}
        self.assignments: dict[str, Assignments] = {}
        self.values: dict[str, Mapping[str, str]] = {}
        self.features: dict[str, Mapping[str, str]] = {}
        self.feature_units: dict[str, str] = {}
        # Groups come before the name of the system that they belong to is complete: they wait here for it.
        self._waiting: dict[str, Group] = {}

    def read(self, unit: Unit, ledger: Ledger, fault: Fault) -> None:
        """Take in one unit of the frame, and account for it."""
        node = unit.node
        match node.tag:
            case "HEADER":
                self.header = read_header(node, ledger, fault)
            case "CATALOG_STRUCTURE":
                self._catalog_group(node, ledger, fault)
            case "CLASSIFICATION_GROUP":
                self._classification_group(node, ledger, fault)
            case "CLASSIFICATION_SYSTEM":
                self._classification_system(node, ledger)
            case "CLASSIFICATION_SYSTEM_FEATURE_TEMPLATE":
                self._feature(node, ledger)
            case "ALLOWED_VALUE":
                self._value(node, ledger)
            case "PRODUCT_TO_CATALOGGROUP_MAP":
                self._assignment(node, ledger, fault)
            case "T_NEW_CATALOG" | "T_UPDATE_PRODUCTS" | "T_UPDATE_PRICES":
                self.transaction = node.tag
                ledger.keep(node)
            case "BMECAT":
                ledger.keep(node)
        ledger.settle(node, unit.above)

    def paths(self, system: str, group: str) -> dict[str, str]:
        """Return a group's path such as "Hardware > Notebooks" by locale; empty for a group that is not known.

        A step without a name in a locale has its first one. The root of the catalogue's own groups is no step.
        """
        steps: list[Group] = []
        seen: set[str] = set()
        at = group
        while (found := self.groups.get((system, at))) and at not in seen and len(steps) < _DEEPEST:
            seen.add(at)
            steps.append(found)
            at = found.parent
        if len(steps) > 1 and steps[-1].is_root:
            steps.pop()
        locales = dict.fromkeys(locale for step in steps for locale in step.names)
        return {
            locale: _SEPARATOR.join(
                step.names.get(locale) or next(iter(step.names.values())) for step in reversed(steps)
            )
            for locale in locales
        }

    def _catalog_group(self, node: Node, ledger: Ledger, fault: Fault) -> None:
        identity, names = node.first("GROUP_ID"), self._names(node.all("GROUP_NAME"), ledger)
        if identity is None or not identity.text or not names:
            fault(node, "group", "has no GROUP_ID or no GROUP_NAME")
            return
        ledger.keep(identity)
        if (parent := node.first("PARENT_ID")) is not None:
            ledger.merge(parent)
        self.groups[CATALOG_GROUPS, identity.text] = Group(
            names, node.value("PARENT_ID"), node.attributes.get("type") == "root"
        )

    def _classification_group(self, node: Node, ledger: Ledger, fault: Fault) -> None:
        identity, names = (
            node.first("CLASSIFICATION_GROUP_ID"),
            self._names(node.all("CLASSIFICATION_GROUP_NAME"), ledger),
        )
        if identity is None or not identity.text or not names:
            fault(node, "group", "has no CLASSIFICATION_GROUP_ID or no CLASSIFICATION_GROUP_NAME")
            return
        ledger.keep(identity)
        if (parent := node.first("CLASSIFICATION_GROUP_PARENT_ID")) is not None:
            ledger.merge(parent)
        self._waiting[identity.text] = Group(names, node.value("CLASSIFICATION_GROUP_PARENT_ID"))

    def _classification_system(self, node: Node, ledger: Ledger) -> None:
        name = node.first("CLASSIFICATION_SYSTEM_NAME")
        if name is not None and name.text:
            ledger.keep(name)
            self.groups |= {(name.text, identity): group for identity, group in self._waiting.items()}
        self._waiting = {}

    def _feature(self, node: Node, ledger: Ledger) -> None:
        identity, names = node.first("FT_ID"), self._names(node.all("FT_NAME"), ledger)
        if identity is None or not identity.text or not names:
            return
        ledger.merge(identity)
        self.features[identity.text] = names
        content = node.first("FEATURE_CONTENT")
        unit = content.first("FT_UNIT") if content is not None else None
        if unit is not None and unit.text:
            ledger.merge(unit)
            self.feature_units[identity.text] = unit.text

    def _value(self, node: Node, ledger: Ledger) -> None:
        identity, names = node.first("ALLOWED_VALUE_ID"), self._names(node.all("ALLOWED_VALUE_NAME"), ledger)
        if identity is not None and identity.text and names:
            ledger.merge(identity)
            self.values[identity.text] = names

    def _assignment(self, node: Node, ledger: Ledger, fault: Fault) -> None:
        product, group = node.first("PROD_ID"), node.first("CATALOG_GROUP_ID")
        if product is None or group is None or not product.text or not group.text:
            fault(
                node, "category", f"has no {'PROD_ID' if product is None or not product.text else 'CATALOG_GROUP_ID'}"
            )
            return
        ledger.keep(product, group)
        own = self.assignments.setdefault(product.text, Assignments())
        (own.removed if node.attributes.get("mode") == "delete" else own.added).append(group.text)

    def _names(self, nodes: list[Node], ledger: Ledger) -> dict[str, str]:
        found: dict[str, str] = {}
        default = self.header.locale
        for locale, node in by_locale(nodes, default):
            name = " ".join(node.words().split())
            if name and locale not in found:
                ledger.keep(node)
                found[locale] = name
        # The default language's name comes first: a path takes the first one where its own is missing.
        if default in found:
            found = {default: found.pop(default), **found}
        return found


def groups_to_json(groups: Mapping[tuple[str, str], Group]) -> str:
    """Return groups as a text to keep: an update names them by number only."""
    rows = [[*key, group.names, group.parent, group.is_root] for key, group in groups.items()]
    return orjson.dumps(rows).decode()


def groups_from_json(text: str) -> dict[tuple[str, str], Group]:
    """Read groups as they were kept."""
    rows = orjson.loads(text)
    return {(system, identity): Group(names, parent, is_root) for system, identity, names, parent, is_root in rows}
