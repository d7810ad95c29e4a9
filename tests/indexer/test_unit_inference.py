"""Units are stated where products state them, and nowhere else."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.product import AttributeValue, Product, Quantity, Variant
from commerce.readers import load_files, read_mapping
from commerce.records import Records
from indexer.attribute_dictionary import dictionary_of
from indexer.reservoirs import Reservoirs
from indexer.types import derive_types
from indexer.unit_names import is_count, unit_in_name, without_unit
from indexer.units import LearnedUnits, UnitLearner
from indexer.values import ValueReader
from language.attributes import AttributeDictionaryBuilder
from language.dictionary import AttributeEntry, UnitRule
from language.numbers import format_number
from tests.sample import OUTSIDE, SAMPLES, icecat_items

GOLD = Path(__file__).parents[1] / "data" / "units" / "icecat_units.csv"
CERTEO = OUTSIDE / "certeo_de"
Numbers = defaultdict[str, list[tuple[float, str | None]]]
LENGTHS = [0.5, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20]


def product(at: int, title: str, description: str = "", **attributes: AttributeValue) -> Product:
    return Product(str(at), title, description, attributes=attributes)


def learned(products: Iterable[Product], type_name: str | None = "Cable", locale: str = "en") -> LearnedUnits:
    learner = UnitLearner(locale)
    for each in products:
        learner.add(each, type_name)
    return learner.build()


def rules(products: Iterable[Product], name: str, type_name: str | None = "Cable") -> tuple[UnitRule, ...]:
    return learned(products, type_name).rules.get(name, ())


def test_a_unit_that_the_products_own_texts_state_is_learned_with_evidence() -> None:
    [rule] = rules((product(at, f"Cable {x} m", length=x) for at, x in enumerate(LENGTHS * 4)), "length")
    assert (rule.unit, rule.source, rule.type) == ("m", "text", None)
    assert (rule.support, rule.seen) == (40, 40)
    assert rule.confidence > 0.9
    assert " m” in product " in rule.evidence


def test_descriptions_and_text_attributes_are_texts_of_the_product() -> None:
    described = (product(at, "Cable", f"It is {x} m long", length=x) for at, x in enumerate(LENGTHS))
    listed = (product(at, "Cable", length=x, note=f"{x} m, black") for at, x in enumerate(LENGTHS))
    assert [rule.unit for rule in rules(described, "length")] == ["m"]
    assert [rule.unit for rule in rules(listed, "length")] == ["m"]


def test_texts_in_another_unit_prove_the_unit_by_conversion() -> None:
    products = (product(at, f'Cable {x * 100:g} cm ({x / 0.0254:.0f}")', length=x) for at, x in enumerate(LENGTHS * 3))
    assert [rule.unit for rule in rules(products, "length")] == ["m"]


def test_variants_teach_units_with_their_own_titles() -> None:
    products = [
        Product(
            str(at), "Cable", variants=tuple(Variant(f"{at}-{x}", f"Cable {x} m", attributes={"length": x}) for x in xs)
        )
        for at, xs in enumerate(([1.0, 2.0], [3.0, 5.0], [7.5, 10.0], [15.0, 20.0]))
    ]
    assert [rule.unit for rule in rules(products, "length")] == ["m"]


def test_german_texts_are_read_in_german() -> None:
    products = [
        product(at, f"Lampe {format_number(x, 'de')} W", leistung=float(x))
        for at, x in enumerate(range(1000, 9000, 500))
    ]
    assert [rule.unit for rule in learned(products, "Lampe", "de").rules["leistung"]] == ["W"]


def test_numbers_that_nobody_states_have_no_unit() -> None:
    assert rules((product(at, f"Cable {at + 30} m", weight=x) for at, x in enumerate(LENGTHS * 4)), "weight") == ()


def test_a_constant_number_proves_nothing() -> None:
    assert rules((product(at, "Kettle 230 V", voltage_like=230.0) for at in range(200)), "voltage_like") == ()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_coincidences_with_small_whole_numbers_are_not_believed(seed: int) -> None:
    random = Random(seed)
    products = [
        product(at, f"PC {random.randint(1, 8)} GB, {random.randint(1, 8)} V", drawers=float(random.randint(1, 8)))
        for at in range(150)
    ]
    assert rules(products, "drawers", "PC") == ()


def test_a_number_that_only_goes_along_with_the_stated_one_has_no_unit() -> None:
    random = Random(1)
    products = []
    for at in range(200):
        memory = random.choice([2, 4, 8, 16, 32])
        cores = memory if random.random() < 0.3 else random.choice([2, 4, 6, 8])
        products.append(product(at, f"PC {memory} GB", memory=float(memory), parts=float(cores)))
    found = learned(products, "PC").rules
    assert [rule.unit for rule in found["memory"]] == ["GB"]
    assert "parts" not in found


def test_counts_and_numbers_of_things_have_no_unit() -> None:
    products = [product(at, f"Box {x} pcs", number_of_lids=float(x)) for at, x in enumerate(range(3, 60))]
    assert rules(products, "number_of_lids", "Box") == ()
    assert is_count("usb_2_0_ports_quantity")
    assert is_count("Anzahl Fächer")
    assert not is_count("cable_length")


def test_types_that_use_different_units_get_a_rule_each() -> None:
    learner = UnitLearner()
    for at in range(60):
        learner.add(product(at, f"Notebook {2 ** (at % 6)} GB", memory=float(2 ** (at % 6))), "Notebook")
        learner.add(product(at, f"Printer {2 ** (at % 6 + 3)} MB", memory=float(2 ** (at % 6 + 3))), "Printer")
    found = learner.build().rules["memory"]
    assert {(rule.unit, rule.type) for rule in found} == {("GB", "Notebook"), ("MB", "Printer")}


def test_mixed_units_of_one_type_are_told_apart_by_their_numbers_and_nothing_is_said_between() -> None:
    numbers = [(float(n), "GB") for n in (1, 2, 4, 8, 16)] + [(float(n), "MB") for n in (512, 1024, 2048, 4096)]
    products = [product(at, f"Memory {n:g} {unit}", memory=n) for at, (n, unit) in enumerate(numbers * 12)]
    learnt = learned(products, "Memory")
    reader = ValueReader({"memory": AttributeEntry("memory", "number", unit="GB", rules=learnt.rules["memory"])})
    assert reader.values({"memory": 8.0}, "Memory") == {"memory": (8.0,)}
    assert reader.values({"memory": 2048.0}, "Memory") == {"memory": (2.0,)}
    assert reader.values({"memory": 100.0}, "Memory") == {}


def test_overlapping_units_are_not_told_apart() -> None:
    random = Random(2)
    products = []
    for at in range(200):
        number, unit = random.choice([2, 4, 8, 16, 32]), random.choice(["GB", "MB"])
        products.append(product(at, f"Memory {number} {unit}", memory=float(number)))
    assert rules(products, "memory", "Memory") == ()


def test_a_type_that_never_states_the_unit_of_the_others_is_left_out() -> None:
    learner = UnitLearner()
    for at in range(100):
        learner.add(product(at, f"Battery {at * 50 + 100} mAh", charge=float(at * 50 + 100)), "Battery")
        learner.add(product(at, "Power supply 230 V", charge=float(at * 30 + 90)), "Power supply")
    [rule] = learner.build().rules["charge"]
    assert (rule.unit, rule.type, rule.not_types) == ("mAh", None, ("Power supply",))


def test_numbers_far_from_those_that_prove_a_unit_stay_undecided() -> None:
    learnt = learned(product(at, f"Cable {x} m", length=x) for at, x in enumerate(LENGTHS * 4))
    reader = ValueReader({"length": AttributeEntry("length", "number", unit="m", rules=learnt.rules["length"])})
    assert reader.values({"length": 3.0}, "Cable") == {"length": (3.0,)}
    assert reader.values({"length": 3050.0}, "Cable") == {}


@pytest.mark.parametrize(
    ("name", "unit", "stem"),
    [
        ("tragfahigkeit_kg", "kg", "tragfahigkeit"), ("hohe_mm", "mm", "hohe"), ("weight_g", "g", "weight"),
        ("Höhe (mm)", "mm", "Höhe"), ("Gewicht [kg]", "kg", "Gewicht"), ("Breite in mm", "mm", "Breite"),
        ("battery_capacity__watt_hours_", "Wh", "battery_capacity"), ("length__cm__outer_carton", "cm", None),
        ("leistung_w", "W", "leistung"), ("nennspannung_v", "V", "nennspannung"), ("ladestrom_ma", "mA", "ladestrom"),
        ("temperature_c", "°C", "temperature"), ("drehmoment_nm", "Nm", "drehmoment"),
        ("wellenlänge_nm", "nm", "wellenlänge"),
        ("hdmi_in", None, None), ("audio_line_in", None, None), ("recommended_age__min_", None, None),
        ("usb_type_a", None, None),
        ("sound_bar", None, None), ("print_speed__10x15_cm_", None, None), ("labels_per_sheet", None, None),
        ("kg", None, None),
        ("continuous_audio_playback_time__cd_", None, None), ("page_yield", None, None), ("model_s", None, None),
    ],
)  # fmt: skip
def test_a_name_may_say_the_unit(name: str, unit: str | None, stem: str | None) -> None:
    assert unit_in_name(name) == unit
    assert without_unit(name) == (stem or name)


@given(st.text(max_size=40))
def test_any_name_may_be_asked(name: str) -> None:
    assert unit_in_name(name) is None or without_unit(name)
    is_count(name)


def test_the_name_needs_no_texts() -> None:
    [rule] = rules([product(1, "Stuhl", sitzbreite_mm=480.0)], "sitzbreite_mm")
    assert (rule.unit, rule.source, rule.evidence) == ("mm", "name", "the attribute's name says mm")


def test_an_imperial_sibling_settles_both_units() -> None:
    products = [
        product(at, "Thing", weight=round(at * 453.6, 0), weight__imperial_=round(at * 1.0, 1)) for at in range(2, 40)
    ]
    found = learned(products, None).rules
    assert [(rule.unit, rule.source) for rule in found["weight"]] == [("g", "sibling")]
    assert [(rule.unit, rule.source) for rule in found["weight__imperial_"]] == [("lb", "sibling")]


def test_siblings_without_a_constant_ratio_settle_nothing() -> None:
    random = Random(3)
    products = [
        product(at, "Thing", weight=random.uniform(1, 9), weight__imperial_=random.uniform(1, 9)) for at in range(60)
    ]
    assert learned(products, None).rules == {}


def test_height_and_depth_are_in_the_unit_of_the_width() -> None:
    products = [
        product(at, f"Shelf {x} mm wide", width=float(x), height=float(x + 7), depth=float(x // 2))
        for at, x in enumerate(range(300, 900, 13))
    ]
    found = learned(products, "Shelf").rules
    assert [(found[name][0].unit, found[name][0].source) for name in ("width", "height", "depth")] == [
        ("mm", "text"),
        ("mm", "sibling"),
        ("mm", "sibling"),
    ]


def test_units_that_the_source_gives_are_kept_by_attribute() -> None:
    products = [
        product(1, "Cable", length=Quantity(2, "m")),
        product(2, "Cable", length=(Quantity(30, "cm"), Quantity(50, "cm"))),
    ]
    assert learned(products).given == {"length": {"m": [2], "cm": [30, 50]}}


def test_the_same_products_teach_the_same_rules_again() -> None:
    def products() -> Iterable[Product]:
        return (product(at, f"Cable {LENGTHS[at % 10]} m", length=LENGTHS[at % 10]) for at in range(2_000))

    assert learned(products()) == learned(products())


def test_a_catalogue_of_any_size_is_learned_from_samples_of_bounded_size() -> None:
    learner = UnitLearner()
    for at in range(5_000):
        learner.add(product(at, f"Cable {LENGTHS[at % 10]} m", length=LENGTHS[at % 10]), "Cable")
    [rule] = learner.build().rules["length"]
    assert rule.seen <= 300


def test_the_share_of_numbers_whose_unit_is_known_is_told() -> None:
    learner = UnitLearner()
    for at in range(60):
        learner.add(product(at, f"Cable {LENGTHS[at % 10]} m", length=LENGTHS[at % 10]), "Cable")
        learner.add(product(at, "Spool", length=5_000.0), "Spool")
    assert learner.build().known["length"] == pytest.approx(0.5)


@given(st.lists(st.sampled_from("abc"), max_size=60), st.integers(1, 5), st.integers(1, 20))
def test_samples_are_bounded_by_key_and_in_all(keys: list[str], most: int, in_all: int) -> None:
    reservoirs: Reservoirs[str, int] = Reservoirs(in_all)
    for at, key in enumerate(keys):
        reservoirs.add(key, at, most)
    assert all(len(reservoirs.of(key)) <= most for key in "abc")
    assert sum(len(reservoirs.of(key)) for key in reservoirs) == reservoirs.size <= in_all
    assert all(keys[at] == key for key in reservoirs for at in reservoirs.of(key))


def test_every_item_of_a_stream_has_the_same_chance() -> None:
    kept: Counter[int] = Counter()
    reservoirs: Reservoirs[int, int] = Reservoirs(10**6)
    for stream in range(2_000):
        for item in range(20):
            reservoirs.add(stream, item, 5)
        kept.update(reservoirs.of(stream))
    assert all(400 <= kept[item] <= 600 for item in range(20))  # 500, with five standard deviations


@pytest.fixture(scope="module")
def icecat() -> tuple[list[Product], list[str | None]]:
    products = [item.product for item in icecat_items(1)]
    return products, [typed.name if typed else None for typed in derive_types(products)]


@pytest.mark.skipif(not (SAMPLES / "icecat").is_dir(), reason="measures on samples/icecat, which is not here")
def test_units_of_icecat_are_right_where_they_are_stated(icecat: tuple[list[Product], list[str | None]]) -> None:
    """The units of 132 attributes and types were read from the products, before the learner was written."""
    learner = UnitLearner()
    for each, type_name in zip(*icecat, strict=True):
        learner.add(each, type_name)
    learnt = learner.build().rules
    reader = ValueReader(
        {name: AttributeEntry(name, "number", unit=own[0].unit, rules=own) for name, own in learnt.items()}
    )
    numbers: Numbers = defaultdict(list)
    for each, type_name in zip(*icecat, strict=True):
        for name, value in each.attributes.items():
            if isinstance(value, float):
                numbers[name].append((value, type_name))
    wrong, stated, with_unit, right = [], 0, 0, 0
    for row in csv.DictReader(GOLD.read_text(encoding="utf-8").splitlines()):
        if row["unit"] == "mixed":
            continue
        found = _units_of(row, numbers, reader)
        said = sum(count for unit, count in found.items() if unit is not None)
        stated += said > 0
        with_unit += row["unit"] != "none"
        right += said > 0 and found[row["unit"]] >= 0.95 * said
        if said and found[row["unit"]] < 0.95 * said:
            wrong.append((row["attribute"], row["type"], dict(found)))
    assert len(wrong) <= 0.03 * stated, wrong
    assert right >= 0.65 * with_unit


def _units_of(row: dict[str, str], numbers: Numbers, reader: ValueReader) -> Counter[str | None]:
    low, high = float(row["low"] or "-inf"), float(row["high"] or "inf")
    rules = (
        reader.rule(row["attribute"], number, type_name)
        for number, type_name in numbers[row["attribute"]]
        if low <= number <= high and row["type"] in {"", type_name}
    )
    return Counter(rule.unit if rule else None for rule in rules)


@pytest.mark.skipif(not CERTEO.is_dir(), reason=f"the German catalogue does not ship: it is measured where {CERTEO} is")
def test_names_of_a_german_catalogue_say_its_units(tmp_path: Path) -> None:
    records = Records(f"sqlite:///{tmp_path / 'records.db'}")
    records.upgrade()
    mapping = read_mapping(SAMPLES / "mappings" / "certeo_de.toml")
    load_files(records, "certeo", [CERTEO], mapping, rejects=tmp_path / "rejects.jsonl")
    learner, attributes = UnitLearner("de"), AttributeDictionaryBuilder()
    for item in records.items("certeo"):
        learner.add(item.product, item.product.category[0] if item.product.category else None)
        for each in (item.product.attributes, *(variant.attributes for variant in item.product.variants)):
            attributes.add(each)
    records.close()
    numbers = {n: e for n, e in dictionary_of(attributes.build(), learner.build(), "de").items() if e.kind == "number"}
    said = {"mm": "mm", "kg": "kg", "grad": "°"}
    for name, entry in numbers.items():
        assert entry.unit == said.get(name.rsplit("_", 1)[-1]), name
    assert sum(entry.unit is not None for entry in numbers.values()) >= 15
    assert numbers["tragfahigkeit_kg"].labels == {"de": "Tragfahigkeit"}


@pytest.mark.parametrize(("bare", "with_unit", "unit"), [(800, 200, None), (200, 800, "cm"), (200, 2, None)])
def test_a_few_given_units_do_not_put_the_bare_numbers_of_an_attribute_out_of_filters(
    bare: int, with_unit: int, unit: str | None
) -> None:
    values = [Quantity(200, "cm")] * with_unit + [float(number % 70) for number in range(bare)]
    products = [product(at, "Table", reach=value) for at, value in enumerate(values)]
    attributes = AttributeDictionaryBuilder()
    for each in products:
        attributes.add(each.attributes)
    assert dictionary_of(attributes.build(), learned(products))["reach"].unit == unit
