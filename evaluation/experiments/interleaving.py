"""Two rankings in one list: whose hits are clicked is compared within each search, which needs far fewer of them.

Team-draft interleaving: Radlinski, Kurup and Joachims, "How Does Clickthrough Data Reflect Retrieval Quality?", CIKM
2008. In each round a coin says who picks first; each picks its best that is not yet in the list.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b

Team = int
"""0 is the first ranking, 1 the second."""


def team_draft(one: Sequence[str], other: Sequence[str], length: int, seed: str) -> list[tuple[str, Team]]:
    """Interleave two rankings into one list of up to ``length`` ids, each with the team that picked it.

    The same ``seed`` tosses the same coins, so that a page shown twice is the same page.
    """
    picked: dict[str, Team] = {}
    rankings = (iter(one), iter(other))
    ended = [False, False]
    for coin in _coins(seed):
        for team in (coin, 1 - coin):
            if len(picked) == length:
                return list(picked.items())
            best = next((each for each in rankings[team] if each not in picked), None)
            if best is None:
                ended[team] = True
            else:
                picked[best] = team
        if all(ended):
            break
    return list(picked.items())


def preference(teams: Sequence[Team]) -> int:
    """Return who won a search by the teams of what was clicked: 1 the second, -1 the first, 0 neither."""
    second = sum(teams)
    first = len(teams) - second
    return (second > first) - (second < first)


def _coins(seed: str) -> Iterator[Team]:
    number = 0
    while True:
        for byte in blake2b(f"{number}\0{seed}".encode("utf-8", "surrogatepass"), digest_size=32).digest():
            for bit in range(8):
                yield byte >> bit & 1
        number += 1
