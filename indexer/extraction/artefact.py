"""A trained extraction as a file: rules as JSON."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import orjson

from indexer.extraction.cooccurrence import GramRule
from indexer.extraction.model import ExtractionModel, Kind, Trust
from indexer.extraction.patterns import Pattern, PatternRule
from registry import BadArtefact

KIND = "extraction"
_FILE = "rules.json"
_KINDS: tuple[Kind, ...] = get_args(Kind)


def save(model: ExtractionModel, folder: Path) -> None:
    """Write a model into an empty folder."""
    content = {
        "locale": model.locale,
        "grams": [tuple(each) for each in model.grams],
        "patterns": [(*each.pattern, *each[1:]) for each in model.patterns],
        "spellings": model.spellings,
        "units": model.units,
        "trust": [(*key, each.scores, each.right) for key, each in model.trust.items()],
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
    )
