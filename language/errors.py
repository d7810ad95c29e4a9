"""The one root of every error that Vitrine raises on purpose.

    VitrineError                 catch this one to catch them all
    ├── InvalidFilter            a filter expression that cannot be read      (language)
    ├── UnknownField             a field that the catalogue does not have     (language)
    ├── InvalidDictionary        a dictionary file that cannot be used        (language)
    ├── UnknownCatalog           no catalogue by that name                    (commerce)
    ├── UnknownProduct           no product by that id, or not for this buyer (commerce)
    ├── UnknownPriceList         no price list by that id                     (commerce)
    ├── UnknownAssortment        no assortment by that id                     (commerce)
    ├── InvalidPriceList         rules that go in a circle, an unusable id    (commerce)
    ├── InvalidAssortment        an unusable id                               (commerce)
    ├── MappingError             a mapping file that cannot be used           (commerce)
    ├── InvalidBmecat            a BMEcat file that is broken or hostile      (commerce)
    ├── TooManyRejects           a load in which too many rows were refused   (commerce)
    ├── UnusableDatabase         an address that no records can live at       (commerce)
    ├── NewerDatabase            tables that a newer Vitrine made             (commerce)
    ├── RecordsUnavailable       the records' database does not answer        (commerce)
    ├── BackupFailed             a backup that was not written or put back    (commerce)
    ├── InvalidPage              paging outside the limits                    (ranking)
    └── EngineUnavailable        the search engine does not answer            (engines)

Each carries a stable ``code`` that the HTTP API and the command line show unchanged.
"""


class VitrineError(Exception):
    """Something that Vitrine can explain: ``code`` is stable, the message says what, where and how to mend."""

    code = "internal"

    def __init__(self, message: str, *, pointer: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer


class InvalidFilter(VitrineError):
    """A filter expression that cannot be read; the message names the position."""

    code = "invalid_filter"


class UnknownField(VitrineError):
    """A field name that the catalogue does not have."""

    code = "unknown_field"
