"""Words of titles with one typing error beside the same words without, on all products of the sample.

``python -m benchmarks.typos [HOME]``; HOME is a folder with the indexed sample, which is built anew without one. 500
different words of four letters or more are drawn from the titles of 500 products drawn evenly (seeded); each gets one
error at an even place: a letter left out, put in, replaced by its neighbour on the keyboard, or changed with the next.
A query counts as answered if one of its first ten products has the word meant in its title.
"""

import random
import re
from collections.abc import Iterator, Sequence

from benchmarks.sample import indexed_sample
from commerce.buyer import ANONYMOUS
from engines.port import SearchIndex
from language.analysis import analyzer
from ranking.request import SearchRequest
from ranking.search import search

SEED = 20_261_126
WORDS = 500
FIRST = 10
_TOKEN = re.compile(r"[^\W_]+")
_SHORTEST = 4
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ALPHABET = "".join(_ROWS)


def main() -> None:
    """Print the share of words found, with and without an error, and what was missed."""
    with indexed_sample() as (index, products):
        right, wrong, missed = measure(index, [product.title for product in products])
    print(f"found without an error {right:.1%}, with one {wrong:.1%}: {wrong / right:.1%} of that")
    print("missed: " + ", ".join(f"{typed} for {meant}" for meant, typed in missed))


def measure(index: SearchIndex, titles: Sequence[str]) -> tuple[float, float, list[tuple[str, str]]]:
    """Return the share of words found without an error and with one, and the words missed with the error made."""
    pairs = list(_pairs(titles))
    right = [_is_found(index, word, word) for word, _ in pairs]
    wrong = [_is_found(index, word, typed) for word, typed in pairs]
    missed = [pair for pair, found in zip(pairs, wrong, strict=True) if not found]
    return sum(right) / len(pairs), sum(wrong) / len(pairs), missed


def _pairs(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield words with the same word mistyped."""
    drawn = random.Random(SEED)
    seen: set[str] = set()
    while len(seen) < WORDS:
        words = [word for word in _TOKEN.findall(drawn.choice(titles).lower()) if _is_plain(word)]
        if words and (word := drawn.choice(words)) not in seen:
            seen.add(word)
            yield word, _mistyped(word, drawn)


def _is_plain(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha() and word.isascii()


def _mistyped(word: str, drawn: random.Random) -> str:
    typed = word
    while typed == word:
        at = drawn.randrange(len(word))
        match drawn.randrange(4):
            case 0:
                typed = word[:at] + word[at + 1 :]
            case 1:
                typed = word[:at] + drawn.choice(_ALPHABET) + word[at:]
            case 2:
                typed = word[:at] + _neighbour(word[at], drawn) + word[at + 1 :]
            case _:
                typed = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    return typed


def _neighbour(letter: str, drawn: random.Random) -> str:
    row = next((row for row in _ROWS if letter in row), _ALPHABET)
    at = row.find(letter)
    return drawn.choice([each for each in (row[max(at - 1, 0)], row[min(at + 1, len(row) - 1)]) if each != letter])


def _is_found(index: SearchIndex, meant: str, typed: str) -> bool:
    request = SearchRequest(query=typed, page_size=FIRST, facets=())
    words = analyzer("en")
    titles = (each.hit.product.title for each in search(index, request, ANONYMOUS).hits)
    return any(words.term(meant) in words.terms(title) for title in titles)


if __name__ == "__main__":
    main()
