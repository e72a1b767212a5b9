"""How often one key may ask: a bucket of tokens that fills up evenly; in memory, for each service process."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Throttle:
    """Lets `per_minute` requests of each key through in a minute, all at once if they come so.

    Args:
        per_minute: the size of the bucket, and how many tokens come back in a minute.
        clock: seconds that only go forward.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait_for(self, key: str) -> int:
        """0 when a request may pass now (and takes its token), else the seconds to wait."""
        moment = self._clock()
        left, since = self._left.get(key, (self._most, moment))
        left = min(self._most, left + (moment - since) * self._per_second)
        if left < 1:
            self._left[key] = (left, moment)
            return math.ceil((1 - left) / self._per_second)
        self._left[key] = (left - 1, moment)
        return 0
