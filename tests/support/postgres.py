"""A real PostgreSQL server for tests: the machine's own binaries, or the ones of the `pgserver` wheel."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

import psycopg

from bot.supervisor import free_port


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    import pgserver

    return Path(pgserver.__file__).parent / "pginstall" / "bin"


class PostgresServer:
    """A server on loopback in a folder of its own."""

    def __init__(self, folder: Path, port: int, binaries: Path, user: str | None) -> None:
        self.folder = folder
        self.port = port
        self._binaries = binaries
        self._user = user

    @classmethod
    def start(cls) -> PostgresServer:
        """Make a new cluster and start it. PostgreSQL refuses to run as root: then `nobody` runs it."""
        folder = Path(tempfile.mkdtemp(prefix="pes-postgres-"))
        user = None
        if os.geteuid() == 0:
            user = "nobody"
            nobody = pwd.getpwnam(user)
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        server = cls(folder, free_port(), _binaries(), user)
        server._run(
            "initdb", "-D", str(folder / "data"), "-U", "pes", "--auth=trust", "-E", "UTF8", "--no-sync"
        )
        options = f"-p {server.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        server._run(
            "pg_ctl", "-D", str(folder / "data"), "-l", str(folder / "log"), "-o", options, "-w", "start"
        )
        return server

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._binaries / program), *arguments],
            user=self._user,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()

    def new_database(self) -> str:
        """Make an empty database; returns its URL."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(
            f"postgresql://pes@127.0.0.1:{self.port}/postgres", autocommit=True
        ) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql://pes@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
