"""Pictures and references of a product."""

from collections.abc import Sequence

from commerce.product import Relation
from commerce.readers.bmecat.header import Fault, Header
from commerce.readers.bmecat.ledger import Ledger
from commerce.readers.bmecat.nodes import Node
from commerce.readers.bmecat.numbers import decimal_of

_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".bmp", ".tif", ".tiff")
# By how well they show the product; other purposes are no pictures of it (logos, data sheets, icons).
_PURPOSES = ("normal", "detail", "", "others", "thumbnail")
_TYPES = {
    "accessories": "accessory",
    "base_product": "base_product",
    "consists_of": "part",
    "diff_orderunit": "other_order_unit",
    "followup": "follow_up",
    "mandatory": "mandatory",
    "others": "other",
    "select": "select",
    "similar": "similar",
    "sparepart": "spare_part",
}
_MOST = 1_000


def image_urls(product: Node, header: Header, ledger: Ledger) -> tuple[str, ...]:
    """Return the addresses of a product's pictures, the best one first."""
    found: list[tuple[int, float, str, Node, Node]] = []
    for mime in (each for info in product.all("MIME_INFO") for each in info.all("MIME")):
        source = mime.first("MIME_SOURCE")
        purpose = mime.value("MIME_PURPOSE").lower()
        if source is None or not source.text:
            ledger.leave(mime, "has no MIME_SOURCE")
        elif not _is_picture(mime, source.text):
            ledger.leave(mime, f"a document, no picture ({mime.value('MIME_TYPE') or 'no MIME_TYPE'})")
        elif purpose not in _PURPOSES:
            ledger.leave(mime, f"a picture, but not of the product ({purpose})")
        elif (url := _url(source.text, header.mime_root)) is None:
            ledger.leave(mime, "an address that is neither http nor a file's name")
        else:
            order = decimal_of(mime.value("MIME_ORDER"))
            found.append((_PURPOSES.index(purpose), float(order) if order is not None else 0.0, url, source, mime))
    urls: dict[str, None] = {}
    for place, _, url, source, mime in sorted(found, key=lambda each: each[:2]):
        if _PURPOSES[place] == "thumbnail" and urls:
            ledger.leave(mime, "a small copy of another picture")
        elif url in urls:
            ledger.merge(source)
        else:
            urls[url] = None
            ledger.keep(source)
            ledger.merge(*(each for each in mime.all("MIME_TYPE", "MIME_PURPOSE", "MIME_ORDER") if each.text))
    return tuple(urls)[:_MOST]


def _is_picture(mime: Node, source: str) -> bool:
    kind = mime.value("MIME_TYPE").lower()
    if kind.startswith("image/"):
        return True
    return kind in ("", "url", "jpg", "jpeg", "png", "gif") and source.lower().split("?")[0].endswith(_PICTURES)


def _url(source: str, root: str) -> str | None:
    scheme, colon, _ = source.partition(":")
    if colon and scheme.isalpha() and len(scheme) > 1:
        return source if scheme.lower() in ("http", "https") else None
    path = source.replace("\\", "/").removeprefix("./")
    return f"{root.rstrip('/')}/{path.lstrip('/')}" if root else path


def relations(product: Node, identity: str, header: Header, ledger: Ledger, fault: Fault) -> tuple[Relation, ...]:
    """Return what a product says about others: its accessories, spare parts, successors."""
    found: dict[Relation, None] = {}
    for node in product.all("PRODUCT_REFERENCE"):
        kind = node.attributes.get("type", "").strip()
        catalog = node.value("CATALOG_ID")
        targets = [each for each in node.all("PROD_ID_TO") if each.text]
        if not targets or not kind:
            fault(node, "reference", "has no PROD_ID_TO" if kind else "has no type")
            ledger.leave(node, "cannot be used: see the rejects")
        elif catalog and header.catalog and catalog != header.catalog:
            ledger.leave(node, "points into another catalogue")
        else:
            _relate(targets, _TYPES.get(kind, kind), identity, found, ledger)
    return tuple(found)


def _relate(targets: Sequence[Node], kind: str, identity: str, found: dict[Relation, None], ledger: Ledger) -> None:
    for target in targets:
        relation = Relation(kind, target.text)
        if target.text == identity:
            ledger.leave(target, "points to the product itself")
        elif relation in found:
            ledger.merge(target)
        elif len(found) >= _MOST:
            ledger.leave(target, f"more than {_MOST:,} references of one product")
        else:
            found[relation] = None
            ledger.keep(target)
