"""What a merchandiser says about the guide, by category: what to ask first, what never, in which words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from language.filters.tree import Filter

EVERYWHERE = "*"
_SEPARATOR = " > "
Texts = Mapping[str, str]
"""A text by locale."""


@dataclass(frozen=True, slots=True)
class WrittenOption:
    """An option that a person wrote: what it is called, and what it lets through."""

    value: str
    labels: Texts
    filter: Filter
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a person says about one question. With ``options`` it is a question of its own, ``about`` a field; without,
    it is the question about the field of its ``id`` in other words. ``labels`` are of values, ``pictures`` too."""

    id: str
    about: str
    texts: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)
    picture: str | None = None
    options: tuple[WrittenOption, ...] = ()
    labels: Mapping[str, Texts] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """What holds in one category: the ids that are asked first, in this order, and the fields that are never asked."""

    first: tuple[str, ...] = ()
    never: frozenset[str] = frozenset()
    questions: Mapping[str, Written] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """The scripts of one catalogue by category path, those of every category under ``EVERYWHERE``."""

    scripts: Mapping[str, Script] = field(default_factory=dict)

    def script(self, category: str | None) -> Script:
        """Return what holds in a category: its own script on top of those of the categories above and of all.

        What a lower one asks first goes first; what any says never to ask is not asked.
        """
        steps = category.split(_SEPARATOR) if category else []
        paths = [_SEPARATOR.join(steps[:depth]) for depth in range(len(steps), 0, -1)]
        found = [self.scripts[path] for path in (*paths, EVERYWHERE) if path in self.scripts]
        questions: dict[str, Written] = {}
        for each in reversed(found):
            questions.update(each.questions)
        return Script(
            tuple(dict.fromkeys(identity for each in found for identity in each.first)),
            frozenset(name for each in found for name in each.never),
            questions,
        )


NO_BOOK = Book()


def in_language(texts: Texts, locale: str) -> str | None:
    """Return the text of a locale, of its language, or of whichever language there is; None without any."""
    return texts.get(locale) or texts.get(locale.split("-")[0]) or next(iter(texts.values()), None)
