"""Tell the person who waits what is being done, how far it is and how long it has taken.

On a terminal the last line is redrawn in place; into a pipe or a file a plain line comes every few seconds.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import threading
import time
from types import TracebackType
from typing import Callable, Iterator, TextIO

_FRAMES = "|/-\\"
_REDRAW_SECONDS = 0.2
_HEARTBEAT_SECONDS = 15.0

Status = Callable[[], str]


class Progress:
    """Numbered steps with a sign of life while they run; safe to use from several threads.

    `steps` is how many steps there will be in all. Use it as a context manager.
    """

    def __init__(self, steps: int, out: TextIO | None = None, heartbeat: float = _HEARTBEAT_SECONDS) -> None:
        self._out = sys.stdout if out is None else out
        self._steps = steps
        self._heartbeat = heartbeat
        self._terminal = self._out.isatty()
        self._running: dict[str, Status] = {}
        self._started = time.monotonic()
        self._number = 0
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._erase()

    def seconds(self) -> int:
        """Whole seconds since the work began."""
        return round(time.monotonic() - self._started)

    def say(self, text: str) -> None:
        """Print one line above the live one."""
        with self._lock:
            self._erase()
            print(text, file=self._out, flush=True)

    def step(self, title: str, work: Callable[[], None], status: Status | None = None) -> None:
        """Do `work` as the next numbered step; `status` says in a few words how far it is."""
        with self._lock:
            self._number += 1
            label = f"[{self._number}/{self._steps}]"
            self.say(f"{label} {title}")
        begun = time.monotonic()
        with self.shown(label, status or (lambda: title)):
            work()
        self.say(f"{label} done in {round(time.monotonic() - begun)} s")

    @contextlib.contextmanager
    def shown(self, label: str, status: Status = str) -> Iterator[None]:
        """Show `label` and what `status` returns as signs of life for as long as the block runs."""
        with self._lock:
            self._running[label] = status
        try:
            yield
        finally:
            with self._lock:
                del self._running[label]

    def _live(self) -> None:
        tick = 0
        pause = _REDRAW_SECONDS if self._terminal else self._heartbeat
        while not self._stop.wait(pause):
            tick += 1
            with self._lock:
                doing = "; ".join(f"{label} {status()}".rstrip() for label, status in self._running.items())
                if doing:
                    self._draw(f"{self.seconds()} s  {doing}", tick)

    def _draw(self, text: str, tick: int) -> None:
        if not self._terminal:
            print(f"      {text}", file=self._out, flush=True)
            return
        line = f"{_FRAMES[tick % len(_FRAMES)]} {text}"
        width = shutil.get_terminal_size().columns - 1
        self._out.write(f"\r\x1b[K{line[:width]}")
        self._out.flush()

    def _erase(self) -> None:
        if self._terminal:
            self._out.write("\r\x1b[K")
            self._out.flush()
