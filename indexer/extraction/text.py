"""A product's texts as extraction reads them: runs of words, numbers and their neighbours, all with their places."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from commerce.product import Product
from language.measures import quantities
from language.numbers import read_number

TextField = Literal["title", "description"]
LONGEST = 3
_WORD = re.compile(r"[^\W_]+(?:(?:[./-]|(?<=[0-9]),(?=[0-9]))[^\W_]+)*\+?|[\"″”%&]")
_NUMBER = re.compile(r"(?<![^\W_])(?<![\d][.,])[0-9]{1,6}(?:[.,][0-9]{1,3})?(?![^\W_]|[.,][0-9])")
_MOST = 2_000


class Gram(NamedTuple):
    """A run of up to three words, in small letters, and where it first stands."""

    words: str
    field: TextField
    start: int
    end: int


class Mention(NamedTuple):
    """A number that a text states, its unit ("" for none), the words before and behind, and where it stands."""

    value: float
    unit: str
    before: str
    behind: str
    field: TextField
    start: int
    end: int


@dataclass(frozen=True)
class ProductText:
    """The texts of one product; each is read as far as 2,000 characters."""

    title: str
    description: str
    locale: str = "en"

    @cached_property
    def grams(self) -> dict[str, Gram]:
        """Return the runs of words by their words."""
        found: dict[str, Gram] = {}
        for field, text in self._fields():
            words = [(match[0].lower(), match.start(), match.end()) for match in _WORD.finditer(text)]
            for at, (word, start, end) in enumerate(words):
                run = word
                found.setdefault(run, Gram(run, field, start, end))
                for following, _, end in words[at + 1 : at + LONGEST]:
                    run = f"{run} {following}"
                    found.setdefault(run, Gram(run, field, start, end))
        return found

    @cached_property
    def mentions(self) -> Sequence[Mention]:
        """Return the numbers that the texts state, in their order."""
        return [mention for field, text in self._fields() for mention in _mentions(text, field, self.locale)]

    def quote(self, field: TextField, start: int, end: int) -> str:
        """Return a piece of a text."""
        return (self.title if field == "title" else self.description)[start:end]

    def _fields(self) -> Iterator[tuple[TextField, str]]:
        yield "title", self.title[:_MOST]
        # Shops often repeat the title as the description.
        if self.description and self.description != self.title:
            yield "description", self.description[:_MOST]


def run_of(value: str) -> str:
    """Return a value as the run of words that a text would say it in."""
    return " ".join(match[0].lower() for match in _WORD.finditer(value))


def text_of(product: Product, locale: str) -> ProductText:
    """Return the texts of a product in the catalogue's own locale."""
    return ProductText(product.title, product.description, locale)


def _mentions(text: str, field: TextField, locale: str) -> Iterator[Mention]:
    words = [(match.start(), match.end(), match[0].lower()) for match in _WORD.finditer(text)]
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, int, float, str]] = []
    for measure in quantities(text, locale):
        taken.append(measure.span)
        if measure.form in {"single", "times"}:
            found.append((*measure.span, measure.values[0], measure.unit))
    for match in _NUMBER.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        number = read_number(match[0], locale)
        if number is not None:
            found.append((*match.span(), number, ""))
    for start, end, value, unit in sorted(found):
        before = next((word for _, ends, word in reversed(words) if ends <= start), "")
        behind = next((word for starts, _, word in words if starts >= end), "")
        yield Mention(value, unit, before, behind, field, start, end)
