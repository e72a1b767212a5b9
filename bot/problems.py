"""Errors as RFC 9457 problem+json: a type, a title, a status, what to do next; never what was sent."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from bot.conversation.conversations import ConversationNotFound, WrongToken
from bot.conversation.inbox import TooManyWaiting

log = logging.getLogger(__name__)

TITLES = {
    400: "The request could not be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "This address does not take that method",
    413: "Too long",
    415: "Unsupported media type",
    422: "Something in the request is not valid",
    429: "Too many messages at once",
    500: "Something went wrong on our side",
    503: "Not available right now",
}


class Problem(Exception):
    """An error to tell the client about.

    Args:
        status: HTTP status.
        detail: what is wrong and what to do, in plain words, without anything the client sent.
        headers: response headers, such as Retry-After.
    """

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def answer(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem+json response."""
    body = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status, "detail": detail}
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem+json."""

    @app.exception_handler(Problem)
    async def problem(_request: Request, error: Problem) -> JSONResponse:
        return answer(error.status, error.detail, error.headers)

    @app.exception_handler(ConversationNotFound)
    async def not_found(_request: Request, _error: ConversationNotFound) -> JSONResponse:
        return answer(404, "There is no such conversation. Start a new one.")

    @app.exception_handler(WrongToken)
    async def wrong_token(_request: Request, _error: WrongToken) -> JSONResponse:
        return answer(401, "This token does not open this conversation.", {"WWW-Authenticate": "Bearer"})

    @app.exception_handler(TooManyWaiting)
    async def too_many(_request: Request, _error: TooManyWaiting) -> JSONResponse:
        return answer(429, "Earlier messages are still being answered. Wait a moment.", {"Retry-After": "2"})

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        where = sorted({".".join(str(part) for part in item["loc"][:2]) for item in error.errors()})
        return answer(422, f"Check: {', '.join(where)}.")

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> JSONResponse:
        detail = TITLES.get(error.status_code, "Error") + "."
        return answer(error.status_code, detail, dict(error.headers) if error.headers else None)

    @app.exception_handler(OperationalError)
    async def not_durable(_request: Request, error: OperationalError) -> JSONResponse:
        log.error("database: not available (%s)", type(error.orig).__name__)
        return answer(503, "We could not store that. Send it again in a moment.", {"Retry-After": "2"})

    @app.exception_handler(Exception)
    async def unexpected(_request: Request, error: Exception) -> JSONResponse:
        log.error("request failed", exc_info=error)
        return answer(500, "Something went wrong on our side. Send it again in a moment.")
