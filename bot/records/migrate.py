"""Bring the database to the newest form with Alembic; `pes migrate` and every start call this."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.records.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply every migration up to `revision`."""
    config = _config()
    with database.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back to `revision` ("base" empties the database)."""
    config = _config()
    with database.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def is_current(connection: Connection) -> bool:
    """True when every migration has been applied."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def write_revision(database: Database, message: str, number: str) -> None:
    """Developer's tool: write the next migration file from the difference between tables and database."""
    config = _config()
    with database.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=message, autogenerate=True, rev_id=number)
