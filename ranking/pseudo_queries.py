"""What buyers might type, made from the catalogue itself: for training without clicks or judgments."""

import re
from collections import Counter
from collections.abc import Sequence
from random import Random

_WORD = re.compile(r"[^\W_][\w.\-+/]*")
_LENGTHS = (1, 2, 2, 2, 3, 3, 4)
_FREQUENT = 4_000
_SHUFFLED = 0.4


def fragments(titles: Sequence[str], attributes: Sequence[str], count: int, seed: int = 7) -> list[str]:
    """Return about ``count`` short texts in no order: runs and handfuls of words from titles, values of attributes, and
    the catalogue's most frequent words."""
    random = Random(seed)  # noqa: S311
    words = [_WORD.findall(title.lower()) for title in titles]
    frequency = Counter(word for each in words for word in set(each))
    found = {word for word, _ in frequency.most_common(_FREQUENT)}
    found.update(random.sample(sorted(set(attributes)), min(count // 6, len(set(attributes)))))
    for each in random.sample(words, min(count, len(words))):
        length = min(random.choice(_LENGTHS), len(each))
        if not length:
            continue
        begin = random.randrange(len(each) - length + 1)
        found.add(" ".join(each[begin : begin + length]))
        if random.random() < _SHUFFLED:
            found.add(" ".join(random.sample(each, length)))
    shuffled = sorted(found)
    random.shuffle(shuffled)
    return shuffled
