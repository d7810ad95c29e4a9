"""What a short name names: the head nouns of titles and of category names.

"Laptop sleeve" is a sleeve, and "toner for a printer" is toner. English and German put the noun that names the thing at
the end of its phrase, before what the thing is for; in titles a phrase ends at a number, at punctuation, or where a
value such as a colour begins.
"""

import re
from collections.abc import Collection, Iterator

from language.analysis import Analyzer

_TOKEN = re.compile(r"[^\W_]+(?:[-'’/.&][^\W_]+)*|[^\w\s]")
_ALTERNATIVES = re.compile(r"/")
_FOR = frozenset({"for", "compatible", "suitable", "fits", "für", "fuer", "passend", "geeignet"})
_WITH = frozenset(
    {"with", "w", "without", "to", "from", "of", "in", "on", "by", "via", "over", "incl", "including"}
    | {"mit", "ohne", "zu", "zum", "zur", "aus", "von", "vom", "im", "auf", "inkl", "nach", "bei", "an", "am"}
)
_TRANSPARENT = frozenset("®™©'’\"")
_CAPITALS_ARE_NOUNS = frozenset({"de"})


def noun_heads(name: str, analyzer: Analyzer, values: Collection[str] = ()) -> tuple[str, ...]:
    """Return the index terms that stand at the end of a noun phrase, in their order, as far as ``name`` does not say
    what the thing is for or comes with. ``values`` are words in lower case that describe and never name.

    >>> from language.analysis import analyzer
    >>> noun_heads('Leather laptop sleeve 15.6" for notebooks', analyzer("en"))
    ('sleev',)
    """
    found: dict[str, None] = {}
    for token in _heads(name, values, cased=analyzer.language not in _CAPITALS_ARE_NOUNS):
        for alternative in _ALTERNATIVES.split(token):
            words = analyzer.words(alternative)
            if words:
                found[analyzer.term(words[-1])] = None
    return tuple(found)


def before_purpose(words: list[str]) -> list[str]:
    """Return the words of a query that stand before what the thing is for: "toner for hp" gives ["toner"].

    All of them where nothing stands before.
    """
    end = next((at for at, word in enumerate(words) if at and (word in _FOR or word in _WITH)), len(words))
    return words[:end]


def _heads(name: str, values: Collection[str], *, cased: bool) -> Iterator[str]:
    """Yield the last word of each phrase."""
    last: str | None = None
    started = False
    for match in _TOKEN.finditer(name):
        token, lower = match[0], match[0].lower()
        if lower in _FOR or lower in _WITH:
            if started:
                break
            continue
        if not token[0].isalnum():
            if token in _TRANSPARENT:
                continue
            if last is not None:
                yield last
            last = None
            continue
        if any(char.isdigit() for char in token) or lower in values:
            if last is not None:
                yield last
            last = None
            continue
        # "inkjet printer Colour": behind a word in small letters a capital begins something else.
        if cased and last is not None and token[0].isupper() and last.islower():
            yield last
        last, started = token, True
    if last is not None:
        yield last
