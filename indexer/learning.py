"""Everything that a catalogue's records teach before its index can be written."""

from collections.abc import Callable, Mapping

from commerce.product import Catalog
from commerce.records import Records
from indexer.attribute_dictionary import dictionary_of
from indexer.knowledge import CatalogKnowledge, CatalogLearner, type_name
from indexer.units import UnitLearner
from indexer.values import ValueReader
from language.dictionary import AttributeEntry
from language.dictionary_file import merged, read_overrides

DICTIONARY = "dictionary"
"""The name that people's dictionary has among the texts about a catalogue."""


def learn_catalog(records: Records, catalog: Catalog, advance: Callable[[], None] = lambda: None) -> CatalogKnowledge:
    """Read a catalogue once to learn attributes, locales, phrases and types, and its sample again to learn units.

    What people say in the catalogue's dictionary wins. ``advance`` is called for each product of the first reading.
    Raises InvalidDictionary.
    """
    learner = CatalogLearner(catalog, records.count(catalog.id))
    for item in records.items(catalog.id):
        learner.add(item)
        advance()
    types = learner.derived_types()
    units = UnitLearner(catalog.locale)
    for item in records.items(catalog.id, ids=learner.sample):
        typed = types.of(item.product) if types and not item.product.category else None
        units.add(item.product, type_name(item.product, typed))
    learned = dictionary_of(learner.attributes(), units.build(), catalog.locale)
    dictionary = _with_overrides(records, catalog, learned)
    return CatalogKnowledge(learner.locales(), dictionary, ValueReader(dictionary), learner.phrases(), types)


def _with_overrides(
    records: Records, catalog: Catalog, learned: Mapping[str, AttributeEntry]
) -> Mapping[str, AttributeEntry]:
    content = records.text(catalog.id, DICTIONARY)
    return learned if content is None else merged(learned, read_overrides(content)).entries
