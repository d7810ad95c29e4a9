"""Files of price lists and assortments, by a mapping."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from commerce.errors import MappingError, TooManyRejects, UnknownCatalog
from commerce.pricing import Assortment, PriceList, PriceRow, PriceRule, Selected
from commerce.product import Catalog, CatalogItem, Product
from commerce.readers import ListsReport, load_assortments, load_files, load_price_lists, read_mapping
from commerce.records import Records
from language.filters import parse_filter

MAPPING = """
[catalog]
currency = "EUR"
[source]
delimiter = ";"
decimal = ","
[limits]
max_reject_share = 0.5
[price_lists]
list = { columns = ["contract", "group"] }
article = "sku"
net = { column = "cents", divide = 100 }
min_quantity = "from"
currency = "currency"
valid_from = "begin"
valid_until = "end"
timezone = "Europe/Berlin"
where = [{ column = "sku", matches = "^(?!#)", reason = "a comment" }]
[assortments]
source = { delimiter = "," }
assortment = "group"
product = "sku"
exclude = { column = "kind", matches = "^-" }
"""
HEADING = "contract;group;sku;cents;from;currency;begin;end\n"


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database)
    store.put_catalog(Catalog("shop", "EUR"))
    store.upsert("shop", [CatalogItem(Product(identity, "t")) for identity in "ABC"])
    yield store
    store.close()


class Files:
    """Writes files and loads them."""

    def __init__(self, records: Records, folder: Path) -> None:
        self.records = records
        self.folder = folder
        self.rejects = folder / "rejects.jsonl"
        self.mapping = folder / "mapping.toml"
        self.mapping.write_text(MAPPING)

    def prices(self, *texts: str, name: str = "p.csv") -> ListsReport:
        return load_price_lists(self.records, "shop", self.write(name, *texts), *self.rest(), rejects=self.rejects)

    def assortments(self, text: str) -> ListsReport:
        return load_assortments(self.records, "shop", self.write("a.csv", text), *self.rest(), rejects=self.rejects)

    def rest(self) -> list:  # type: ignore[type-arg]
        return [read_mapping(self.mapping)]

    def write(self, name: str, *texts: str) -> list[Path]:
        found = [self.folder / f"{at}{name}" for at in range(len(texts))]
        for path, text in zip(found, texts, strict=True):
            path.write_text(text)
        return found

    def rejected(self) -> list[tuple[str, int, str]]:
        lines = self.rejects.read_bytes().splitlines()
        return [(each["file"], each["line"], each["field"]) for each in map(orjson.loads, lines)]


@pytest.fixture
def files(records: Records, tmp_path: Path) -> Files:
    return Files(records, tmp_path)


def row(article: str, net: str | None, quantity: int = 1) -> PriceRow:
    return PriceRow(article, None if net is None else Decimal(net), quantity)


def test_many_lists_of_several_files_in_any_order(files: Files) -> None:
    one = (
        HEADING
        + "4711;;A;1.250,5;;;2027-01-01;2027-06-30\n;gold;A;900;1;;;\n#;;#;;;;;\n4711;;B;;10;;2027-01-01;2027-06-30\n"
    )
    two = HEADING + ";gold;X;1000;1;;;\n;gold;A;800;10;;;\nswiss;;A;1;;CHF;2027-01-01T12:00:00;2027-01-01T12:00:00Z\n"
    report = files.prices(one, two)
    assert (report.accepted, report.written, report.unchanged, report.unknown, report.rejected) == (6, 3, 0, 1, 0)
    assert (report.rows, report.skipped_by_reason) == ({"price-lists": 7}, {"a comment": 1})
    begin, end = (
        datetime.fromisoformat("2027-01-01T00:00:00+01:00"),
        datetime.fromisoformat("2027-07-01T00:00:00+02:00"),
    )
    noon = datetime.fromisoformat("2027-01-01T12:00:00+01:00")
    assert list(files.records.whole_price_lists("shop")) == [
        PriceList("4711", "EUR", (row("A", "12.505"), row("B", None, 10)), (), begin, end, 1),
        PriceList("gold", "EUR", (row("A", "9"), row("A", "8", 10), row("X", "10")), version=1),
        PriceList("swiss", "CHF", (row("A", "0.01"),), (), noon, noon.replace(hour=13), 1),
    ]
    again = files.prices(one, two)
    assert (again.written, again.unchanged) == (0, 3)
    assert [load.kind for load in files.records.loads("shop")] == []


def test_a_list_keeps_its_rules_and_what_the_mapping_does_not_name(files: Files) -> None:
    rules = (PriceRule(percent=Decimal(-5)),)
    begin = datetime.fromisoformat("2027-01-01T00:00:00+01:00")
    for name in ("gold", "other"):
        files.records.put_price_list("shop", PriceList(name, "USD", (row("A", "1"),), rules, begin))
    files.mapping.write_text('[catalog]\ncurrency = "EUR"\n[price_lists]\nlist = "l"\narticle = "a"\nnet = "n"\n')
    assert files.prices("l,a,n\ngold,B,2.5\n").written == 1
    assert files.records.price_list("shop", "gold") == PriceList(
        "gold", "USD", (row("B", "2.5"),), rules, begin, None, 2
    )
    assert files.records.price_list("shop", "other").version == 1


def test_rows_that_cannot_be_used_are_named(files: Files) -> None:
    good = "".join(f";gold;G{at};100;;;;\n" for at in range(20))
    bad = [
        ";;A;1;;;;", "LIST;;A;1;;;;", ";gold;;1;;;;", ";gold;A;x;;;;", ";gold;A;-1;;;;", ";gold;A;1;0;;;",
        ";gold;A;1;1,5;;;", ";b;A;1;;EURO;;", ";b;A;1;;;tomorrow;", ";b;A;1;;;2027-01-02;2027-01-01", ";b;A;1;;;",
        ";gold;A;1;;CHF;;", ";gold;G0;2;;;;",
    ]  # fmt: skip
    report = files.prices(HEADING + good + "\n".join(bad) + "\n")
    fields = ["list", "list", "article", "net", "net", "min_quantity", "min_quantity", "currency", "valid_from",
              "valid_until", "", "list", "article"]  # fmt: skip
    assert files.rejected() == [("0p.csv", at, field) for at, field in enumerate(fields, start=22)]
    assert (report.accepted, report.rejected, report.written) == (20, 13, 1)
    assert files.records.price_list("shop", "gold").rows[0] == row("G0", "1")


def test_beyond_the_limit_nothing_is_kept(files: Files) -> None:
    with pytest.raises(TooManyRejects, match="Nothing was changed"):
        files.prices(HEADING + ";gold;A;100;;;;\n;gold;B;x;;;;\n;gold;B;x;;;;\n")
    with pytest.raises(TooManyRejects):
        files.prices(HEADING + ";gold;A;100;;;;\n" + ";gold;A;200;;;;\n" * 2)
    assert list(files.records.price_lists("shop")) == []


def test_json_lines_are_read_by_the_same_mapping(files: Files) -> None:
    rows = [{"group": "gold", "sku": "A", "cents": 1250}, {"contract": 4711, "sku": "A", "cents": None, "from": 10}]
    report = files.prices(b"\n".join(map(orjson.dumps, rows)).decode(), name="p.jsonl")
    assert (report.written, report.rejected) == (2, 0)
    assert files.records.price_list("shop", "gold").rows == (row("A", "12.5"),)
    assert files.records.price_list("shop", "4711").rows == (row("A", None, 10),)


def test_assortments_of_one_file(files: Files) -> None:
    condition = parse_filter('brand = "HP"')
    files.records.put_assortment("shop", Assortment("old", Selected(frozenset({"C"}), condition), Selected()))
    text = "group,sku,kind\nold,A,\nold,X,\nnew,A,-\nold,B,-\n,A,\nnew,,\n"
    report = files.assortments(text)
    assert (report.accepted, report.written, report.unknown, report.rejected) == (4, 2, 1, 2)
    assert list(files.records.assortments("shop")) == [
        Assortment("new", None, Selected(frozenset({"A"})), 1),
        Assortment("old", Selected(frozenset({"A", "X"}), condition), Selected(frozenset({"B"})), 2),
    ]
    assert files.assortments(text).unchanged == 2


def test_a_mapping_without_the_section_is_refused_with_its_key(files: Files) -> None:
    with pytest.raises(MappingError, match="product: "):
        load_files(files.records, "shop", files.write("p.csv", HEADING), *files.rest(), rejects=files.rejects)
    with pytest.raises(MappingError, match=r"price_lists.net: 0p.csv has no column 'cents'"):
        files.prices("contract;group;sku;from;currency;begin;end\na;b;c;1;;;\n")
    files.mapping.write_text(MAPPING.replace("Europe/Berlin", "Europe/Bielefeld"))
    with pytest.raises(MappingError, match=r"price_lists.timezone: .*Europe/Bielefeld"):
        files.prices(HEADING)
    files.mapping.write_text('[catalog]\ncurrency = "EUR"\n[product]\nid = "a"\ntitle = "b"\n')
    with pytest.raises(MappingError, match="price_lists: "):
        files.prices(HEADING)
    with pytest.raises(MappingError, match="assortments: "):
        files.assortments("group,sku,kind\n")
    files.mapping.write_text(MAPPING)
    with pytest.raises(UnknownCatalog):
        load_price_lists(files.records, "none", files.write("p.csv", HEADING), *files.rest(), rejects=files.rejects)
