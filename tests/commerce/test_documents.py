"""Documents of products from JSON."""

import pytest

from commerce.documents import InvalidProduct, catalog_item_from_json


def test_a_locale_has_one_spelling() -> None:
    item = catalog_item_from_json({"id": "a", "title": "Lampe", "texts": {"EN_gb": {"title": "lamp"}}})
    assert list(item.product.texts) == ["en-GB"]


def test_a_locale_that_stands_twice_in_two_spellings_is_refused() -> None:
    twice = {"EN": {"title": "lamp"}, "en": {"title": "light"}}
    with pytest.raises(InvalidProduct) as refused:
        catalog_item_from_json({"id": "a", "title": "Lampe", "texts": twice})
    assert refused.value.problems == [("/texts", "the locale 'en' stands twice")]
