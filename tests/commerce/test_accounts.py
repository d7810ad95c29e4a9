"""Accounts in the records."""

from collections.abc import Iterator

import pytest

from commerce.account import Account
from commerce.errors import InvalidAccount, UnknownAccount
from commerce.records import Records

EVERYTHING = Account("4711", ("contract", "ä b"), (), "Köln", fallback=False)


@pytest.fixture
def store(database: str) -> Iterator[Records]:
    records = Records(database)
    yield records
    records.close()


def test_an_account_is_kept_as_it_was_put(store: Records) -> None:
    assert store.put_account("shop", EVERYTHING)
    assert not store.put_account("shop", EVERYTHING)
    assert store.account("shop", "4711") == EVERYTHING
    assert store.put_account("shop", Account("4711"))
    assert store.accounts("shop") == [Account("4711")]
    with pytest.raises(UnknownAccount):
        store.account("other", "4711")
    assert store.delete_account("shop", "4711")
    assert not store.delete_account("shop", "4711")
    assert store.last_seq("shop") == 0  # nothing of it belongs into an index


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800", "x" * 600])
def test_an_id_that_no_database_keeps_is_refused_and_unknown(store: Records, name: str) -> None:
    with pytest.raises(InvalidAccount):
        store.put_account("shop", Account(name))
    with pytest.raises(UnknownAccount):
        store.account("shop", name)
