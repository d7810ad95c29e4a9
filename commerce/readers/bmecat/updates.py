"""What an update says of products that the records hold already."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from commerce.product import CatalogItem, Offer, Texts
from commerce.readers.bmecat.file import Found
from commerce.readers.bmecat.structure import CATALOG_GROUPS, Structure
from commerce.readers.bmecat.variants import repriced_variants
from commerce.records import OfferChange


def updated(found: Found, stored: CatalogItem | None) -> CatalogItem | None:
    """Return the item of an update; what BMEcat cannot say (stock, popularity) stays as it is stored.

    So do the price if the update names none, and the categories if it names none. None for a deletion.
    """
    item = found.item
    if item is None or stored is None:
        return item
    offer = item.offer if found.has_prices else stored.offer
    product = item.product
    if not product.category:
        product = replace(product, category=stored.product.category)
        texts = {
            locale: replace(text, category=text.category or stored.product.texts.get(locale, Texts()).category)
            for locale, text in product.texts.items()
        }
        product = replace(product, texts=texts)
    product = replace(product, variants=repriced_variants(product.variants, offer, stored.product.variants))
    return CatalogItem(product, replace(offer, stock=stored.offer.stock, supply=stored.offer.supply), stored.popularity)


def priced(found: Found) -> bool:
    """Return whether an update has a usable price."""
    return found.item is not None and found.item.offer != Offer()


def repriced(found: Found, ids: Sequence[str]) -> list[OfferChange]:
    """Return the changes that give a product's price to what is bought of it: itself, or its variants."""
    if found.item is None or not priced(found):
        return []
    offer = found.item.offer
    return [OfferChange(identity, net=offer.net, tiers=offer.tiers) for identity in ids]


def regrouped(structure: Structure, stored: Sequence[CatalogItem], locale: str) -> Iterator[CatalogItem]:
    """Yield the stored items as the update's assignments to groups put them, where that is elsewhere than before."""
    for item in stored:
        assigned = structure.assignments.get(item.product.id)
        if assigned is None:
            continue
        added = [structure.paths(CATALOG_GROUPS, group) for group in assigned.added]
        removed = [structure.paths(CATALOG_GROUPS, group) for group in assigned.removed]
        category = _moved(item.product.category, added, removed, locale)
        texts = {
            own: replace(text, category=_moved(text.category, added, removed, own))
            for own, text in item.product.texts.items()
        }
        yield replace(item, product=replace(item.product, category=category, texts=texts))


def _moved(
    paths: Sequence[str], added: Sequence[Mapping[str, str]], removed: Sequence[Mapping[str, str]], locale: str
) -> tuple[str, ...]:
    gone = {each[locale] for each in removed if locale in each}
    new = [each[locale] for each in added if locale in each]
    return tuple(path for path in dict.fromkeys([*paths, *new]) if path not in gone)
