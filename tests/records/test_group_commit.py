"""Transactions that wait together: one that fails takes no other with it, and each learns its own outcome."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection, func, select

from bot.records import audit
from bot.records.database import Database


class Refused(RuntimeError):
    """What a job raises."""


def add(connection: Connection, name: str) -> str:
    audit.record(connection, name, "test", "test", name)
    if name.startswith("bad"):
        raise Refused(name)
    return name


def count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(audit.audit)).scalar_one())


def test_a_failing_transaction_leaves_its_neighbors_alone(database: Database) -> None:
    names = [f"{'bad' if number % 3 == 0 else 'good'}{number}" for number in range(60)]

    async def all_at_once() -> list[str | BaseException]:
        return await asyncio.gather(*(database.write(add, name) for name in names), return_exceptions=True)

    outcomes = asyncio.run(all_at_once())
    for name, outcome in zip(names, outcomes, strict=True):
        if name.startswith("bad"):
            assert isinstance(outcome, Refused)
            assert str(outcome) == name
        else:
            assert outcome == name
    with database.begin() as connection:
        assert count(connection) == sum(name.startswith("good") for name in names)
        assert audit.verify(connection) is None


def test_a_caller_that_has_gone_stops_nobody(database: Database) -> None:
    async def leave_and_stay() -> str:
        leaving = asyncio.create_task(database.write(add, "gone"))
        staying = asyncio.create_task(database.write(add, "stays"))
        await asyncio.sleep(0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        return await staying

    assert asyncio.run(leave_and_stay()) == "stays"
