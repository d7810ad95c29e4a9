"""The page's words in English and German, and numbers as each writes them."""

import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import orjson

LOCALES = ("en", "de")

_TEXTS = Path(__file__).with_name("texts")


class Labels:
    """The words and numbers of one locale of ``LOCALES``; what is no German gets English."""

    def __init__(self, locale: str) -> None:
        self.locale = "de" if locale.lower().startswith("de") else "en"
        self._words: Mapping[str, str] = orjson.loads((_TEXTS / f"{self.locale}.json").read_bytes())

    def __call__(self, key: str, **values: str) -> str:
        """Return the words for a key, with values in their places."""
        return self._words[key].format(**values)

    def count(self, number: int) -> str:
        """Return a whole number with its thousands apart."""
        return self._local(f"{number:,}")

    def share(self, share: float) -> str:
        """Return a share in percent; 0 and 100 only where they are exact."""
        percent = 100 * share
        if 0 < percent < 0.1:
            return f"< {self._percent(0.1, 1)}"
        if 99.9 < percent < 100:
            return f"> {self._percent(99.9, 1)}"
        return self._percent(percent, 1 if 0 < percent < 10 or 99 < percent < 100 else 0)

    def number(self, number: float) -> str:
        """Return a number to four digits or, from 10,000 on, whole."""
        if number == 0 or not math.isfinite(number):
            return "0" if number == 0 else str(number)
        if abs(number) < 1e-4 or abs(number) >= 1e9:
            return self._local(f"{number:.3g}")
        if abs(number) >= 1e4 or number == int(number):
            return self._local(f"{number:,.0f}")
        return self._local(f"{number:,.4g}" if abs(number) < 1000 else f"{number:,.1f}")

    def money(self, amount: float) -> str:
        """Return an amount with two decimals."""
        return self._local(f"{amount:,.2f}")

    def signed(self, number: int) -> str:
        """Return a change with its sign."""
        return "±0" if number == 0 else ("+" if number > 0 else "−") + self.count(abs(number))

    def moment(self, moment: datetime) -> str:
        """Return a date and time of day in the moment's own zone."""
        return moment.strftime("%d.%m.%Y %H:%M" if self.locale == "de" else "%Y-%m-%d %H:%M")

    def day(self, moment: datetime) -> str:
        """Return a date."""
        return moment.strftime("%d.%m.%Y" if self.locale == "de" else "%Y-%m-%d")

    def _percent(self, percent: float, digits: int) -> str:
        return self._local(f"{percent:.{digits}f}") + ("\N{NO-BREAK SPACE}%" if self.locale == "de" else "%")

    def _local(self, text: str) -> str:
        return text.translate(str.maketrans(",.", ".,")) if self.locale == "de" else text
