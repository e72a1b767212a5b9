"""Find a Python interpreter of a wanted version on this machine, or fetch one with uv.

Standard library only, for any Python from 3.8: this runs before anything is installed.
"""

from __future__ import annotations

import glob
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator, Mapping, Sequence, Tuple

Version = Tuple[int, int]

PROBE_SECONDS = 20
FETCH_SECONDS = 600

# What set-up and the product need from an interpreter; some builds come without one or the other.
_NEEDED_MODULES = {
    "venv": "venv",
    "ensurepip": "ensurepip",
    "_ssl": "ssl",
    "_sqlite3": "sqlite3",
    "_ctypes": "ctypes",
}

_PROBE = f"""
import importlib.util, json, os, sys
base = os.path.join(sys.base_prefix, "bin", "python%d.%d" % sys.version_info[:2])
print(json.dumps({{
    "path": sys.executable if sys.prefix == sys.base_prefix else base,
    "version": list(sys.version_info[:3]),
    "implementation": sys.implementation.name,
    "lacks": [m for m in {list(_NEEDED_MODULES)!r} if importlib.util.find_spec(m) is None],
}}))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python that answered when it was run.

    `path` is the base interpreter's, even if a virtual environment's Python was asked; `lacks` names the
    standard modules that set-up needs and this build does not have.
    """

    path: str
    version: tuple[int, int, int]
    lacks: tuple[str, ...] = ()

    @property
    def minor(self) -> Version:
        """The version as (3, 10)."""
        return self.version[:2]

    def __str__(self) -> str:
        return f"Python {'.'.join(map(str, self.version))} at {self.path}"


@dataclass
class Search:
    """What a search came to: the interpreter, or why those that were near did not do."""

    found: Interpreter | None = None
    unfit: list[str] = field(default_factory=list)


def probe(path: str) -> Interpreter | None:
    """Run `path` and ask it what it is; None if it does not run or is not CPython 3.

    Being on PATH proves nothing: pyenv's shims are there for versions that are not selected, and fail.
    """
    try:
        answer = subprocess.run(
            [path, "-I", "-c", _PROBE],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            timeout=PROBE_SECONDS,
            check=True,
        )
        facts = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    if facts["implementation"] != "cpython":
        return None
    lacks = tuple(_NEEDED_MODULES[module] for module in facts["lacks"])
    major, minor, micro = facts["version"]
    return Interpreter(facts["path"], (major, minor, micro), lacks)


def find(wanted: Sequence[Version], environ: Mapping[str, str] | None = None) -> Search:
    """Look for a usable CPython of one of the `wanted` versions, the first of them preferred."""
    environ = os.environ if environ is None else environ
    search = Search()
    probed: dict[str, Interpreter | None] = {}
    for version in wanted:
        for path in candidates(version, environ):
            if path not in probed:
                probed[path] = probe(path)
            interpreter = probed[path]
            if interpreter is None or interpreter.minor != version:
                continue
            if not interpreter.lacks:
                search.found = interpreter
                return search
            reason = f"{interpreter} has no {', '.join(interpreter.lacks)}"
            if reason not in search.unfit:
                search.unfit.append(reason)
    return search


def candidates(version: Version, environ: Mapping[str, str]) -> Iterator[str]:
    """Paths where a Python of this version may be, the likeliest first; only files that can be run."""
    name = f"python{version[0]}.{version[1]}"
    for program in (name, "python3", "python"):
        for folder in environ.get("PATH", "").split(os.pathsep):
            yield from _programs(os.path.join(folder, program))
    if environ is os.environ:
        yield sys.executable
    for pattern in _usual_places(version, environ):
        yield from _programs(pattern)


def _usual_places(version: Version, environ: Mapping[str, str]) -> list[str]:
    number = f"{version[0]}.{version[1]}"
    home = environ.get("HOME", "")
    pyenv = environ.get("PYENV_ROOT") or os.path.join(home, ".pyenv")
    data = environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    places = [f"{pyenv}/versions/{number}*/bin/python"]
    if home:
        places += [
            f"{data}/uv/python/cpython-{number}*/bin/python{number}",
            f"{home}/.asdf/installs/python/{number}*/bin/python",
            f"{data}/mise/installs/python/{number}*/bin/python",
            f"{home}/.local/bin/python{number}",
        ]
    return [
        *places,
        f"/opt/homebrew/opt/python@{number}/bin/python{number}",
        f"/usr/local/opt/python@{number}/bin/python{number}",
        f"/home/linuxbrew/.linuxbrew/opt/python@{number}/bin/python{number}",
        f"/Library/Frameworks/Python.framework/Versions/{number}/bin/python{number}",
        f"/usr/local/bin/python{number}",
        f"/usr/bin/python{number}",
        f"/opt/python{number}/bin/python{number}",
    ]


def _programs(pattern: str) -> Iterator[str]:
    for path in sorted(glob.glob(pattern), reverse=True):
        if os.path.isfile(path) and os.access(path, os.X_OK):
            yield path


class FetchError(Exception):
    """uv could not provide the Python; the text is the reason, in one line."""


def fetch(version: Version, uv: str) -> Interpreter:
    """Get a Python of this version from uv: one it knows, or one it downloads.

    Raises FetchError when it has none and cannot download it (no network, no build for this machine).
    """
    number = f"{version[0]}.{version[1]}"
    known = _uv(uv, "python", "find", "--no-project", "--system", "--no-python-downloads", number)
    interpreter = probe(known.stdout.strip()) if known.returncode == 0 else None
    if interpreter is not None and not interpreter.lacks:
        return interpreter
    installed = _uv(uv, "python", "install", "--no-progress", number)
    if installed.returncode != 0:
        raise FetchError(_reason(installed.stderr))
    managed = _uv(uv, "python", "find", "--no-project", "--managed-python", "--no-python-downloads", number)
    interpreter = probe(managed.stdout.strip()) if managed.returncode == 0 else None
    if interpreter is None:
        raise FetchError(f"uv installed Python {number}, but it does not run here")
    return interpreter


def uv_on_path() -> str | None:
    """The `uv` program, if one is installed."""
    return shutil.which("uv")


def _uv(uv: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [uv, *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=FETCH_SECONDS,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FetchError(f"uv gave no answer within {FETCH_SECONDS // 60} minutes") from None
    except OSError as problem:
        raise FetchError(f"{Path(uv).name} could not be run: {problem.strerror}") from None


def _reason(output: str) -> str:
    """What uv could not do, and the last cause it names, which is the most exact one."""
    lines = [re.sub(r"^\W*(?:error|cause|Caused by): *", "", line).strip() for line in output.splitlines()]
    causes = [line for line in lines if line]
    return ": ".join(dict.fromkeys([causes[0], causes[-1]])) if causes else "uv gave no reason"
