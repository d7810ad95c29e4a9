"""HTML that is escaped by construction: a text becomes markup only through ``element``."""

from collections.abc import Iterable
from html import escape

_EMPTY_ELEMENTS = frozenset({"br", "col", "meta"})


class Html(str):
    """Markup that is safe to put into a page; everything else is escaped on its way in."""

    __slots__ = ()


Child = str | Html | None | Iterable["Child"]


def element(tag: str, *children: Child, **attributes: str | int | None) -> Html:
    """Return one element. Children that are no ``Html`` are escaped, None is left out, lists are laid flat.

    In names of attributes a leading or trailing underscore is dropped and an inner one is a hyphen; those of None are
    left out.
    """
    given = "".join(
        f' {name.strip("_").replace("_", "-")}="{_text(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _EMPTY_ELEMENTS:
        return Html(f"<{tag}{given}>")
    return Html(f"<{tag}{given}>{fragment(*children)}</{tag}>")


def fragment(*children: Child) -> Html:
    """Return children one behind another."""
    return Html("".join(_markup(child) for child in children))


def _markup(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str):
        return _text(child)
    return "".join(_markup(each) for each in child)


def allowed(text: str) -> str:
    """Return a text with a replacement mark for what no page may hold: controls, half surrogates, non-characters."""
    return text if text.isprintable() else "".join(char if _is_allowed(char) else "\ufffd" for char in text)


def _text(text: str) -> str:
    return escape(allowed(text))


def _is_allowed(char: str) -> bool:
    code = ord(char)
    is_control = (code < 0x20 and char not in "\t\n") or 0x7F <= code < 0xA0
    return not is_control and not 0xD800 <= code < 0xE000 and code & 0xFFFE != 0xFFFE
