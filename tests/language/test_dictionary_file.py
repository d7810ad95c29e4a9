"""The dictionary file: people read what was learned, and what they write wins."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.attribute_groups import group_label, group_of
from language.dictionary import AttributeEntry, UnitRule
from language.dictionary_file import InvalidDictionary, Override, merged, read_overrides, write_dictionary
from language.preferences import better_direction

MEMORY = AttributeEntry(
    "internal_memory",
    "number",
    labels={"en": "Internal memory"},
    group="memory",
    unit="GB",
    rules=(
        UnitRule("GB", 0.98, "text", "Notebook", support=120, seen=120, evidence="“8 GB” in product 7", low=1, high=64),
        UnitRule("MB", 0.83, "text", "Printer", support=37, seen=65, evidence="“64MB” in product 9", low=2, high=512),
    ),
    better="higher",
    products=1_135,
)
COLOUR = AttributeEntry("colour", "text", labels={"en": "Colour"}, products=2_000)
ENTRIES = {entry.name: entry for entry in (MEMORY, COLOUR)}


def test_the_file_shows_what_was_learned_with_evidence_and_counts_the_commonest_first() -> None:
    content = write_dictionary("shop", ENTRIES.values(), {})
    assert content.index("[colour]") < content.index("[internal_memory]")
    assert "1,135 products, number" in content
    assert "GB: numbers from 1 to 64 of Notebook; text on 120 of 120 products, 98%: “8 GB” in product 7" in content


def test_a_file_that_nobody_touched_corrects_nothing() -> None:
    assert read_overrides(write_dictionary("shop", ENTRIES.values(), {})) == {}


texts = st.text(min_size=1, max_size=15).filter(lambda text: text == text.strip())
overrides = st.builds(
    Override,
    kind=st.sampled_from([None, "text", "number", "boolean"]),
    labels=st.dictionaries(texts, texts, max_size=2),
    group=st.none() | texts,
    unit=st.sampled_from([None, "GB", "mm²", "Paletten"]),
    units=st.dictionaries(texts, st.sampled_from(["GB", "in", "Paletten"]), max_size=2),
    better=st.sampled_from([None, "higher", "lower", "none"]),
).filter(lambda override: override != Override())


@given(st.dictionaries(texts | st.sampled_from(sorted(ENTRIES)), overrides, max_size=4))
def test_what_people_wrote_is_kept_exactly(people: dict[str, Override]) -> None:
    assert read_overrides(write_dictionary("shop", ENTRIES.values(), people)) == people


@given(texts, texts, texts)
def test_no_name_or_quotation_of_the_shop_breaks_the_file(name: str, label: str, evidence: str) -> None:
    rule = UnitRule("GB", 0.9, "text", label, evidence=evidence)
    entry = AttributeEntry(name, "number", {"en": label}, group=label, unit="GB", rules=(rule,))
    assert tomllib.loads(write_dictionary(label, [entry], {})) == {name: {}}


def test_a_persons_entry_wins_over_what_was_learned() -> None:
    people = read_overrides(
        """
        [internal_memory]
        labels = { de = "Arbeitsspeicher" }
        group = "Kaufentscheidend"
        unit = "megabyte"
        better = "none"
        """
    )
    entry = merged(ENTRIES, people).entries["internal_memory"]
    assert entry.labels == {"en": "Internal memory", "de": "Arbeitsspeicher"}
    assert (entry.group, entry.unit, entry.better) == ("Kaufentscheidend", "MB", None)
    assert entry.rules == MEMORY.rules  # what bare numbers are was learned, and MB can stand for it
    assert merged(ENTRIES, people).entries["colour"] == COLOUR


def test_units_by_product_type_replace_the_learned_rules() -> None:
    people = read_overrides('[internal_memory]\nunits = { "*" = "GB", "Large printer" = "MB" }')
    entry = merged(ENTRIES, people).entries["internal_memory"]
    assert [(rule.unit, rule.type, rule.source, rule.confidence) for rule in entry.rules] == [
        ("GB", None, "override", 1.0),
        ("MB", "Large printer", "override", 1.0),
    ]


def test_a_unit_of_something_else_is_what_the_bare_numbers_are() -> None:
    entry = merged(ENTRIES, {"internal_memory": Override(unit="Gbit")}).entries["internal_memory"]
    assert [(rule.unit, rule.type) for rule in entry.rules] == [("Gbit", None)]


def test_an_attribute_that_is_no_number_has_no_unit() -> None:
    entry = merged(ENTRIES, {"internal_memory": Override(kind="text")}).entries["internal_memory"]
    assert (entry.kind, entry.unit, entry.rules) == ("text", None, ())


def test_unknown_attributes_and_units_are_remarked_upon() -> None:
    people = {"interal_memory": Override(unit="GB"), "internal_memory": Override(unit="GiBi")}
    assert merged(ENTRIES, people).remarks == (
        "[interal_memory]: the catalogue has no such attribute",
        "[internal_memory]: unit 'GiBi' is not known, its numbers are never converted",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[a\n", "the dictionary is not TOML"),
        ("a = 3", "a: an attribute is a table: write [a]"),
        ("[a]\nunti = 'GB'", "[a] unti: there is no such key, use one of kind, labels, group, unit, units, better"),
        ("[a]\nkind = 'numeric'", "[a] kind: 'numeric' is none of text, number, boolean"),
        ("[a]\nunit = 3", '[a] unit: a text is needed, such as unit = "…"'),
        ("[a]\nlabels = 'x'", '[a] labels: a table of texts is needed, such as labels = { de = "Breite" }'),
        ("[a]\nunits = { x = 1 }", "[a] units: a table of texts is needed"),
        ("[a]\nbetter = 'more'", "[a] better: 'more' is none of higher, lower, none"),
    ],
)
def test_an_error_names_the_key_and_the_mend(content: str, message: str) -> None:
    with pytest.raises(InvalidDictionary) as error:
        read_overrides(content)
    assert message in error.value.message
    assert error.value.code == "invalid_dictionary"


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("package_width", "packaging"),
        ("width", "dimensions"),
        ("sitzbreite_mm", "dimensions"),
        ("Höhe (mm)", "dimensions"),
        ("processor_cache", "processor"),
        ("storage_temperature__t_t_", "environment"),
        ("total_storage_capacity", "storage"),
        ("usb_2_0_ports_quantity", "connections"),
        ("gestellfarbe", "design"),
        ("country_of_origin", None),
    ],
)
def test_the_words_of_a_name_tell_the_group(name: str, group: str | None) -> None:
    assert group_of(name) == group


def test_a_group_is_named_in_the_language_asked_for_and_own_groups_by_themselves() -> None:
    assert group_label("dimensions", "de-AT") == "Maße und Gewicht"
    assert group_label("dimensions", "fr") == "Dimensions and weight"
    assert group_label("Kaufentscheidend", "en") == "Kaufentscheidend"


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("response_time", "lower"),
        ("power_consumption__standby_", "lower"),
        ("ssd_capacity", "higher"),
        ("tragfahigkeit_kg", "higher"),
        ("minimum_storage_capacity", None),
        ("weight", None),
        ("width", None),
        ("processor_frequency", None),
    ],
)
def test_the_direction_is_known_only_where_nobody_doubts_it(name: str, better: str | None) -> None:
    assert better_direction(name) == better


def test_units_that_cannot_all_hold_are_remarked_upon() -> None:
    people = {
        "internal_memory": Override(unit="GB", units={"Printer": "kg", "Notebook": "Paletten"}),
        "colour": Override(unit="mm"),
    }
    remarks = merged(ENTRIES, people).remarks
    assert remarks[0].startswith("[internal_memory]: GB, kg, Paletten measure different things")
    assert "[colour]: units are for numbers, and this attribute is a text: mm have no effect" in remarks
    agreeing = Override(unit="GB", units={"Printer": "MB"})
    assert merged(ENTRIES, {"internal_memory": agreeing}).remarks == ()
    assert merged(ENTRIES, {"colour": Override(kind="number", unit="mm")}).remarks == ()
