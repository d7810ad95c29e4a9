"""Synonyms and stop words in a YAML file are read back as the same, and bad ones are refused with their place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.synonym_files import read_synonyms, write_synonyms
from api.yaml_files import InvalidFile
from commerce.synonyms import Synonym

TEXT = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=9
)
WORDS = st.lists(TEXT, min_size=1, max_size=3).map(tuple)
LOCALES = st.sampled_from([None, "de", "en-GB"])
SYNONYMS = st.builds(Synonym, TEXT, st.sampled_from(["equivalent", "one_way"]), WORDS, WORDS, LOCALES) | st.builds(
    Synonym, TEXT, st.just("stop"), WORDS, st.just(()), LOCALES
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SYNONYMS, max_size=4, unique_by=lambda each: each.id))
def test_whatever_is_written_is_read_back(synonyms: list[Synonym]) -> None:
    assert read_synonyms(write_synonyms(synonyms)) == sorted(synonyms, key=lambda each: each.id)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: {kind: sideways, from: [x], to: [y]}", "synonym 'a', at /kind"),
        ("a: {kind: one_way, from: [x]}", "`to` says what else is found"),
        ("a: {kind: stop, from: [x], to: [y]}", "leave `to` out"),
        ("a: {kind: stop, from: [x], more: 1}", "at /more"),
        ("' a': {kind: stop, from: [x]}", "an id has"),
        ("- a", "by their ids"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InvalidFile, match=said):
        read_synonyms(text)
