"""Which of a catalogue's locales an answer is given in."""

from collections.abc import Sequence


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
