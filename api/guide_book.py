"""The merchandiser's book of the guide: YAML to typed scripts, and the books of the catalogues that are served."""

from time import monotonic
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StrictStr, TypeAdapter, ValidationError

from api.problems import RequestProblem
from commerce.records import Records
from language.errors import VitrineError
from language.filters import fields_of, parse_filter
from ranking.guide.book import NO_BOOK, Book, Script, Written, WrittenOption

TEXT_NAME = "guide"
"""The name of the records' text that keeps a catalogue's book."""
LARGEST = 262_144
_FRESH = 1.0
_MOST = 200
_Short = Annotated[StrictStr, Field(min_length=1, max_length=600)]
_Locale = Annotated[StrictStr, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
_Texts = Annotated[dict[_Locale, Annotated[StrictStr, Field(min_length=1, max_length=1_000)]], Field(max_length=50)]
_Picture = Annotated[StrictStr, Field(max_length=2_000, pattern=r"^(https://|/)[^\s]+$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _OptionEntry(_Entry):
    value: _Short
    label: _Texts
    filter: Annotated[StrictStr, Field(min_length=1, max_length=10_000)]
    picture: _Picture | None = None


class _QuestionEntry(_Entry):
    id: _Short
    text: _Texts = {}
    help: _Texts = {}
    picture: _Picture | None = None
    options: Annotated[list[_OptionEntry], Field(min_length=2, max_length=8)] | None = None
    labels: Annotated[dict[_Short, _Texts], Field(max_length=_MOST)] = {}
    pictures: Annotated[dict[_Short, _Picture], Field(max_length=_MOST)] = {}


class _ScriptEntry(_Entry):
    first: Annotated[list[_Short], Field(max_length=_MOST)] = []
    never: Annotated[list[_Short], Field(max_length=_MOST)] = []
    questions: Annotated[list[_QuestionEntry], Field(max_length=_MOST)] = []


_Scripts = TypeAdapter(Annotated[dict[_Short, _ScriptEntry], Field(max_length=5_000)])


class _Plain(yaml.SafeLoader):
    """Reads plain values; no aliases, by which a short text could stand for a very long one."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


def read_book(content: bytes) -> Book:
    """Read a book from YAML (of which JSON is a part). Raises RequestProblem naming each field that is not valid."""
    if len(content) > LARGEST:
        raise RequestProblem("too_large", f"a book has at most {LARGEST:,} bytes", [("", "is too large")])
    try:
        scripts = _Scripts.validate_python(yaml.load(content.decode(), _Plain) or {})  # noqa: S506 - a subclass of the safe one
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, ValidationError):
            errors = [("".join(f"/{step}" for step in each["loc"]), each["msg"]) for each in error.errors()[:100]]
            raise RequestProblem("invalid_request", f"{len(errors)} entries are not valid", errors) from None
        message = " ".join(str(error).split())[:300]
        raise RequestProblem("invalid_request", f"the book is not YAML: {message}", [("", message)]) from None
    return Book({path: _script(path, entry) for path, entry in scripts.items()})


def _script(path: str, entry: _ScriptEntry) -> Script:
    questions = {each.id: _written(f"/{path}/questions/{at}", each) for at, each in enumerate(entry.questions)}
    own = [each.id for each in questions.values() if each.options]
    return Script(tuple(dict.fromkeys((*entry.first, *own))), frozenset(entry.never), questions)


def _written(pointer: str, entry: _QuestionEntry) -> Written:
    options = []
    for at, each in enumerate(entry.options or ()):
        try:
            condition = parse_filter(each.filter)
        except VitrineError as error:
            raise RequestProblem(
                "invalid_filter", error.message, [(f"{pointer}/options/{at}/filter", error.message)]
            ) from error
        options.append(WrittenOption(each.value, each.label, condition, each.picture))
    field = next(iter(fields_of(options[0].filter)), entry.id) if options else entry.id
    return Written(entry.id, field, entry.text, entry.help, entry.picture, tuple(options), entry.labels, entry.pictures)


class GuideBooks:
    """Keeps each catalogue's book for a second; safe for concurrent use."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._known: dict[str, tuple[float, str | None, Book]] = {}

    def of(self, catalog_id: str) -> Book:
        """Return the book in force."""
        now = monotonic()
        known = self._known.get(catalog_id)
        if known is None or now - known[0] > _FRESH:
            content = self._records.text(catalog_id, TEXT_NAME)
            same = known is not None and known[1] == content
            book = (
                known[2] if known is not None and same else NO_BOOK if content is None else read_book(content.encode())
            )
            known = self._known[catalog_id] = (now, content, book)
        return known[2]

    def forget(self, catalog_id: str) -> None:
        """Read a catalogue's book again when it is next asked for: this process has changed it."""
        self._known.pop(catalog_id, None)
