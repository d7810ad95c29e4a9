"""What can go wrong with the database below the records.

No message repeats the database's address, which may hold a password.
"""

from language.errors import VitrineError


class UnusableDatabase(VitrineError):
    """An address that names no database that the records can live in."""

    code = "unusable_database"


class NewerDatabase(VitrineError):
    """The tables were made by a newer Vitrine than this one."""

    code = "newer_database"


class RecordsUnavailable(VitrineError):
    """The database does not answer, or another write kept it for too long; ``reason`` is what it said itself."""

    code = "records_unavailable"

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
