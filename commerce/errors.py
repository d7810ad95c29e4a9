"""What can go wrong with a shop's records; see ``language.errors`` for the whole tree."""

from collections.abc import Sequence

from language.errors import VitrineError


class UnknownCatalog(VitrineError):
    """No catalogue by that name, or not one for this buyer."""

    code = "unknown_catalog"


class InvalidCatalog(VitrineError):
    """A catalogue that cannot be made: its name is no safe name for a folder."""

    code = "invalid_request"


class UnknownProduct(VitrineError):
    """No product by that id in this buyer's assortment."""

    code = "unknown_product"


class UnknownProducts(VitrineError):
    """A change that names products which do not exist; ``ids`` are theirs."""

    code = "unknown_product"

    def __init__(self, ids: Sequence[str]) -> None:
        unknown = f"{ids[0]!r} is unknown" if len(ids) == 1 else f"{len(ids)} products are unknown, {ids[0]!r} for one"
        super().__init__(f"{unknown}; nothing was changed")
        self.ids = ids


class UnknownPriceList(VitrineError):
    """No price list by that id."""

    code = "unknown_price_list"


class InvalidPriceList(VitrineError):
    """A price list that cannot be kept: an unusable id, or rules that stand on each other in a circle or too deep."""

    code = "invalid_request"


class UnknownAssortment(VitrineError):
    """No assortment by that id."""

    code = "unknown_assortment"


class InvalidAssortment(VitrineError):
    """An assortment that cannot be kept: an unusable id."""

    code = "invalid_request"


class UnknownAccount(VitrineError):
    """No account by that id."""

    code = "unknown_account"


class InvalidAccount(VitrineError):
    """An account that cannot be kept: an unusable id."""

    code = "invalid_request"


class UnknownSynonym(VitrineError):
    """No synonym by that id."""

    code = "unknown_synonym"


class UnknownRule(VitrineError):
    """No merchandising rule by that id, or none with such a draft or version."""

    code = "unknown_rule"


class UnknownExperiment(VitrineError):
    """No experiment by that id."""

    code = "unknown_experiment"


class InvalidRule(VitrineError):
    """A rule that cannot be kept: an unusable id."""

    code = "invalid_request"


class ChangedMeanwhile(VitrineError):
    """What a change was made from is no longer what is there: somebody else changed it."""

    code = "changed_meanwhile"


class UnknownVersion(VitrineError):
    """No settings by that version, or none any more."""

    code = "unknown_version"


class UnknownPromotion(VitrineError):
    """No promotion by that id."""

    code = "unknown_promotion"


class InvalidPromotion(VitrineError):
    """A promotion that cannot be kept: an unusable id, or one too many in force at once."""

    code = "invalid_request"


class MappingError(VitrineError):
    """A mapping file that cannot be used; the message names the key and the mend."""

    code = "invalid_mapping"


class NothingToLoad(VitrineError):
    """Files that are to be the whole catalogue hold no product; the catalogue stays as it is."""

    code = "nothing_to_load"


class TooManyRejects(VitrineError):
    """More rows were refused than the mapping allows; nothing of this load was kept."""

    code = "too_many_rejects"
