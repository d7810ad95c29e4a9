"""Synonyms and stop words as JSON: the body that puts one, and the answer that is such a body with its id."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.product_page import Json
from commerce.synonyms import Synonym

_Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_MOST = 100


class SynonymBody(BaseModel):
    """Words or phrases that also find others; ``equivalent`` works both ways. Without a locale it holds in all.

    ``stop`` words have no ``to``: they are left out of queries that say more. A ``compound`` (German writes them as one
    word) is made of what ``to`` names in its order; without ``to`` it is never taken apart.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"kind": "equivalent", "from": ["beamer"], "to": ["projector"], "locale": "en"}]
        },
    )

    kind: Literal["equivalent", "one_way", "stop", "compound"]
    sources: Annotated[list[_Term], Field(alias="from", min_length=1, max_length=_MOST)]
    targets: Annotated[list[_Term], Field(alias="to", max_length=_MOST)] = []
    locale: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None

    @model_validator(mode="after")
    def _says_what_it_finds(self) -> "SynonymBody":
        if self.kind == "stop" and self.targets:
            raise ValueError("stop words find nothing: leave `to` out")
        if self.kind == "compound":
            self._is_one_word()
        elif self.kind != "stop" and not self.targets:
            raise ValueError("`to` says what else is found")
        return self

    def _is_one_word(self) -> None:
        if any(" " in each for each in (*self.sources, *self.targets)):
            raise ValueError("a compound is one word, and so is each of its parts")
        if len(self.targets) == 1:
            raise ValueError("a compound has two parts at least: leave `to` out for a word that is none")

    def synonym(self, identity: str) -> Synonym:
        """Return the synonym."""
        return Synonym(identity, self.kind, tuple(self.sources), tuple(self.targets), self.locale)


def synonym_answer(synonym: Synonym) -> Json:
    """Return a synonym as a body that puts it again, with its id."""
    return {
        "id": synonym.id,
        "kind": synonym.kind,
        "from": list(synonym.sources),
        "to": list(synonym.targets),
        "locale": synonym.locale,
    }
