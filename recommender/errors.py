"""What can go wrong with recommendations; see ``language.errors`` for the whole tree."""

from language.errors import VitrineError


class NothingToLearn(VitrineError):
    """A catalogue without the behaviour that a command needs; the message says how to load some."""

    code = "nothing_to_learn"
