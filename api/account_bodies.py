"""Accounts as JSON: the body that puts one, and the answers."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictStr

from api.product_page import Json
from commerce.account import Account
from commerce.reading import LONGEST_ID, clean_text

_MOST_NAMES = 1_000


def _clean(name: str) -> str:
    if clean_text(name) != name:
        raise ValueError("must have no spaces around it and no control characters")
    return name


Name = Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_ID), AfterValidator(_clean)]
Names = Annotated[list[Name], Field(max_length=_MOST_NAMES, fail_fast=True)]


class AccountBody(BaseModel):
    """What the tokens of one account say; all of it optional, as in tokens."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "price_lists": ["contract-4711", "dealers"],
                    "assortments": ["contract-4711"],
                    "location": None,
                    "fallback": True,
                    "groups": ["trade"],
                }
            ]
        },
    )

    price_lists: Annotated[Names, Field(description="Highest precedence first")] = []
    assortments: Annotated[Names | None, Field(description="Null is the whole catalogue, an empty list nothing")] = None
    location: Name | None = None
    fallback: StrictBool = True
    groups: Annotated[Names, Field(description="What merchandising rules know its buyers by")] = []

    def account(self, identity: str) -> Account:
        """Return the account."""
        lists = tuple(dict.fromkeys(self.price_lists))
        seen = None if self.assortments is None else tuple(dict.fromkeys(self.assortments))
        return Account(identity, lists, seen, self.location, self.fallback, tuple(dict.fromkeys(self.groups)))


class AccountAnswer(AccountBody):
    """One account."""

    id: str = Field(examples=["4711"])


class AccountsAnswer(BaseModel):
    """Accounts by id; ``next`` goes into ``after`` for those that follow, null at the end."""

    accounts: list[AccountAnswer]
    next: str | None


def account_to_json(account: Account) -> Json:
    """Return an account as a body that puts it again, with its id."""
    return {
        "id": account.id,
        "price_lists": list(account.price_lists),
        "assortments": None if account.assortments is None else list(account.assortments),
        "location": account.location,
        "fallback": account.fallback,
        "groups": list(account.groups),
    }
