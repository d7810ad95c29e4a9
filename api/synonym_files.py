"""Synonyms, stop words and compounds as a YAML file, for review in git: written and read back as the same."""

from collections.abc import Iterable

from pydantic import ValidationError

from api.resources import checked_id
from api.synonym_bodies import SynonymBody, synonym_answer
from api.yaml_files import InvalidFile, read_yaml, write_yaml
from commerce.synonyms import Synonym
from language.errors import VitrineError

_HEAD = "# Synonyms, stop words and compounds. Put them back with: vitrine synonyms import CATALOG FILE\n"
_EXAMPLE = "beamer: {kind: equivalent, from: [beamer], to: [projector]}"


def write_synonyms(synonyms: Iterable[Synonym]) -> str:
    """Return the file: synonyms by id, without what says nothing."""
    content = {
        each.id: {name: value for name, value in synonym_answer(each).items() if value and name != "id"}
        for each in sorted(synonyms, key=lambda each: each.id)
    }
    return write_yaml(_HEAD, content)


def read_synonyms(text: str) -> list[Synonym]:
    """Read synonyms and check them as the back office does. Raises InvalidFile."""
    found = []
    for identity, body in read_yaml(text, _EXAMPLE).items():
        name = str(identity)
        try:
            found.append(SynonymBody.model_validate(body).synonym(checked_id(name)))
        except ValidationError as error:
            first = error.errors()[0]
            where = "/".join(map(str, first["loc"]))
            raise InvalidFile(f"synonym {name[:100]!r}, at /{where}: {first['msg']}") from error
        except VitrineError as error:
            raise InvalidFile(f"synonym {name[:100]!r}: {error.message}") from error
    return found
