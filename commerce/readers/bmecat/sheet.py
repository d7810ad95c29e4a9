"""The attributes of one product while they are collected: values by name and locale."""

from collections.abc import Sequence

from commerce.product import AttributeValue, Quantity, Scalar
from commerce.reading import LONGEST_ID, MOST_VALUES

Value = Scalar | Quantity


class Sheet:
    """Collects attributes; ``default`` is the catalogue's locale, which a value without a language belongs to."""

    def __init__(self, default: str) -> None:
        self._default = default
        self._values: dict[str, dict[str, list[Value]]] = {}

    def add(self, name: str, values: Sequence[Value], locale: str | None = None) -> bool:
        """Add the values of one source; return False if the same ones are there already.

        Several sources of one name and locale become one attribute with several values.
        """
        own = self._values.setdefault(attribute_name(name), {}).setdefault(locale or self._default, [])
        given = [value for value in values if value != ""]
        size = len(given)
        if any(_same(own[at : at + size], given) for at in range(0, len(own) - size + 1)):
            return False
        own += given
        return True

    def attributes(self) -> dict[str, dict[str, AttributeValue]]:
        """Return the attributes by locale. Where the default one has no value, it takes that of the first other one."""
        found: dict[str, dict[str, AttributeValue]] = {self._default: {}}
        for name, by_locale in self._values.items():
            for locale, values in by_locale.items():
                found.setdefault(locale, {})[name] = values[0] if len(values) == 1 else tuple(values[:MOST_VALUES])
            if self._default not in by_locale:
                found[self._default][name] = next(found[locale][name] for locale in by_locale)
        return found


def attribute_name(name: str) -> str:
    """Return a name as an attribute may have it: without backquotes and not too long; the end tells names apart."""
    plain = " ".join(name.replace("`", "'").split())
    return plain if len(plain) <= LONGEST_ID else "… " + plain[2 - LONGEST_ID :]


def _same(own: Sequence[Value], given: Sequence[Value]) -> bool:
    # True is 1 in Python, but not on an attribute sheet.
    return [(type(each), each) for each in own] == [(type(each), each) for each in given]
