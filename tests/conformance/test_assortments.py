"""What every engine shows of assortments while products and assortments come, change and go."""

from collections.abc import Iterator

from commerce.pricing import Assortment, Selected
from engines.port import IndexBuilder, SearchEngine
from language.filters.tree import Compare
from tests.conformance.catalogue import document
from tests.conformance.test_buyers import SHELF, build, buyer, found

FEW = Assortment("few", Selected(frozenset(["a", "later"])))
BUT = Assortment("but", None, Selected(frozenset(["b", "later"])))
MIXED = Assortment("mixed", Selected(frozenset(["c"]), Compare("brand", "=", "HP")), Selected(frozenset(["later"])))


class Shop:
    """A catalogue that is built with three assortments, then changed."""

    def __init__(self, engine: SearchEngine, catalog: str) -> None:
        self._engine = engine
        self._catalog = catalog
        self.first = build(engine, catalog, SHELF, assortments=[FEW, BUT, MIXED])
        self._commits = 1

    def change(self) -> IndexBuilder:
        return self._engine.builder(self._catalog, 1)

    def commit(self, builder: IndexBuilder) -> None:
        self._commits += 1
        builder.commit(self._commits)
        builder.close()
        self._engine.refresh()

    def seen(self, name: str) -> set[str]:
        index = self._engine.open(self._catalog)
        assert index is not None
        return set(found(index, buyer(assortments=(name,))))


def test_a_product_that_comes_later_is_in_the_assortments_that_name_it(
    engine: SearchEngine, catalog_names: Iterator[str]
) -> None:
    shop = Shop(engine, next(catalog_names))
    assert (shop.seen("few"), shop.seen("but"), shop.seen("mixed")) == ({"a"}, {"a", "c"}, {"a", "c"})
    builder = shop.change()
    builder.write([document("later", "pine desk", net="9.00", brand="HP"), document("other", "desk", brand="HP")])
    shop.commit(builder)
    assert shop.seen("few") == {"a", "later"}
    assert shop.seen("but") == {"a", "c", "other"}
    assert shop.seen("mixed") == {"a", "c", "other"}
    assert set(found(shop.first, buyer(assortments=("few",)))) == {"a"}


def test_a_product_that_is_written_anew_or_comes_back_stays_in_its_assortments(
    engine: SearchEngine, catalog_names: Iterator[str]
) -> None:
    shop = Shop(engine, next(catalog_names))
    builder = shop.change()
    builder.write([document("a", "brass lamp", net="90.00", brand="Acme")])
    builder.delete(["b"])
    shop.commit(builder)
    assert (shop.seen("few"), shop.seen("but"), shop.seen("mixed")) == ({"a"}, {"a", "c"}, {"c"})
    builder = shop.change()
    builder.write([document("b", "steel desk", net="50.00", brand="HP")])
    shop.commit(builder)
    assert (shop.seen("few"), shop.seen("but"), shop.seen("mixed")) == ({"a"}, {"a", "c"}, {"b", "c"})


def test_an_assortment_that_is_written_again_holds_at_once_and_for_what_comes_after(
    engine: SearchEngine, catalog_names: Iterator[str]
) -> None:
    shop = Shop(engine, next(catalog_names))
    builder = shop.change()
    builder.put_assortment(Assortment("few", Selected(frozenset(["b", "new"]))))
    builder.put_assortment(Assortment("more", Selected(frozenset(["c", "new"]))))
    builder.delete_assortment("but")
    builder.write([document("new", "ash desk", brand="Acme")])
    shop.commit(builder)
    assert (shop.seen("few"), shop.seen("more"), shop.seen("but")) == ({"b", "new"}, {"c", "new"}, set())
    builder = shop.change()
    builder.write([document("a", "lamp", brand="HP"), document("later", "pine desk", brand="HP")])
    shop.commit(builder)
    assert (shop.seen("few"), shop.seen("more"), shop.seen("mixed")) == ({"b", "new"}, {"c", "new"}, {"a", "c"})


def test_assortments_of_a_catalogue_without_products_hold_for_those_that_come(
    engine: SearchEngine, catalog_names: Iterator[str]
) -> None:
    catalog = next(catalog_names)
    build(engine, catalog, [], assortments=[FEW, BUT])
    builder = engine.builder(catalog, 1)
    builder.put_assortment(MIXED)
    builder.write([*SHELF, document("later", "pine desk", brand="HP")])
    builder.commit(2)
    builder.close()
    engine.refresh()
    index = engine.open(catalog)
    assert index is not None
    seen = {name: set(found(index, buyer(assortments=(name,)))) for name in ("few", "but", "mixed")}
    assert seen == {"few": {"a", "later"}, "but": {"a", "c"}, "mixed": {"a", "c"}}
