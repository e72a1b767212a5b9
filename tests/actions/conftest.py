"""The actions open the process's database themselves; a test closes it again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.records.database import Database, get_database


@pytest.fixture(autouse=True)
def close_the_database_of_the_actions(database: Database) -> Iterator[None]:
    yield
    if get_database.cache_info().currsize:
        get_database().close()
