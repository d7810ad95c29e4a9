"""What can be wrong with a whole BMEcat file."""

from language.errors import VitrineError


class InvalidBmecat(VitrineError):
    """A file that is no BMEcat catalogue, is broken, or is hostile; the message names file, line and mend."""

    code = "invalid_bmecat"
