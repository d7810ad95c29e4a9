"""Locales: how they are written, and which of a catalogue's an answer is given in."""

from collections.abc import Sequence

_REGION, _SCRIPT = 2, 4


def canonical_locale(text: str) -> str:
    """Write a locale as BCP 47 does, so that one locale has one spelling.

    >>> canonical_locale("EN"), canonical_locale("de_at"), canonical_locale("zh-HANS-cn")
    ('en', 'de-AT', 'zh-Hans-CN')
    """
    language, *parts = text.strip().replace("_", "-").split("-")
    sized = {_REGION: str.upper, _SCRIPT: str.capitalize}
    return "-".join([language.lower(), *(sized.get(len(part), str.lower)(part) for part in parts)])


def resolve_locale(wanted: Sequence[str | None], available: Sequence[str]) -> str:
    """Return the first wanted locale that there is, by its language if not exactly; else the first one available."""
    by_name = {locale.lower(): locale for locale in available}
    by_language = {locale.split("-")[0].lower(): locale for locale in reversed(available)}
    for locale in wanted:
        if locale:
            name = locale.replace("_", "-").lower()
            found = by_name.get(name) or by_language.get(name.split("-")[0])
            if found:
                return found
    return available[0]
