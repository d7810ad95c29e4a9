"""Part numbers and GTINs, whole and in pieces, against all products of the sample.

``python -m benchmarks.identifiers [HOME]`` prints for each kind of query the share that has its product among the first
three hits; HOME is a folder with the indexed sample, which is built anew without one.

How queries are drawn (seeded): a part number counts if it has a digit and no space, so that names are left out.
*Whole*: its product is any with that number. *Other punctuation*: without its marks, or with spaces, dots or strokes in
their place. *Pieces*: four characters or more from any place, with a letter and a digit in them or five digits; a piece
is asked only if it identifies: at most three products carry it in a number or as a word of their texts. *Several*:
three numbers in a query, each of one product; all of them must be among the first three.
"""

import random
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from benchmarks.sample import indexed_sample
from commerce.buyer import ANONYMOUS
from commerce.product import Product
from engines.port import SearchIndex
from language.identifiers import normalise_identifier
from ranking.request import SearchRequest
from ranking.search import search

SEED = 20_261_125
DRAWN = 2_000
FIRST = 3
_MARKS = re.compile(r"[^A-Za-z0-9]+")
_CARRIERS = 3


def main() -> None:
    """Print the shares."""
    with indexed_sample() as (index, products):
        for name, share, count in shares(index, products):
            print(f"{name:24} {share:7.2%} of {count:,}")


def shares(index: SearchIndex, products: Sequence[Product]) -> Iterator[tuple[str, float, int]]:
    """Yield each kind of query with the share that is answered within the first three hits, and how many were asked."""
    carriers: defaultdict[str, set[str]] = defaultdict(set)
    for product in products:
        for number in (product.mpn or "", *product.gtin):
            carriers[normalise_identifier(number)].add(product.id)
    numbers = [(each, each.mpn) for each in products if each.mpn and _is_number(each.mpn)]
    drawn = random.Random(SEED)
    for name, queries in {
        "part numbers, whole": [(mpn, carriers[normalise_identifier(mpn)]) for _, mpn in numbers],
        "names as part numbers": [
            (each.mpn, carriers[normalise_identifier(each.mpn)])
            for each in drawn.sample(products, DRAWN)
            if each.mpn and not _is_number(each.mpn) and len(each.mpn) > 3
        ],
        "GTINs": [
            (gtin, carriers[gtin]) for each in drawn.sample(products, 2 * DRAWN) if each.gtin for gtin in each.gtin[:1]
        ],
        "other punctuation": [
            (_repunctuated(mpn, drawn), carriers[normalise_identifier(mpn)])
            for _, mpn in drawn.sample(numbers, DRAWN)
            if _MARKS.search(mpn)
        ],
        "pieces": _pieces(products, numbers, drawn),
    }.items():
        found = [bool(_first(index, query) & right) for query, right in queries]
        yield name, sum(found) / len(found), len(found)
    single = [(each, mpn) for each, mpn in numbers if len(carriers[normalise_identifier(mpn)]) == 1]
    groups = [drawn.sample(single, FIRST) for _ in range(DRAWN // 10)]
    found = [
        all(
            _first(index, " ".join(mpn for _, mpn in group)) & carriers[normalise_identifier(number)]
            for _, number in group
        )
        for group in groups
    ]
    yield "three in one query", sum(found) / len(found), len(found)


def _first(index: SearchIndex, query: str) -> set[str]:
    request = SearchRequest(query=query, page_size=FIRST, facets=())
    return {each.hit.product.id for each in search(index, request, ANONYMOUS).hits}


def _is_number(mpn: str) -> bool:
    return len(mpn) > 3 and any(char.isdigit() for char in mpn) and not any(char.isspace() for char in mpn)


def _repunctuated(mpn: str, drawn: random.Random) -> str:
    return _MARKS.sub(drawn.choice(["", " ", ".", "/"]), mpn).strip(" ./")


def _pieces(
    products: Sequence[Product], numbers: Sequence[tuple[Product, str]], drawn: random.Random
) -> list[tuple[str, set[str]]]:
    everything = [(each.id, _numbers_and_words(each)) for each in products]
    joined = "\n".join(text for _, text in everything)
    ends: list[int] = []
    for _, text in everything:
        ends.append((ends[-1] if ends else 0) + len(text) + 1)
    found: list[tuple[str, set[str]]] = []
    while len(found) < DRAWN:
        product, mpn = drawn.choice(numbers)
        length = drawn.randint(4, max(4, min(len(mpn) - 1, 10)))
        at = drawn.randint(0, max(0, len(mpn) - length))
        piece = mpn[at : at + length]
        normalised = normalise_identifier(piece)
        if len(normalised) < 4 or not _identifies(normalised):
            continue
        if len(set(_carried(joined, ends, normalised))) <= _CARRIERS:
            found.append((piece, {product.id}))
    return found


def _identifies(piece: str) -> bool:
    letters = any(char.isalpha() for char in piece)
    digits = sum(char.isdigit() for char in piece)
    return (letters and digits > 0) or digits >= 5


def _numbers_and_words(product: Product) -> str:
    numbers = [normalise_identifier(each) for each in (product.id, product.mpn or "", *product.gtin)]
    words = re.findall(r"[^\W_]+", f"{product.title} {product.description}".upper())
    return f"{'|'.join(numbers)}| {' '.join(f'={word}=' for word in words)}"


def _carried(joined: str, ends: list[int], piece: str) -> Iterable[int]:
    """Yield the products that have the piece in a number or as a whole word."""
    at = joined.find(piece)
    while at >= 0:
        place = bisect_right(ends, at)
        before, behind = joined[at - 1 : at], joined[at + len(piece)]
        start = ends[place - 1] if place else 0
        if "=" not in joined[start:at] or (before == "=" and behind == "="):
            yield place
        at = joined.find(piece, at + 1)


if __name__ == "__main__":
    main()
