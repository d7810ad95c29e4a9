"""Revoked tokens as durable records."""

from collections.abc import Iterator

import pytest

from commerce.records import Records


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database)
    yield store
    store.close()


def test_records_keep_one_revocation_each_and_tell_when_nothing_came(records: Records) -> None:
    nothing = records.revocations()
    assert (nothing.ids, nothing.subjects) == (frozenset(), ())
    for _ in range(2):
        records.revoke_token("t")
    records.revoke_subject("t", 1.5)
    records.revoke_subject("t", 2.5)
    found = records.revocations(nothing)
    assert (found.ids, found.subjects) == (frozenset({"t"}), (("t", 2.5),))
    assert records.revocations(found) is found
    assert records.restore_token("t")
    assert not records.restore_token("\0")
    # As many as before, but another one.
    records.revoke_token("u")
    assert records.revocations(found).ids == {"u"}
    assert records.restore_subject("t")
    assert not records.restore_subject("t")
