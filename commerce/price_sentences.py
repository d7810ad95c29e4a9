"""A resolved price in one sentence, in English and in German."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from commerce.price_resolution import Considered, Derivation, Resolution
from commerce.pricing import OWN


def arithmetic(derivation: Derivation, currency: str) -> str | None:
    """Return how a rule makes its price, as a sum that can be checked; None where a row says the price."""
    rule, base = derivation.rule, derivation.base
    if rule is None or base is None or derivation.net is None:
        return None
    steps = f"{amount_text(base)}"
    if rule.percent:
        steps += f" {_sign(rule.percent)} {amount_text(base)} x {abs(rule.percent):f} / 100"
    if rule.amount:
        steps += f" {_sign(rule.amount)} {abs(rule.amount):f}"
    exact = base + base * rule.percent / 100 + rule.amount
    if exact < 0:
        steps += f" = {_plain(exact)}, at least 0"
    elif exact != derivation.net:
        steps += f" = {_plain(exact)}, rounded"
    return f"{steps} = {amount_text(derivation.net)} {currency}"


def sentences(resolved: Resolution, currency: str, *, fallback: bool) -> Mapping[str, str]:
    """Return why the price is what it is, by locale."""
    return {
        "en": _english(resolved, currency, fallback) + _english_promotions(resolved, currency),
        "de": _german(resolved, currency, fallback) + _german_promotions(resolved, currency),
    }


def amount_text(amount: Decimal) -> str:
    """Return an amount with at least two decimals."""
    decimals = -int(amount.as_tuple().exponent)
    return f"{amount:f}" if decimals >= 2 else f"{amount:.2f}"


def _english(resolved: Resolution, currency: str, fallback: bool) -> str:
    decisive = resolved.decisive
    if decisive is None:
        if not fallback:
            return (
                "There is no price: no list of the buyer prices this article, and the token rules out the catalogue's."
            )
        if resolved.own is None:
            return "There is no price: no list of the buyer prices this article, and neither does the catalogue."
        tier = f", tier from {resolved.own_quantity}" if resolved.own_quantity > 1 else ""
        return (
            f"The catalogue's own price {amount_text(resolved.own)} {currency}{tier}: no list of the buyer prices it."
        )
    until = _until(decisive, lambda moment: f", valid until {moment:%Y-%m-%d %H:%M %z}")
    if resolved.before is None:
        return f"On request: list {decisive.id}{until} says that this article has no price."
    how = _how(decisive, "the price", "tier from {}", "rule {} on the catalogue's price", "rule {} on list {}")
    return f"{amount_text(resolved.before)} {currency} by list {decisive.id}, {how}{until}."


def _german(resolved: Resolution, currency: str, fallback: bool) -> str:
    decisive = resolved.decisive
    if decisive is None:
        if not fallback:
            return "Kein Preis: Keine Liste des Käufers nennt einen, und das Token schließt den Katalogpreis aus."
        if resolved.own is None:
            return "Kein Preis: Weder eine Liste des Käufers noch der Katalog nennt einen."
        tier = f", Staffel ab {resolved.own_quantity}" if resolved.own_quantity > 1 else ""
        own = amount_text(resolved.own).replace(".", ",")
        return f"Der Katalogpreis {own} {currency}{tier}: Keine Liste des Käufers nennt einen eigenen."
    until = _until(decisive, lambda moment: f", gültig bis {moment:%d.%m.%Y %H:%M %z}")
    if resolved.before is None:
        return f"Preis auf Anfrage: So steht es in Liste {decisive.id}{until}."
    how = _how(decisive, "Einzelpreis", "Staffel ab {}", "Regel {} auf den Katalogpreis", "Regel {} auf Liste {}")
    net = amount_text(resolved.before).replace(".", ",")
    return f"{net} {currency} nach Liste {decisive.id}, {how}{until}."


def _english_promotions(resolved: Resolution, currency: str) -> str:
    promoted = resolved.promoted
    if promoted is None:
        return ""
    names = " and then ".join(each.id for each in promoted.by)
    word = "promotion" if len(promoted.by) == 1 else "promotions"
    until = "" if promoted.valid_until is None else f", valid until {promoted.valid_until:%Y-%m-%d %H:%M %z}"
    return f" With {word} {names}: {amount_text(promoted.net)} {currency}{until}."


def _german_promotions(resolved: Resolution, currency: str) -> str:
    promoted = resolved.promoted
    if promoted is None:
        return ""
    names = " und dann ".join(each.id for each in promoted.by)
    word = "dem Angebot" if len(promoted.by) == 1 else "den Angeboten"
    until = "" if promoted.valid_until is None else f", gültig bis {promoted.valid_until:%d.%m.%Y %H:%M %z}"
    return f" Mit {word} {names}: {amount_text(promoted.net).replace('.', ',')} {currency}{until}."


def _how(decisive: Considered, single: str, tier: str, on_own: str, on_list: str) -> str:
    found = decisive.derivation
    if found is None or found.rule is None:
        quantity = found.row.min_quantity if found and found.row else 1
        return tier.format(quantity) if quantity > 1 else single
    return on_own.format(found.number) if found.rule.base == OWN else on_list.format(found.number, found.rule.base)


def _until(decisive: Considered, written: Callable[[datetime], str]) -> str:
    until = decisive.prices.valid_until if decisive.prices else None
    return "" if until is None else written(until)


def _sign(amount: Decimal) -> str:
    return "-" if amount < 0 else "+"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
