"""Somebody else's server that alarms are posted to, checking their signature."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response

from bot.safety import sinks
from tests.support.serving import Served


@dataclass
class HookServer:
    """Answers with the next of `answers`, then with 204; keeps what was signed rightly and what was not."""

    secret: str
    answers: list[int] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    forged: int = 0
    tries: int = 0

    def start(self) -> HookServer:
        """Start."""
        app = FastAPI()

        @app.post("/alarm")
        async def alarm(request: Request) -> Response:
            self.tries += 1
            if self.answers:
                return Response(status_code=self.answers.pop(0))
            body = await request.body()
            signature = request.headers[sinks.SIGNATURE]
            moment = int(signature.partition(",")[0].removeprefix("t="))
            if sinks.sign(self.secret, moment, body) != signature:
                self.forged += 1
            self.taken.append(await request.json())
            return Response(status_code=204)

        self._served = Served(app).start()
        return self

    @property
    def url(self) -> str:
        """Where to post."""
        return f"{self._served.url}/alarm"

    def stop(self) -> None:
        """Stop."""
        self._served.stop()
