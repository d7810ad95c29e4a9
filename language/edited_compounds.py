"""What people say of compounds, in front of what a catalogue taught."""

from collections.abc import Callable, Mapping, Sequence

from language.compounds import Compounds


class EditedCompounds:
    """The compounds of a catalogue as its people corrected them.

    ``dictionary`` says by unstemmed word what it is made of; a word with one part or none is never taken apart. Making
    it costs nothing but a pass over the dictionary.
    """

    def __init__(self, learned: Compounds, dictionary: Mapping[str, Sequence[str]], stem: Callable[[str], str]) -> None:
        self._learned = learned
        self._dictionary = {word: tuple(parts) if len(parts) > 1 else () for word, parts in dictionary.items()}
        self._stem = stem

    def parts(self, word: str) -> tuple[str, ...]:
        """Return what a word is made of; nothing if it is no compound."""
        return self._dictionary[word] if word in self._dictionary else self._learned.parts(word)

    def is_edited(self, word: str) -> bool:
        """Say whether people decided what a word is made of."""
        return word in self._dictionary

    def ending_with(self, word: str, limit: int) -> list[str]:
        """Return compounds whose last part is this word, those of the dictionary first."""
        return self._with(word, self._learned.ending_with(word, limit), slice(-1, None))[:limit]

    def with_modifier(self, word: str, limit: int) -> list[str]:
        """Return compounds of which the word is a part, but not the last, those of the dictionary first."""
        return self._with(word, self._learned.with_modifier(word, limit), slice(None, -1))[:limit]

    def _with(self, word: str, learned: Sequence[str], place: slice) -> list[str]:
        stem = self._stem(word)
        said = [each for each, parts in self._dictionary.items() if stem in map(self._stem, parts[place])]
        return [*said, *(each for each in learned if each not in self._dictionary)]
