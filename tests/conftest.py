"""What all tests share: databases that are real, and the real product, started once for each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.records import migrate
from bot.records.database import Database
from bot.settings import get_settings
from tests.support.caches import forget_settings
from tests.support.fhir_validator import NoNode, Validator
from tests.support.postgres import PostgresServer
from tests.support.product import Person, Product, open_clients, pes_commands

# In how many parts the tests of the running product on PostgreSQL are given to the workers; SQLite's are one.
PARTS = {"sqlite": 1, "postgresql": 3}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is understood and said does not depend on the database: those tests run on PostgreSQL only.

    Each test also gets its group: a group stays with one worker, so that the product is started a few times only.
    """
    twice = [item for item in items if item.get_closest_marker("any_database") and "[sqlite" in item.name]
    if twice:
        config.hook.pytest_deselected(items=twice)
        items[:] = [item for item in items if item not in set(twice)]
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    """The file; for tests of the running product, its database and a part of the files."""
    parameters = getattr(item, "callspec", None)
    database = str(parameters.params.get("product", "")) if parameters else ""
    if not database:
        return item.location[0]
    return f"{database} {sum(map(ord, item.path.name)) % PARTS[database]}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, ended with the tests."""
    server = PostgresServer.start()
    yield server
    server.stop()


@pytest.fixture(scope="session", autouse=True)
def _end_commands() -> Iterator[None]:
    yield
    pes_commands.close()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product, trained and running, on SQLite and again on PostgreSQL."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    running = Product(tmp_path_factory.mktemp(f"product-{request.param}"), database_url=url)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def fhir_validator() -> Iterator[Validator]:
    """HL7's definitions; a machine without Node.js fails these tests and says what to install."""
    try:
        running = Validator()
    except NoNode as missing:
        pytest.fail(str(missing), pytrace=False)
    yield running
    running.close()


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    """Close the connections of the people in a test."""
    yield
    while open_clients:
        open_clients.pop().close()


@pytest.fixture
def person(product: Product) -> Person:
    """Somebody who has just opened the chat, in English."""
    return Person(product)


@pytest.fixture
def persona(product: Product) -> Person:
    """Somebody who has just opened the chat, in Spanish."""
    return Person(product, locale="es")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """An empty, migrated database: SQLite in a file, and again a real PostgreSQL."""
    url = f"sqlite:///{tmp_path / 'test.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    monkeypatch.setenv("PES_DATA", str(tmp_path))
    monkeypatch.setenv("PES_DATABASE_URL", url)
    forget_settings()
    made = Database(get_settings().sqlalchemy_url)
    migrate.upgrade(made)
    yield made
    made.close()
    forget_settings()
