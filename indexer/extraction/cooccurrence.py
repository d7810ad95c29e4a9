"""Rules of the kind "whoever says these words has this value", counted over a catalogue.

For a run of words g and a value v of an attribute, among the products that say g and give the attribute, let n be
their number and k that of those which give v. The rule g -> v is as good as the lower end of the interval of k / n.
It finds values that the text says in other words ("LaserJet" for laser printing) as well as in their own.

Words that only name the type of product or its brand are no evidence: if nine of ten cables are black, "cable" does not
say black. So a rule must be wrong at most half as often as a guess by type and brand alone, which is right for

    sum over t of n(g, t) P(v | t) / sum over t of n(g, t) P(attribute given | t)

with t the type and brand together, or where these are few products the type alone.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from indexer.extraction.confidence import lower_bound
from language.filters.tree import Scalar

_SUPPORT = 4
_TYPE = 12
_LEAST = 0.7
_NO_GAIN = 0.01
_HALF = 0.5
_SHORTEST = 3
_AT_ONCE = 20_000
_TINY = 1e-9
_Thing = TypeVar("_Thing", bound=Hashable)


class Example(NamedTuple):
    """One product to learn from: its type and brand, the runs of words that it says, its single values by attribute."""

    type_name: str | None
    brand: str | None
    grams: Iterable[str]
    values: Mapping[str, Scalar]


class GramRule(NamedTuple):
    """Whoever says ``gram`` has ``value``; of the products of one type, or of all types (None)."""

    gram: str
    attribute: str
    type_name: str | None
    value: Scalar
    score: float


def gram_rules(examples: Sequence[Example]) -> list[GramRule]:
    """Return the rules that are right for seven tenths at least. Costs some seconds for 20,000 products.

    A rule of one type is kept where it is better than that of all types, one of many words where it is better than
    those of its parts.
    """
    grams = _numbered((gram for gram in each.grams if _is_telling(gram)) for each in examples)
    values = _numbered(list(each.values.items()) for each in examples)
    attributes = {name: at for at, name in enumerate(dict.fromkeys(name for name, _ in values))}
    types = _numbered_from(each.type_name for each in examples if each.type_name)
    cells, of_cell = _cells(examples, types)
    counts = _Counts(
        _matrix([[grams[g] for g in each.grams if g in grams] for each in examples], len(grams)),
        _matrix([[values[v] for v in each.values.items() if v in values] for each in examples], len(values)),
        _matrix([[attributes[a] for a in each.values if a in attributes] for each in examples], len(attributes)),
        np.array([attributes[name] for name, _ in values], dtype=np.int64),
        cells,
        of_cell,
    )
    names = list(grams), list(values)
    found = _named(counts.rules(None), names, None)
    general = {(rule.gram, rule.attribute): rule for rule in found}
    for type_name, at in types.items():
        for rule in _named(counts.rules(at), names, type_name):
            wider = general.get((rule.gram, rule.attribute))
            if wider is None or wider.value != rule.value or wider.score < rule.score - _NO_GAIN:
                found.append(rule)
    return _without_longer(found)


class _Counts:
    """Products x grams, products x values and products x attributes, with the attribute of each value, the cell (type
    and brand) of each product, and the type of each cell, -1 for products without one."""

    def __init__(
        self,
        said: sparse.csr_array,
        given: sparse.csr_array,
        carried: sparse.csr_array,
        of_value: NDArray[np.int64],
        cells: NDArray[np.int64],
        of_cell: NDArray[np.int64],
    ) -> None:
        self._said, self._given, self._carried = said, given, carried
        self._of_value, self._cells, self._of_cell = of_value, cells, of_cell
        kinds = len(of_cell)
        ones = np.ones(len(cells), dtype=np.int32)
        members = sparse.csr_array((ones, (cells, np.arange(len(cells)))), (kinds, len(cells)))
        size = np.maximum(np.bincount(cells, minlength=kinds), 1)[:, None]
        self._gram_cells = np.asarray((members @ said).todense(), dtype=np.float32).T
        self._value_share = np.asarray((members @ given).todense(), dtype=np.float32) / size
        self._attribute_share = np.asarray((members @ carried).todense(), dtype=np.float32) / size

    def rules(self, of_type: int | None) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return the rules of one type, or of all, as numbers of grams and of values, and their scores."""
        said, given, carried = self._said, self._given, self._carried
        if of_type is not None:
            rows = np.flatnonzero(self._of_cell[self._cells] == of_type)
            said, given, carried = said[rows], given[rows], carried[rows]
        together = (said.T @ given).tocoo()
        enough = together.data >= _SUPPORT
        gram, value = together.row[enough].astype(np.int64), together.col[enough].astype(np.int64)
        right = together.data[enough].astype(float)
        if not len(gram):
            return gram, value, right
        score = lower_bound(right, _among(said, carried, gram, self._of_value[value]))
        good = score >= _LEAST
        gram, value, score = gram[good], value[good], score[good]
        telling = 1 - score <= _HALF * (1 - self._guessed(gram, value, of_type))
        return gram[telling], value[telling], score[telling]

    def _guessed(self, gram: NDArray[np.int64], value: NDArray[np.int64], of_type: int | None) -> NDArray[np.float64]:
        """Return how often each value is right for products that say a gram if only types and brands are known."""
        attribute = self._of_value[value]
        cells = slice(None) if of_type is None else np.flatnonzero(self._of_cell == of_type)
        said, right_share = self._gram_cells[:, cells], self._value_share[cells].T
        given_share = self._attribute_share[cells].T
        found = np.empty(len(gram))
        for begin in range(0, len(gram), _AT_ONCE):
            part = slice(begin, begin + _AT_ONCE)
            kinds = said[gram[part]]
            right = (kinds * right_share[value[part]]).sum(axis=1)
            found[part] = right / np.maximum((kinds * given_share[attribute[part]]).sum(axis=1), _TINY)
        return found


