"""How likely a slip of the fingers is: the channel of a noisy-channel speller (Kernighan, Church and Gale, 1990)."""

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_TWO_EDITS = 2.4
_FIRST_LETTER = 0.3


def _neighbours() -> frozenset[tuple[str, str]]:
    """Pairs of keys that touch, on keyboards with Y and Z in either place."""
    found: set[tuple[str, str]] = set()
    for number, row in enumerate(_ROWS):
        for at, key in enumerate(row):
            found.update((key, other) for other in row[at + 1 : at + 2])
            below = _ROWS[number + 1] if number + 1 < len(_ROWS) else ""
            found.update((key, other) for other in below[max(at - 1, 0) : at + 1])
    swapped = str.maketrans("yz", "zy")
    found |= {(a.translate(swapped), b.translate(swapped)) for a, b in found}
    return frozenset(found | {(b, a) for a, b in found})


_NEIGHBOURS = _neighbours()


def slip_cost(typed: str, meant: str, edits: int) -> float:
    """Return the cost of typing ``typed`` for ``meant``, which are ``edits`` (OSA distance) apart; about 1 for an edit.

    Letters changed with each other, doubled or not, and keys that touch are the likeliest slips; the first letter is
    the one that is least often wrong.

    >>> slip_cost("fock", "dock", 1) < slip_cost("fock", "lock", 1)
    True
    """
    if edits != 1:
        return 0.0 if edits == 0 else _TWO_EDITS * edits / 2
    at = next((at for at, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    if len(typed) == len(meant):
        if typed[at : at + 2] == meant[at : at + 2][::-1]:
            cost = 0.8
        else:
            cost = 1.0 if (typed[at], meant[at]) in _NEIGHBOURS else 1.5
    elif len(typed) < len(meant):
        cost = 0.9 if meant[at] in meant[max(at - 1, 0) : at] else 1.1
    else:
        beside = typed[max(at - 1, 0) : at] + typed[at + 1 : at + 2]
        near = any(letter == typed[at] or (letter, typed[at]) in _NEIGHBOURS for letter in beside)
        cost = 0.9 if near else 1.2
    return cost + (_FIRST_LETTER if at == 0 else 0.0)
