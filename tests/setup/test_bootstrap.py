"""Set-up from a bare checkout, on environments small enough to really be made: one package of one line."""

import base64
import contextlib
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts import bootstrap, pythons
from scripts.bootstrap import Environment, SetupError
from scripts.progress import Progress

THIS = (sys.version_info[0], sys.version_info[1])
ABSENT = (3, 99)


def wheel(folder: Path, name: str, version: str = "1.0", code: str = "value = 1") -> tuple[Path, str]:
    """A real wheel of one module; returns its path and its SHA-256."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [record(path, content) for path, content in files.items()]
    files[f"{info}/RECORD"] = "".join([*lines, f"{info}/RECORD,,\n"])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inner, content in files.items():
            archive.writestr(inner, content)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def record(path: str, content: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"


def lock_line(path: Path, digest: str) -> str:
    return f"{path.name.split('-')[0]} @ {path.as_uri()} \\\n    --hash=sha256:{digest}\n"


class Checkout:
    """A folder laid out like this repository, with one environment and lock files of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.locks = root / "requirements"
        self.locks.mkdir()
        (root / "pyproject.toml").write_text("", encoding="utf-8")
        self.lock("one", wheel(root, "first"))

    def lock(self, name: str, *wheels: tuple[Path, str]) -> Path:
        path = self.locks / f"{name}.txt"
        path.write_text("".join(lock_line(*wheel) for wheel in wheels), encoding="utf-8")
        return path

    def environment(
        self, *locks: str, wanted: tuple[int, int] = THIS, imports: tuple[str, ...] = ()
    ) -> Environment:
        files = tuple(self.locks / f"{name}.txt" for name in locks or ("one",))
        return Environment("service", self.root / ".venv", (wanted,), files, "a moment", 0.1, imports)

    def set_up(self, *locks: str, imports: tuple[str, ...] = ()) -> None:
        bootstrap.set_up(self.root, [self.environment(*locks, imports=imports)])

    def has(self, module: str) -> bool:
        command = [str(self.root / ".venv" / "bin" / "python"), "-I", "-c", f"import {module}"]
        return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_an_environment_is_made_once_and_then_left_alone(
    checkout: Checkout, capfd: pytest.CaptureFixture[str]
):
    checkout.set_up(imports=("first",))

    said = capfd.readouterr().out
    assert "[1/3] Making .venv" in said
    assert "Set-up is complete" in said
    assert checkout.has("first")

    marker = checkout.root / ".venv" / "marker"
    marker.touch()
    checkout.set_up(imports=("first",))
    assert capfd.readouterr().out == ""
    assert marker.exists()


def test_a_half_made_environment_is_made_anew(checkout: Checkout, capfd: pytest.CaptureFixture[str]):
    folder = checkout.root / ".venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "leftover").touch()

    checkout.set_up()

    assert "half-made" in capfd.readouterr().out
    assert checkout.has("first")
    assert not (folder / "leftover").exists()


def test_a_changed_lock_file_is_followed_in_place(checkout: Checkout, capfd: pytest.CaptureFixture[str]):
    """What it adds comes, what it no longer names goes, and what the tests need stays with the rest."""
    checkout.lock("dev", wheel(checkout.root, "tool"))
    checkout.set_up("one", "dev")
    marker = checkout.root / ".venv" / "marker"
    marker.touch()

    checkout.lock("one", wheel(checkout.root, "second"))
    checkout.set_up("one")

    assert "bringing it up to date" in capfd.readouterr().out
    assert marker.exists()
    assert checkout.has("second")
    assert not checkout.has("first")
    assert checkout.has("tool")
    checkout.set_up("one", "dev")
    assert capfd.readouterr().out == ""


def test_an_environment_that_was_moved_or_lost_its_python_does_not_count_as_made(checkout: Checkout):
    checkout.set_up()
    environment = checkout.environment()
    assert bootstrap.read_stamp(environment) is not None

    elsewhere = checkout.root / "elsewhere"
    environment.folder.rename(elsewhere)
    moved = Environment("service", elsewhere, environment.pythons, environment.locks, "a moment", 0.1)
    assert bootstrap.read_stamp(moved) is None

    elsewhere.rename(environment.folder)
    assert bootstrap.read_stamp(environment) is not None
    environment.python.unlink()
    assert bootstrap.read_stamp(environment) is None


