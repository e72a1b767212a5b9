"""Small statements that SQLite and PostgreSQL spell differently."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, Table, text
from sqlalchemy.dialects import postgresql, sqlite


def insert_or_ignore(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless one of its unique keys is taken; True when this call inserted it."""
    module = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = module.insert(table).values(**values).on_conflict_do_nothing()
    # Asking for the inserted key, because a row count after "do nothing" is not reliable on every driver.
    inserted = connection.execute(statement.returning(*table.primary_key.columns)).first()
    return inserted is not None


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
