"""Products in the locale of the answer."""

import orjson

from engines.results import StoredProduct

_TEXTS = ("title", "description", "category", "keywords")


def in_locale(product: StoredProduct, locale: str, default: str) -> StoredProduct:
    """Return the product with its texts in ``locale``, as far as it has them.

    A product that is answered in another locale than asked for says so in a member ``locale``.
    """
    if locale == default:
        return product
    texts = orjson.loads(product.more).get("texts", {}).get(locale) if product.more else None
    if not texts:
        return product._replace(document=product.document[:-1] + b',"locale":' + orjson.dumps(default) + b"}")
    whole = orjson.loads(product.document)
    for name in _TEXTS:
        if texts[name]:
            whole[name] = texts[name]
    whole["attributes"] = {**whole["attributes"], **texts["attributes"]}
    return product._replace(document=orjson.dumps(whole), title=whole["title"])