def test_a_download_that_is_not_what_the_lock_names_is_refused(checkout: Checkout):
    path, _ = wheel(checkout.root, "first")
    checkout.lock("one", (path, "0" * 64))

    with pytest.raises(SetupError, match="not the file that the lock file names") as caught:
        checkout.set_up()

    assert "service-install.log" in str(caught.value)
    assert bootstrap.read_stamp(checkout.environment()) is None
    assert not checkout.has("first")


def test_a_package_that_does_not_run_here_is_found_during_set_up(checkout: Checkout):
    broken = wheel(checkout.root, "broken", code="raise ImportError('needs GLIBC_2.99')")
    checkout.lock("one", broken)

    with pytest.raises(SetupError, match=r"GLIBC_2\.99"):
        checkout.set_up(imports=("broken",))

    assert bootstrap.read_stamp(checkout.environment()) is None


def test_an_interrupted_set_up_ends_its_programs_and_the_next_one_succeeds(checkout: Checkout):
    checkout.lock("one", wheel(checkout.root, "first", code="import time; time.sleep(600)"))
    script = (
        "import signal, sys; from pathlib import Path; from scripts import bootstrap\n"
        "signal.signal(signal.SIGTERM, bootstrap._as_interrupt)\n"
        "root = Path(sys.argv[1]); version = sys.version_info[:2]\n"
        "environment = bootstrap.Environment('service', root / '.venv', (version,), "
        "(root / 'requirements' / 'one.txt',), 'a moment', 0.1, ('first',))\n"
        "try: bootstrap.set_up(root, [environment])\n"
        "except KeyboardInterrupt: sys.exit(130)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(checkout.root)], cwd=bootstrap.ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    for line in process.stdout:
        if b"Checking" in line:
            break
    # The step is announced just before its program starts.
    wait_until(lambda: (checkout.root / bootstrap.PRIVATE / "service-check.log").exists())
    process.send_signal(signal.SIGTERM)
    process.stdout.close()

    assert process.wait(timeout=60) == 130
    assert bootstrap.read_stamp(checkout.environment()) is None

    checkout.lock("one", wheel(checkout.root, "first"))
    checkout.set_up(imports=("first",))
    assert checkout.has("first")


def test_a_signal_that_another_thread_receives_interrupts_as_well(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
):
    """The kernel picks the thread; the one that waits for the jobs may never be the one."""
    checkout.lock("one", wheel(checkout.root, "first", code="import time; time.sleep(600)"))
    check = bootstrap.Job._check

    def check_signaled(job: bootstrap.Job, programs: bootstrap.Programs) -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        check(job, programs)

    monkeypatch.setattr(bootstrap.Job, "_check", check_signaled)
    before = signal.signal(signal.SIGTERM, bootstrap._as_interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            checkout.set_up(imports=("first",))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert bootstrap.read_stamp(checkout.environment()) is None


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "what was waited for did not happen"
        time.sleep(0.05)


# ---------------------------------------------------------------- finding a Python


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def number(version: tuple[int, int] = THIS) -> str:
    return f"{version[0]}.{version[1]}"


def test_a_shim_that_does_not_run_is_passed_over_for_pyenvs_own_version(tmp_path: Path):
    program(tmp_path / "shims" / f"python{number()}", "echo 'pyenv: command not found' >&2; exit 127")
    real = program(
        tmp_path / "pyenv" / "versions" / f"{number()}.1" / "bin" / "python", f'exec {sys.executable} "$@"'
    )
    environ = {"PATH": str(tmp_path / "shims"), "PYENV_ROOT": str(tmp_path / "pyenv"), "HOME": str(tmp_path)}

    assert str(real) in list(pythons.candidates(THIS, environ))
    search = pythons.find([THIS], environ)

    assert search.found is not None
    assert search.found.minor == THIS
    assert not search.found.path.startswith(str(bootstrap.ROOT)), (
        "must outlive the environments of the checkout"
    )


@pytest.mark.parametrize("folder", [".venv", ".venv-rasa"])
def test_of_an_environment_the_python_it_was_made_with_is_meant(folder: str):
    """With an environment of the checkout activated, set-up must not build on what it may delete."""
    found = pythons.probe(str(bootstrap.ROOT / folder / "bin" / "python"))

    assert found is not None
    assert not found.path.startswith(str(bootstrap.ROOT))
    assert pythons.probe(found.path) == found


def test_the_first_wanted_version_wins_whatever_the_order_on_the_path(tmp_path: Path):
    program(tmp_path / "python3", answer([3, 98, 0]))
    program(tmp_path / "other" / f"python{number(ABSENT)}", answer([3, 99, 0]))
    environ = {"PATH": f"{tmp_path}:{tmp_path / 'other'}", "HOME": str(tmp_path)}

    found = pythons.find([ABSENT, (3, 98)], environ).found

    assert found is not None
    assert found.version == (3, 99, 0)


def test_a_python_without_what_set_up_needs_is_named_but_not_used(tmp_path: Path):
    program(tmp_path / "python3", answer([3, 99, 1], lacks=["ensurepip"]))

    search = pythons.find([ABSENT], {"PATH": str(tmp_path), "HOME": str(tmp_path)})

    assert search.found is None
    assert search.unfit == ["Python 3.99.1 at /fake/python has no ensurepip"]


def answer(version: list[int], lacks: list[str] | None = None) -> str:
    facts = {"path": "/fake/python", "version": version, "implementation": "cpython", "lacks": lacks or []}
    return f"echo '{json.dumps(facts)}'"


def test_no_fitting_python_names_what_to_type_and_why_uv_did_not_help(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    """uv is on PATH, but has no such Python and cannot download one."""
    refusal = "echo 'error: Failed to install\n  cause: error resolving DNS' >&2; exit 1"
    program(checkout.root / "bin" / "uv", refusal)
    monkeypatch.setenv("PATH", f"{checkout.root / 'bin'}:/usr/bin:/bin")

    with pytest.raises(SetupError) as caught:
        bootstrap.set_up(checkout.root, [checkout.environment(wanted=ABSENT)])

    message = str(caught.value)
    assert message.startswith("Python 3.99 is missing.")
    assert "Failed to install: error resolving DNS" in message
    assert "Debian:" in message
    assert "brew install python@3.99" in message
    assert "through uv" in capfd.readouterr().out


def test_a_python_that_uv_has_is_used(tmp_path: Path):
    base = program(tmp_path / "python3.99", answer([3, 99, 2]))
    uv = program(tmp_path / "uv", f"echo {base}")

    assert pythons.fetch(ABSENT, str(uv)).version == (3, 99, 2)


# ---------------------------------------------------------------- what is read and what is shown


def test_names_in_lock_files_are_compared_as_pip_compares_them(tmp_path: Path):
    lock = tmp_path / "a.txt"
    lock.write_text(
        "Ruamel.YAML_x==1 \\\n    --hash=sha256:00\n    # via that==2\nb @ file:///b\n", encoding="utf-8"
    )

    assert bootstrap.pinned([lock, lock]) == ["ruamel-yaml-x", "b"]


def test_the_lock_files_of_this_repository_pin_every_package_with_a_hash_and_name_no_index():
    files = sorted((bootstrap.ROOT / "requirements").glob("*.txt"))
    assert {file.stem for file in files} == {"dev", "rasa", "service", "tools"}
    for file in files:
        entries = entries_of(file)
        assert entries
        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries), file.name
        assert "://" not in file.read_text(encoding="utf-8"), file.name


def entries_of(lock: Path) -> list[str]:
    lines = (
        line for line in lock.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")
    )
    return [entry for entry in "\n".join(lines).replace("\\\n", " ").splitlines() if entry.strip()]


def test_into_a_pipe_progress_is_plain_lines_with_signs_of_life():
    out = io.StringIO()
    with Progress(steps=1, out=out, heartbeat=0.01) as progress:
        progress.step("Fetching", lambda: wait_until(lambda: "3 of 7" in out.getvalue()), lambda: "3 of 7")

    lines = out.getvalue().splitlines()
    assert lines[0] == "[1/1] Fetching"
    assert lines[-1].startswith("[1/1] done in ")
    assert "\x1b" not in out.getvalue()


def test_a_second_set_up_waits_for_the_first(checkout: Checkout):
    said: list[str] = []
    with holding_the_lock(checkout.root) as holder:

        def notice(text: str) -> None:
            said.append(text)
            holder.kill()

        with bootstrap.only_one(checkout.root, notice):
            pass

    assert said == ["Another set-up is at work in this folder; waiting for it to end."]


@contextlib.contextmanager
def holding_the_lock(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    script = (
        "import sys, time; from pathlib import Path; from scripts import bootstrap\n"
        "with bootstrap.only_one(Path(sys.argv[1]), print): print('held', flush=True); time.sleep(600)\n"
    )
    command = [sys.executable, "-c", script, str(root)]
    with subprocess.Popen(
        command, cwd=bootstrap.ROOT, stdout=subprocess.PIPE, env=dict(os.environ)
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        try:
            yield holder
        finally:
            holder.kill()