def _cells(examples: Sequence[Example], types: Mapping[str, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cell of each product, and the type of each cell."""
    of_type = [types.get(each.type_name or "", -1) for each in examples]
    sizes = Counter((at, each.brand) for at, each in zip(of_type, examples, strict=True))
    keys = [
        (at, each.brand if sizes[at, each.brand] >= _TYPE else None) for at, each in zip(of_type, examples, strict=True)
    ]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys]), np.array([at for at, _ in numbers])


def _numbered_from(names: Iterable[str]) -> dict[str, int]:
    """Number the types that have enough products to be told apart."""
    sizes = Counter(names)
    return {name: at for at, name in enumerate(name for name, size in sizes.items() if size >= _TYPE)}


def _is_telling(gram: str) -> bool:
    """Say whether a run of words is long enough to be more than an article, a digit or a unit."""
    return sum(char.isalnum() for char in gram) >= _SHORTEST


def _among(
    said: sparse.csr_array, carried: sparse.csr_array, gram: NDArray[np.int64], attribute: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return how many products say each gram and give each attribute."""
    among = (said.T @ carried).tocsr()
    # Looked up in one sorted row of keys: fancy indexing of sparse arrays costs a search each.
    keys = np.repeat(np.arange(among.shape[0]), np.diff(among.indptr)) * among.shape[1] + among.indices
    order = np.argsort(keys)
    wanted = gram * among.shape[1] + attribute
    return np.asarray(among.data[order][np.searchsorted(keys[order], wanted)], dtype=float)


def _named(
    rules: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    names: tuple[Sequence[str], Sequence[tuple[str, Scalar]]],
    type_name: str | None,
) -> list[GramRule]:
    grams, values = names
    return [
        GramRule(grams[gram], values[value][0], type_name, values[value][1], round(float(score), 4))
        for gram, value, score in zip(*rules, strict=True)
    ]


def _without_longer(rules: Iterable[GramRule]) -> list[GramRule]:
    """Leave out rules of which a part of the words says the same as surely."""
    kept: dict[tuple[str, str, str | None], GramRule] = {}
    for rule in sorted(rules, key=lambda each: (each.gram.count(" "), each.gram)):
        words = rule.gram.split(" ")
        parts = {" ".join(words[at : at + size]) for size in range(1, len(words)) for at in range(len(words))}
        shorter = (kept.get((part, rule.attribute, of)) for part in parts for of in {rule.type_name, None})
        if not any(
            each is not None and each.value == rule.value and each.score >= rule.score - _NO_GAIN for each in shorter
        ):
            kept[rule.gram, rule.attribute, rule.type_name] = rule
    return list(kept.values())


def _numbered(lists: Iterable[Iterable[_Thing]]) -> dict[_Thing, int]:
    """Number what at least four products say."""
    counts: Counter[_Thing] = Counter()
    for each in lists:
        counts.update(iter(each))
    return {thing: at for at, thing in enumerate(thing for thing, count in counts.items() if count >= _SUPPORT)}


def _matrix(rows: Sequence[Sequence[int]], columns: int) -> sparse.csr_array:
    ends = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(each) for each in rows], out=ends[1:])
    indices = np.array([column for row in rows for column in row], dtype=np.int32)
    return sparse.csr_array((np.ones(len(indices), dtype=np.int32), indices, ends), shape=(len(rows), columns))
