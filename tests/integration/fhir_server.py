"""A small FHIR server, as a real one on a port: takes transactions, checks each with HL7's definitions, and keeps them.

It finds what it has by the conditional requests of the Bundle, as a real server does, so that a second Bundle of the
same enrollment changes resources and adds none.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from tests.support.fhir_validator import Validator
from tests.support.serving import Served

Json = dict[str, Any]
TOKEN = "token-of-the-fhir-server"
MEDIA_TYPE = "application/fhir+json"


@dataclass
class FhirServer:
    """The server and what it was sent."""

    validator: Validator
    taken: list[Json] = field(default_factory=list)
    resources: dict[str, Json] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    # Statuses to answer with before it takes anything again.
    refusals: list[int] = field(default_factory=list)
    tries: int = 0
    served: Served | None = None

    @property
    def url(self) -> str:
        """Its base URL."""
        assert self.served is not None
        return f"{self.served.url}/r4"

    def start(self) -> FhirServer:
        """Start it."""
        app = FastAPI()

        @app.post("/r4")
        async def transaction(request: Request) -> JSONResponse:
            self.tries += 1
            if self.refusals:
                # A real server repeats what it was sent; none of it may reach our logs.
                sent = (await request.body()).decode()
                return self._outcome(self.refusals.pop(0), sent)
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return self._outcome(401, "no token")
            if request.headers.get("content-type") != MEDIA_TYPE:
                return self._outcome(415, "not FHIR")
            return await asyncio.to_thread(self._take, await request.json())

        self.served = Served(app).start()
        return self

    def stop(self) -> None:
        """Stop it."""
        assert self.served is not None
        self.served.stop()

    def _take(self, bundle: Json) -> JSONResponse:
        issues = self.validator.issues(bundle)
        if issues:
            self.problems += issues
            return self._outcome(422, "; ".join(issues))
        self.taken.append(bundle)
        done = []
        for entry in bundle["entry"]:
            request = entry["request"]
            query = request.get("ifNoneExist") or request["url"]
            known = query in self.resources
            if not (known and request["method"] == "POST"):
                self.resources[query] = entry["resource"]
            done.append({"response": {"status": "200 OK" if known else "201 Created"}})
        answer = {"resourceType": "Bundle", "type": "transaction-response", "entry": done}
        return JSONResponse(answer, media_type=MEDIA_TYPE)

    @staticmethod
    def _outcome(status: int, text: str) -> JSONResponse:
        issue = {"severity": "error", "code": "processing", "diagnostics": text}
        outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
        return JSONResponse(outcome, status, media_type=MEDIA_TYPE)

    def of_type(self, kind: str) -> list[Json]:
        """What it has of one type."""
        return [found for found in self.resources.values() if found["resourceType"] == kind]
