"""Migrations go up and down, match the tables, and the audit log shows tampering."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, update

from bot.records import audit, migrate, schema
from bot.records.database import Database


def test_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
        assert migrate.is_current(connection)


def test_migrations_can_be_taken_back_and_applied_again(database: Database) -> None:
    migrate.downgrade(database, "base")
    with database.begin() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        assert not migrate.is_current(connection)
    migrate.upgrade(database)
    with database.begin() as connection:
        assert migrate.is_current(connection)


def test_a_changed_audit_entry_is_found(database: Database) -> None:
    with database.begin() as connection:
        for number in range(3):
            audit.record(connection, "nora", "conversation.read", "conversation", str(number))
        assert audit.verify(connection) is None
        connection.execute(update(audit.audit).where(audit.audit.c.id == 2).values(actor="somebody else"))
        assert audit.verify(connection) == 2
