"""Reasons as sentences, in English and German."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson

from recommender.serving import Reason

_FOLDER = Path(__file__).with_name("texts")


def sentence(reason: Reason, titles: Mapping[str, str], locale: str) -> str:
    """Return a reason as a sentence in German or, for every other locale, English.

    ``titles`` name the products that the buyer may see; one that is not among them is not named.
    """
    language = "de" if locale.split("-")[0] == "de" else "en"
    named = titles.get(reason.anchor or "")
    texts = _texts(language)
    code = reason.code
    if named is None and "{anchor}" in texts[code]:
        code = "for_you" if code == "because_bought" else "popular"
    elif code == "bought_before" and reason.evidence["times"] == 1:
        code = "bought_once"
    return texts[code].format(anchor=named, **_shown(reason.evidence, language))


@cache
def _texts(language: str) -> dict[str, str]:
    texts: dict[str, str] = orjson.loads((_FOLDER / f"{language}.json").read_bytes())
    return texts


def _shown(evidence: Mapping[str, float | int | str], language: str) -> dict[str, str]:
    shown = {name: str(value) for name, value in evidence.items()}
    for name, key in (("percent", "share"), ("fortnight", "share_fortnight"), ("months", "share_two_months")):
        if key in evidence:
            percent = f"{100 * float(evidence[key]):.1f}".removesuffix(".0")
            shown[name] = percent.replace(".", ",") if language == "de" else percent
    return shown
