"""Rows that are added, or take the place of those with their key."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(connection: Connection, table: sa.Table, key: Sequence[str], row: Mapping[str, object]) -> bool:
    """Write a row unless there is one of its key; say whether there was none."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table).values(row).on_conflict_do_nothing(index_elements=list(key))
    return bool(connection.execute(insert).rowcount)


def upsert(connection: Connection, table: sa.Table, key: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows that all name the same columns; ``key`` are the columns of a unique index."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table)
    others = {column.name: insert.excluded[column.name] for column in table.c if column.name not in key}
    connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=others), list(rows))
