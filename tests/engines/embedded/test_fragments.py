"""The suffix array over part numbers answers as a plain search through them does."""

from hypothesis import given
from hypothesis import strategies as st

from engines.embedded.fragments import Fragments, fragment_arrays
from engines.embedded.postings import IDENTIFIERS, PostingColumn, Postings, posting_arrays
from language.identifiers import is_gtin_like

_NUMBERS = st.text("A1BÜ0", min_size=3, max_size=14)


def rows_of(numbers: list[str], piece: str) -> tuple[list[int], list[int]]:
    columns = {"title": PostingColumn(scored=True), IDENTIFIERS: PostingColumn(scored=False)}
    for row, number in enumerate(numbers):
        columns["title"].add(row, ["word"])
        columns[IDENTIFIERS].add(row, [number])
    fields, arrays = posting_arrays(columns, {})
    begin, inside = Fragments(Postings(fields, arrays), fragment_arrays(fields, arrays)).rows(piece)
    return begin.tolist(), inside.tolist()


@given(st.lists(_NUMBERS, max_size=30), st.text("A1BÜ0", min_size=4, max_size=12))
def test_pieces_are_found_where_they_are(numbers: list[str], piece: str) -> None:
    begin, inside = rows_of(numbers, piece)
    wanted = [row for row, each in enumerate(numbers) if piece in each and not is_gtin_like(each)]
    if piece.isdigit() and len(piece) >= 8:
        wanted = [row for row, each in enumerate(numbers) if piece in each]
    assert sorted({*begin, *inside}) == wanted
    assert begin == [row for row in wanted if numbers[row].startswith(piece)]


def test_a_piece_inside_is_found_once_however_often_it_stands_there() -> None:
    assert rows_of(["XABABABAB", "ABAB"], "ABAB") == ([1], [0])


def test_a_part_without_numbers_has_no_pieces() -> None:
    assert rows_of([], "ABAB") == ([], [])
