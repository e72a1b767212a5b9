"""The database: SQLite in WAL mode on one machine, PostgreSQL for more; transactions run off the event loop.

Query functions everywhere take a `Connection` as their first argument and never commit, so that several of them
compose into one transaction: `await database.write(function, ...)`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.types import DateTime, TypeDecorator

from bot.records.statements import ANNOUNCED
from bot.settings import get_settings

P = ParamSpec("P")
R = TypeVar("R")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

POSTGRES_WORKERS = 10
SQLITE_READERS = 4
MOST_TOGETHER = 64


class Moment(TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which has no time zones, gives it back aware too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> datetime | None:
        """Store in UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: object) -> datetime | None:
        """Read back as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


def _sqlite_engine(url: str, *, writes: bool) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 10})

    @event.listens_for(engine, "connect")
    def configure(connection, _record) -> None:  # type: ignore[no-untyped-def]
        connection.isolation_level = None  # we begin transactions ourselves, below
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL, not NORMAL: an acknowledged message must survive a power cut, not only a killed process.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that starts as a reader and then writes can fail with "database is locked"
        # without waiting: writers therefore queue up at the start.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@dataclass
class _Job:
    """One transaction that waits for the writer."""

    call: Callable[[Connection], Any]
    done: Future[tuple[Any, set[str]]]


class _GroupWriter:
    """SQLite's one writer: what waits together is committed together, each job in a savepoint of its own.

    A commit waits for the disk, and the disk takes as long for ten small transactions as for one.

    Args:
        engine: an engine whose transactions begin as writers.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="db-write", daemon=True)
        self._thread.start()

    def submit(self, call: Callable[[Connection], Any]) -> Future[tuple[Any, set[str]]]:
        """Queue a job; its future has the result and the announced topics once it is durable."""
        job = _Job(call, Future())
        self._jobs.put(job)
        return job.done

    def close(self) -> None:
        """Finish what waits, then stop."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while True:
            jobs, over = self._next()
            if jobs:
                self._commit(jobs)
            if over:
                return

    def _next(self) -> tuple[list[_Job], bool]:
        found = [self._jobs.get()]
        while found[-1] is not None and len(found) < MOST_TOGETHER:
            try:
                found.append(self._jobs.get_nowait())
            except Empty:
                break
        # A job whose caller has gone before it began is dropped; a running one can no longer be cancelled.
        wanted = [job for job in found if job is not None and job.done.set_running_or_notify_cancel()]
        return wanted, found[-1] is None

    def _commit(self, jobs: list[_Job]) -> None:
        outcomes: list[tuple[Any, set[str]] | BaseException] = []
        try:
            with self._engine.begin() as connection:
                outcomes.extend(self._one(connection, job) for job in jobs)
        except BaseException as error:  # noqa: BLE001 - handed to everyone who waits for this commit
            outcomes = [error] * len(jobs)
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                job.done.set_exception(outcome)
            else:
                job.done.set_result(outcome)

    @staticmethod
    def _one(connection: Connection, job: _Job) -> tuple[Any, set[str]] | BaseException:
        connection.info.pop(ANNOUNCED, None)
        try:
            with connection.begin_nested():
                result = job.call(connection)
        except Exception as error:  # noqa: BLE001 - it belongs to the job, not to its neighbors
            return error
        return result, connection.info.pop(ANNOUNCED, set())


class Database:
    """One database, with a place to run transactions that does not block the event loop.

    Args:
        url: SQLAlchemy URL, `sqlite:///...` or `postgresql+psycopg://...`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        # Told each topic that a transaction announced, on the event loop, after its commit.
        self.listener: Callable[[str], None] = lambda _topic: None
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self._writer = _sqlite_engine(url, writes=True)
            self._reader = _sqlite_engine(url, writes=False)
            # SQLite has one writer at a time: queueing here is fairer and quicker than its busy-wait.
            self._group_writer: _GroupWriter | None = _GroupWriter(self._writer)
            self._read_pool = ThreadPoolExecutor(SQLITE_READERS, thread_name_prefix="db-read")
        else:
            self._writer = create_engine(url, pool_size=POSTGRES_WORKERS, pool_pre_ping=True)
            self._reader = self._writer
            self._group_writer = None
            self._read_pool = ThreadPoolExecutor(POSTGRES_WORKERS, thread_name_prefix="db")

    @property
    def engine(self) -> Engine:
        """The engine that writes; for migrations and tests."""
        return self._writer

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction that may write, on the calling thread (command line, migrations, tests)."""
        with self._writer.begin() as connection:
            yield connection

    async def write(
        self, function: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `function(connection, ...)` in one transaction; durable when this returns."""
        if self._group_writer is not None:
            waiting = self._group_writer.submit(lambda connection: function(connection, *args, **kwargs))
            result, topics = cast(tuple[R, set[str]], await asyncio.wrap_future(waiting))
        else:
            call = partial(self._run, self._writer, function, *args, **kwargs)
            result, topics = await asyncio.get_running_loop().run_in_executor(self._read_pool, call)
        for topic in topics:
            self.listener(topic)
        return result

    async def read(
        self, function: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `function(connection, ...)` against one consistent snapshot."""
        call = partial(self._run, self._reader, function, *args, **kwargs)
        return (await asyncio.get_running_loop().run_in_executor(self._read_pool, call))[0]

    @staticmethod
    def _run(
        engine: Engine, function: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[R, set[str]]:
        """What the function returns, and the topics it announced."""
        with engine.begin() as connection:
            connection.info.pop(ANNOUNCED, None)
            result = function(connection, *args, **kwargs)
            topics = connection.info.pop(ANNOUNCED, set())
        return result, topics

    def close(self) -> None:
        """Finish what runs and close all connections."""
        if self._group_writer is not None:
            self._group_writer.close()
        self._read_pool.shutdown(wait=True)
        self._writer.dispose()
        self._reader.dispose()


@lru_cache(maxsize=1)
def get_database() -> Database:
    """The database of this process."""
    settings = get_settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    return Database(settings.sqlalchemy_url)
