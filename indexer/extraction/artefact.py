"""A trained extraction as a file: rules as JSON; and the one that reads a catalogue's texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import orjson

from indexer.extraction.cooccurrence import GramRule
from indexer.extraction.model import FILTERED_FROM, ExtractionModel, Kind, Trust
from indexer.extraction.patterns import Pattern, PatternRule
from registry import BadArtefact, Registry

KIND = "extraction"
_FILE = "rules.json"
_KINDS: tuple[Kind, ...] = get_args(Kind)
_NAME_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Extractor:
    """What reads the texts of one version of a catalogue: its rules, and the digest that tells them from others."""

    name: str
    model: ExtractionModel


def load_extractor(registry: Registry, catalog_id: str, name: str | None = None) -> Extractor | None:
    """Return what reads a catalogue's texts: the extraction that serves, or the one of that name; None without one."""
    if name is None:
        artefact = registry.load(catalog_id, KIND)
    else:
        artefact = registry.holding(catalog_id, KIND, _FILE, name)
    if artefact is None:
        return None
    return Extractor(artefact.manifest.files[_FILE][:_NAME_DIGITS], load(artefact.folder))


def save(model: ExtractionModel, folder: Path) -> None:
    """Write a model into an empty folder."""
    content = {
        "locale": model.locale,
        "grams": [tuple(each) for each in model.grams],
        "patterns": [(*each.pattern, *each[1:]) for each in model.patterns],
        "spellings": model.spellings,
        "units": model.units,
        "trust": [(*key, each.scores, each.right) for key, each in model.trust.items()],
        "filtered_from": model.filtered_from,
    }
    (folder / _FILE).write_bytes(orjson.dumps(content))


def load(folder: Path) -> ExtractionModel:
    """Read a model. Raises BadArtefact."""
    try:
        return _model(orjson.loads((folder / _FILE).read_bytes()))
    except (KeyError, ValueError, TypeError, AttributeError, OSError) as error:
        raise BadArtefact(f"{folder}: cannot be read ({error}): train it again") from error


def _model(found: Mapping[str, Any]) -> ExtractionModel:
    return ExtractionModel(
        str(found["locale"]),
        [GramRule(str(gram), str(name), of, value, float(score)) for gram, name, of, value, score in found["grams"]],
        [
            PatternRule(Pattern(str(unit), before, behind), str(name), of, float(score))
            for unit, before, behind, name, of, score in found["patterns"]
        ],
        {str(run): [(str(name), str(value)) for name, value in said] for run, said in found["spellings"].items()},
        {str(name): unit for name, unit in found["units"].items()},
        {
            (str(name), _KINDS[_KINDS.index(kind)], of): Trust(tuple(map(float, scores)), tuple(map(float, right)))
            for name, kind, of, scores, right in found["trust"]
        },
        float(found.get("filtered_from", FILTERED_FROM)),
    )
