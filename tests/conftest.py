"""Fixtures that tests of several packages share."""

from tests.databases import database, empty_database, postgres, postgres_database

__all__ = ["database", "empty_database", "postgres", "postgres_database"]
