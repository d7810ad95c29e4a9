"""What purchases taught of a catalogue's attributes: how far each decides within a type, and which way is better."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from ranking.comparison.table import Better
from registry import BadArtefact

KIND = "comparison"
_FILE = "attributes.json"
_PRIOR = 50.0


@dataclass(frozen=True, slots=True)
class TypeLessons:
    """What the purchases of one type's products say: ``bought`` counts those that count (see ``learning``),
    ``importance`` (0 to 1) and ``better`` are by attribute."""

    bought: float
    importance: Mapping[str, float]
    better: Mapping[str, Better]


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned, by type; nothing of types that are hardly bought."""

    types: Mapping[str, TypeLessons] = field(default_factory=dict)

    def importance(self, type_name: str | None, name: str, start: float) -> float:
        """Return a field's importance: the catalogue's ``start`` gives way as purchases come in.

        weight of purchases = n / (n + 50) for n purchases that count.
        """
        lessons = self.types.get(type_name or "")
        learned = lessons.importance.get(name.removeprefix("attributes.")) if lessons else None
        if lessons is None or learned is None:
            return start
        weight = lessons.bought / (lessons.bought + _PRIOR)
        return (1 - weight) * start + weight * learned

    def better(self, type_name: str | None, attribute: str) -> Better | None:
        """Return the direction that buyers of a type are known to take; None if they take none."""
        lessons = self.types.get(type_name or "")
        return lessons.better.get(attribute) if lessons else None


NOT_LEARNED = Learned()


def save(learned: Learned, folder: Path) -> None:
    """Write what was learned into an empty folder."""
    (folder / _FILE).write_bytes(orjson.dumps(learned.types, option=orjson.OPT_SORT_KEYS))


def load(folder: Path) -> Learned:
    """Read what was learned. Raises BadArtefact."""
    try:
        found = orjson.loads((folder / _FILE).read_bytes())
        return Learned(
            {
                str(name): TypeLessons(
                    float(each["bought"]),
                    {str(attribute): float(value) for attribute, value in each["importance"].items()},
                    {str(attribute): _direction(value) for attribute, value in each["better"].items()},
                )
                for name, each in found.items()
            }
        )
    except (KeyError, ValueError, TypeError, AttributeError, OSError) as error:
        raise BadArtefact(f"{folder}: cannot be read ({error}): train it again") from error


def _direction(value: object) -> Better:
    if value == "higher":
        return "higher"
    if value == "lower":
        return "lower"
    raise ValueError(f"{value!r} is no direction")
