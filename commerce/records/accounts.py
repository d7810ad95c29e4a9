"""The records of accounts: small, written whole, and read by previews alone."""

from collections.abc import Iterable

import orjson
import sqlalchemy as sa

from commerce.account import Account
from commerce.errors import InvalidAccount, UnknownAccount
from commerce.reading import LONGEST_ID
from commerce.records.database import Database
from commerce.records.rows import Row, findable
from commerce.records.tables import accounts
from commerce.records.upserts import upsert


class AccountRecords(Database):
    """The accounts of all catalogues."""

    def put_account(self, catalog_id: str, account: Account) -> bool:
        """Write an account in the place of the one of its id, and say whether anything changed.

        Raises InvalidAccount for an unusable id.
        """
        if not 0 < len(account.id) <= LONGEST_ID or list(findable([account.id])) != [account.id]:
            raise InvalidAccount(f"an account cannot be called {account.id[:100]!r}")
        row = {
            "catalog": catalog_id,
            "account_id": account.id,
            "price_lists": _text(account.price_lists),
            "assortments": None if account.assortments is None else _text(account.assortments),
            "location": account.location,
            "fallback": account.fallback,
            "groups": _text(account.groups),
        }
        with self._write() as connection:
            stored = connection.execute(sa.select(accounts).where(_key(catalog_id, account.id))).first()
            if stored is not None and _account(stored) == account:
                return False
            upsert(connection, accounts, ("catalog", "account_id"), [row])
        return True

    def account(self, catalog_id: str, identity: str) -> Account:
        """Return one account. Raises UnknownAccount."""
        row = None
        if list(findable([identity])):
            with self._connect() as connection:
                row = connection.execute(sa.select(accounts).where(_key(catalog_id, identity))).first()
        if row is None:
            raise UnknownAccount(f"there is no account {identity[:100]!r}")
        return _account(row)

    def accounts(self, catalog_id: str, *, after: str = "", limit: int | None = None) -> list[Account]:
        """Return a catalogue's accounts by id: those behind ``after``, at most ``limit``."""
        query = sa.select(accounts).where(accounts.c.catalog == catalog_id)
        query = query.where(accounts.c.account_id > next(findable([after]), ""))
        with self._connect() as connection:
            return [_account(row) for row in connection.execute(query.order_by(accounts.c.account_id).limit(limit))]

    def delete_account(self, catalog_id: str, identity: str) -> bool:
        """Remove an account and say whether there was one; no token is touched by it."""
        if not list(findable([identity])):
            return False
        with self._write() as connection:
            return connection.execute(sa.delete(accounts).where(_key(catalog_id, identity))).rowcount > 0


def _key(catalog_id: str, identity: str) -> sa.ColumnElement[bool]:
    return (accounts.c.catalog == catalog_id) & (accounts.c.account_id == identity)


def _account(row: Row) -> Account:
    assortments = None if row.assortments is None else tuple(orjson.loads(row.assortments))
    lists, groups = tuple(orjson.loads(row.price_lists)), tuple(orjson.loads(row.groups))
    return Account(row.account_id, lists, assortments, row.location, row.fallback, groups)


def _text(names: Iterable[str]) -> str:
    return orjson.dumps(list(names)).decode()
