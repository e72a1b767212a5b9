"""Small statements that SQLite and PostgreSQL spell differently."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, Table, text
from sqlalchemy.dialects import postgresql, sqlite


@lru_cache(maxsize=64)
def _insert_or_ignore(dialect: str, table: Table) -> Any:
    module = postgresql if dialect == "postgresql" else sqlite
    # Asking for the inserted key, because a row count after "do nothing" is not reliable on every driver.
    return module.insert(table).on_conflict_do_nothing().returning(*table.primary_key.columns)


def insert_or_ignore(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless one of its unique keys is taken; True when this call inserted it."""
    return connection.execute(_insert_or_ignore(connection.dialect.name, table), values).first() is not None


def locked(connection: Connection, statement: Select[Any], *, skip: bool = False) -> Select[Any]:
    """Add the row lock on PostgreSQL; on SQLite the writing transaction already excludes all others."""
    if connection.dialect.name != "postgresql":
        return statement
    return statement.with_for_update(skip_locked=skip)


ANNOUNCED = "announced"


def announce(connection: Connection, topic: str) -> None:
    """Say that there is news of a topic, when this transaction commits: to the other service processes by
    PostgreSQL's NOTIFY, to this one by its `Database`."""
    connection.info.setdefault(ANNOUNCED, set()).add(topic)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_notify('palliative_intake', :topic)"), {"topic": topic})
