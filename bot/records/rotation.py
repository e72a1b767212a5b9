"""A new master key: everything sealed with an earlier one is sealed again, batch by batch.

The new key is `PES_SECRET_KEY`, the earlier ones are in `PES_OLD_SECRET_KEYS`. Each batch is a transaction and takes
only rows that need it: it may be stopped at any point and run again. When it has ended, earlier keys are not needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Row, Table, select, update

from bot.conversation.tables import conversation
from bot.enrollment import record
from bot.enrollment.tables import enrollment, enrollment_event
from bot.records import audit
from bot.records.crypto import get_keyring
from bot.records.database import Database
from bot.records.schema import metadata

BATCH = 500


class AuditBroken(RuntimeError):
    """The audit log does not fit together: a new chain over it would hide that."""


@dataclass(frozen=True)
class Rotated:
    """How many values were sealed again."""

    values: int


def rotate(database: Database) -> Rotated:
    """Seal everything with the current key, look-ups and the audit log's chain included.

    Raises:
        SealError: a value cannot be opened with any key; what came before it is done.
        AuditBroken: everything is sealed again, but the chain of the audit log is left as it is.
    """
    count = sum(_table(database, table) for table in metadata.sorted_tables)
    _look_ups(database)
    with database.begin() as connection:
        audit.take_turn(connection)
        if audit.verify(connection) is not None:
            raise AuditBroken
        audit.link_again(connection)
        audit.record(connection, "command-line", "keys.rotate", "installation", "keys", f"{count} values")
    return Rotated(count)


def _table(database: Database, table: Table) -> int:
    sealed = [column for column in table.columns if isinstance(column.type, LargeBinary)]
    if not sealed:
        return 0
    (key,) = table.primary_key.columns
    count, last = 0, None
    while True:
        with database.begin() as connection:
            rows = _rows(connection, table, key, last)
            count += sum(_again(connection, table, key, row, column) for row in rows for column in sealed)
        if not rows:
            return count
        last = rows[-1]._mapping[key.name]


def _rows(connection: Connection, table: Table, key: Column[Any], last: Any) -> list[Row[Any]]:
    found = select(table).order_by(key).limit(BATCH)
    return list(connection.execute(found if last is None else found.where(key > last)))


def _again(
    connection: Connection, table: Table, key: Column[Any], row: Row[Any], column: Column[Any]
) -> bool:
    keyring, before = get_keyring(), row._mapping[column.name]
    if before is None or not keyring.needs_rotation(before):
        return False
    place, row_id = f"{table.name}.{column.name}", _bound_to(table, row)
    opened = keyring.open(place, row_id, before)
    values: dict[str, Any] = {column.name: keyring.seal(place, row_id, opened)}
    if column is conversation.c.address:
        values["address_hash"] = keyring.lookup("phone", opened.decode())
    # Only what is still as it was read: a service that runs meanwhile has sealed its own with the new key.
    same = (key == row._mapping[key.name], column == before)
    return bool(connection.execute(update(table).where(*same).values(values)).rowcount)


def _bound_to(table: Table, row: Row[Any]) -> str:
    """The row id a value of this table was sealed for."""
    if table is enrollment_event:
        return f"{row.enrollment_id}:{row.to_state}"
    return str(row.id)


def _look_ups(database: Database) -> None:
    """Hashes by which the records of the same person are found, made from the answers."""
    last = ""
    while True:
        with database.begin() as connection:
            found = (
                select(enrollment.c.id).where(enrollment.c.id > last).order_by(enrollment.c.id).limit(BATCH)
            )
            ids = list(connection.execute(found).scalars())
            for enrollment_id in ids:
                record.look_up_again(connection, enrollment_id)
        if not ids:
            return
        last = ids[-1]
