"""Features of a product to attributes, with readable names out of trees of features.

Features form a tree by FPARENT_ID (or by standing inside each other). Those that only hold others are no values: their
names lead the names of what they hold, as in "Connection 2 > Wiring > Colour". Siblings of one name that hold others
are numbered from the second on, so the first has the same name whether a product has one or several. Siblings of one
name that hold nothing are several values of one attribute.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commerce.readers.bmecat.header import Fault
from commerce.readers.bmecat.languages import by_locale, preferred
from commerce.readers.bmecat.ledger import Ledger
from commerce.readers.bmecat.nodes import Node
from commerce.readers.bmecat.sheet import Sheet, attribute_name
from commerce.readers.bmecat.structure import Structure
from commerce.readers.bmecat.texts import Cleaner
from commerce.readers.bmecat.values import Reading, read_values, says_nothing
from commerce.readers.bmecat.variants import Choice, read_choice

_SEPARATOR = " > "
_DEEPEST = 32
_NO_PARENT = frozenset({"", "-1"})
# International identifiers of ECLASS, whose middle part says what is meant: 01 a block of properties, 07 a value.
_BLOCK = re.compile(r"\d{4}-[^#]*#01-.*")
_CODE = re.compile(r"\d{4}-[^#]*#\d\d-.*|E[VF]\d{6}")
_LOW, _HIGH = "min", "max"


@dataclass(frozen=True, slots=True)
class _Feature:
    """A feature: what the source calls it (in the catalogue's language), and the whole name of its attribute."""

    node: Node
    called: str
    name: str
    holds_others: bool


class FeatureReader:
    """Reads the features of one file's products; ``locale`` is the catalogue's, ``default`` the file's."""

    def __init__(self, structure: Structure, locale: str, clean: Cleaner, ledger: Ledger, fault: Fault) -> None:
        self._structure = structure
        self._locale = locale
        self._default = structure.header.locale or locale
        self._clean = clean
        self._ledger = ledger
        self._fault = fault

    def read(self, features: Node, sheet: Sheet) -> list[Choice]:
        """Add the features of one PRODUCT_FEATURES to the attributes; return those that make variants."""
        choices: list[Choice] = []
        for feature in self._named(features):
            variants = feature.node.first("VARIANTS")
            if variants is not None:
                choices.append(self._choice(variants, feature))
            elif _is_block(feature):
                self._pass_block(feature.node)
            else:
                self._add(feature, sheet)
        return choices

    def _choice(self, variants: Node, feature: _Feature) -> Choice:
        self._ledger.merge(*(each for each in feature.node.all("FUNIT") if each.text))
        name, unit = attribute_name(feature.name), self._unit(feature.node)
        return read_choice(variants, name, unit, self._readable, self._clean, self._ledger, self._fault)

    def _readable(self, code: str) -> str:
        names = self._structure.values.get(code, {})
        return names.get(self._locale) or next(iter(names.values()), "")

    def _named(self, features: Node) -> Iterator[_Feature]:
        """Yield every feature that has a name, below the names of what holds it."""
        flat = list(_flat(features, None))
        by_id = {identity: node for node, _ in flat if (identity := node.value("FID"))}
        above = {node: self._above(node, outer, by_id) for node, outer in flat}
        holding = {parent for parent in above.values() if parent is not None}
        names = {node: self._name(node) for node, _ in flat}
        labels: dict[Node, str] = {}
        seen: dict[tuple[Node | None, str], int] = {}
        for node, _ in flat:
            key = (above[node], names[node])
            seen[key] = seen.get(key, 0) + (node in holding)
            labels[node] = names[node] if node not in holding or seen[key] < 2 else f"{names[node]} {seen[key]}"
        for node, _ in flat:
            if not names[node]:
                self._fault(node, "feature", "has no name: FNAME, FT_NAME or a known FT_IDREF")
                self._ledger.leave(node, "a feature without a name")
                continue
            steps: list[str] = []
            at: Node | None = node
            while at is not None and len(steps) < _DEEPEST:
                steps.append(labels[at])
                at = above[at]
            yield _Feature(node, names[node], _SEPARATOR.join(filter(None, reversed(steps))), node in holding)

    def _above(self, node: Node, outer: Node | None, by_id: dict[str, Node]) -> Node | None:
        parent = node.first("FPARENT_ID")
        self._ledger.merge(*(each for each in node.all("FID", "FPARENT_ID") if each.text))
        if parent is None or parent.text in _NO_PARENT:
            return outer
        found = by_id.get(parent.text)
        if found is None or found is node:
            self._fault(node, "feature", f"FPARENT_ID {parent.text[:40]!r} is no FID of this product")
            return outer
        return found

    def _name(self, node: Node) -> str:
        reference = node.first("FT_IDREF")
        if reference is not None:
            names = self._structure.features.get(reference.text, {})
            self._ledger.merge(reference)
            return names.get(self._locale) or next(iter(names.values()), "") or reference.text
        template = node.first("FTEMPLATE")
        named = (template or node).all("FT_NAME" if template is not None else "FNAME")
        chosen = preferred(named, self._locale, self._default)
        for each in named:
            if each is chosen:
                self._ledger.keep(each)
            else:
                self._ledger.leave(each, "an attribute has one name, in the catalogue's language")
        return "" if chosen is None else self._clean(chosen)

    def _pass_block(self, node: Node) -> None:
        for each in node.all("VALUE_IDREF", "FVALUE_DETAILS"):
            self._ledger.leave(each, "names a group of features, which is no value")

    def _add(self, feature: _Feature, sheet: Sheet) -> None:
        node = feature.node
        unit = self._unit(node)
        kind = node.value("FVALUE_TYPE")
        added = False
        for locale, nodes, texts in self._values(node):
            reading = read_values(texts, unit, kind)
            if self._put(sheet, feature, reading, locale):
                added = True
                self._ledger.keep(*nodes)
            else:
                self._ledger.merge(*nodes)
        if added:
            self._ledger.merge(*(each for each in node.all("FUNIT", "FVALUE_TYPE") if each.text))

    def _put(self, sheet: Sheet, feature: _Feature, reading: Reading, locale: str | None) -> bool:
        if reading.low is not None and reading.high is not None:
            low = sheet.add(f"{feature.name} ({_LOW})", [reading.low], locale)
            return sheet.add(f"{feature.name} ({_HIGH})", [reading.high], locale) or low
        return sheet.add(feature.name, reading.values, locale)

    def _unit(self, node: Node) -> str:
        unit = node.value("FUNIT")
        return unit or self._structure.feature_units.get(node.value("FT_IDREF"), "")

    def _values(self, node: Node) -> Iterator[tuple[str | None, list[Node], list[str]]]:
        """Yield the values of a feature, those of one language together (None: for all languages)."""
        found: dict[str | None, tuple[list[Node], list[str]]] = {}
        for value in node.all("FVALUE", "VALUE_IDREF"):
            for locale, source, text in self._spellings(node, value):
                if says_nothing(text):
                    if value.text:
                        self._ledger.leave(value, "says nothing")
                    continue
                nodes, texts = found.setdefault(locale, ([], []))
                nodes.append(source)
                texts.append(text)
        for locale, (nodes, texts) in found.items():
            yield locale, nodes, texts

    def _spellings(self, node: Node, value: Node) -> Iterator[tuple[str | None, Node, str]]:
        """Yield a value as people read it, in each language that it is given in."""
        details = [each for each in node.all("FVALUE_DETAILS") if each.words()]
        coded = value.tag == "VALUE_IDREF" or bool(_CODE.fullmatch(value.text))
        if coded and details:
            codes = node.all("FVALUE", "VALUE_IDREF")
            if len(codes) > 1 and len(details) == len(codes):
                details = [details[codes.index(value)]]
            self._ledger.merge(value)
            for locale, each in by_locale(details, ""):
                yield locale or None, each, self._clean(each)
            return
        names = self._structure.values.get(value.text, {}) if coded else {}
        if names:
            for locale, name in names.items():
                yield locale, value, name
            return
        locale = next(own for own, _ in by_locale([value], ""))
        yield locale or None, value, self._clean(value)


def _is_block(feature: _Feature) -> bool:
    """Return whether a feature only holds others and has no value of its own."""
    node = feature.node
    if any(each.words() for each in node.all("FVALUE")):
        return False
    codes = [each.text for each in node.all("VALUE_IDREF")]
    if codes and _BLOCK.fullmatch(codes[0]):
        return True
    details = " ".join(node.value("FVALUE_DETAILS").split())
    return feature.holds_others and (not codes or details in ("", feature.called))


def _flat(node: Node, outer: Node | None) -> Iterator[tuple[Node, Node | None]]:
    """Yield all features below an element, each with the feature that it stands in."""
    for child in node.children:
        if child.tag == "FEATURE":
            yield child, outer
            yield from _flat(child, child)
        elif child.tag == "FEATURE_GROUP":
            yield from _flat(child, outer)


def product_classes(features: Sequence[Node], ledger: Ledger) -> dict[str, str]:
    """Return the class codes of a product by their system, such as "27141137" by "ECLASS-9.0"."""
    found: dict[str, str] = {}
    for node in features:
        system = node.first("REFERENCE_FEATURE_SYSTEM_NAME")
        group = node.first("REFERENCE_FEATURE_GROUP_ID") or node.first("REFERENCE_FEATURE_GROUP_NAME")
        if system is None or group is None or not system.words() or not group.words():
            continue
        name, code = " ".join(system.words().split()), " ".join(group.words().split())
        if found.setdefault(name, code) != code:
            ledger.leave(group, "a second class in the same system")
        else:
            ledger.keep(system, group)
    return found
