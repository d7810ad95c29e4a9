"""Values that a text says in their own words, also those that hardly another product has.

Of several values of one attribute in a text the longest counts where they overlap; a text that says two values apart
is another kind of evidence than one that says a single one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from indexer.extraction.text import LONGEST, Gram, ProductText, run_of
from language.filters.tree import Scalar


class Spelled(NamedTuple):
    """A value that stands in a text; ``alone`` if no other value of its attribute does."""

    attribute: str
    value: str
    alone: bool
    gram: Gram


def spellings(values: Iterable[Mapping[str, Scalar]]) -> dict[str, list[tuple[str, str]]]:
    """Return by run of words the attributes and values that are said so; of several spellings the usual one."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for each in values:
        for name, value in each.items():
            if isinstance(value, str) and (run := run_of(value)) and run.count(" ") < LONGEST:
                counts[run, name, value] += 1
    found: dict[str, dict[str, str]] = {}
    for (run, name, value), _ in counts.most_common():
        found.setdefault(run, {}).setdefault(name, value)
    return {run: list(by_name.items()) for run, by_name in found.items()}


def spelled(text: ProductText, known: Mapping[str, Iterable[tuple[str, str]]]) -> list[Spelled]:
    """Return the first of the longest values of each attribute that a text says."""
    by_attribute: dict[str, list[tuple[Gram, str]]] = {}
    for run in [run for run in text.grams if run in known]:
        for name, value in known[run]:
            by_attribute.setdefault(name, []).append((text.grams[run], value))
    found = []
    for name, said in by_attribute.items():
        whole = [(gram, value) for gram, value in said if not any(_inside(gram, other) for other, _ in said)]
        gram, value = whole[0]
        found.append(Spelled(name, value, len({each for _, each in whole}) == 1, gram))
    return found


def _inside(gram: Gram, other: Gram) -> bool:
    return gram.words != other.words and f" {gram.words} " in f" {other.words} "
