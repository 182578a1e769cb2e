"""HTTP as all our services speak it: errors as RFC 9457 problem+json with issues, sizes bounded, compressed, timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import Histogram
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.domain.topology import Issue
from shared.events.form import form_issue, position_of
from shared.runtime.compression import Compression
from shared.runtime.door import Admission, Door
from shared.runtime.ending import Ending
from shared.runtime.logging import logger
from shared.runtime.metrics import HTTP_SECONDS, HTTP_UNDER_WAY, SERVER_FAULTS
from shared.runtime.mongo import PyMongoError, is_passing
from shared.runtime.other_sites import OtherSites
from shared.runtime.problem import ProblemError, Refused, problem_response, refused_as_data, too_large, unprocessable
from shared.runtime.rate_limits import RateLimits
from shared.runtime.safe_headers import SafeHeaders

_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
_NO_JSON = (UnicodeDecodeError, RecursionError)
"""What FastAPI makes a plain 400 of, beside faults of json that it tells: other letters, or thousands of brackets."""


def install(
    app: FastAPI,
    limit_bytes: int,
    admit: Admission,
    limits: RateLimits | None = None,
    refused: Refused = refused_as_data,
) -> None:
    """Let an application answer every error as a problem, bound bodies, compress answers, time routes, ask who asks.

    Without limits everybody may ask as often as he likes. `refused` answers those who come to no route.
    """
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(PyMongoError, _on_store)
    app.add_exception_handler(Exception, _on_defect)
    app.add_middleware(Ending)
    app.add_middleware(Door, admit=admit, limits=limits, refused=refused)
    app.add_middleware(OtherSites, refused=refused)
    app.add_middleware(BodyLimit, limit_bytes=limit_bytes, refused=refused)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Compression)
    app.add_middleware(Timing)
    app.add_middleware(Head)


async def _on_problem(_: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, ProblemError)  # noqa: S101 - starlette hands over what the handler is registered for
    return problem_response(fault)


async def _on_validation(_: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, RequestValidationError)  # noqa: S101 - as above
    return problem_response(unprocessable([_issue_of(error) for error in fault.errors()]))


def _issue_of(error: dict[str, Any]) -> Issue:
    """Return pydantic's error as an issue: of a body its form, of a parameter the type that it should have."""
    kind, *place = error["loc"]
    if kind == "body":
        return form_issue(error, [part for part in place if error["type"] != "json_invalid"] or [kind])
    if error["type"] == "extra_forbidden":
        name = position_of(place)[:64]
        text = f"there is no parameter {name!r}: passed over, it would give another answer than was asked for"
        return Issue("UNKNOWN_PARAMETER", name, text)
    return Issue(str(error["type"]).upper(), position_of(place) or str(kind), str(error["msg"]))


async def _on_http(request: Request, fault: Exception) -> JSONResponse:
    return problem_response(problem_of(request, fault))


def problem_of(request: Request, fault: Exception) -> ProblemError:
    """Return what the framework raised (404, 405 ...) as a problem; our own problems as they are."""
    if isinstance(fault, ProblemError):
        return fault
    assert isinstance(fault, HTTPException)  # noqa: S101 - as above
    if isinstance(fault.__cause__, _NO_JSON):
        return unprocessable([Issue("FORM", "body", "the body is no json that can be read: write it in UTF-8")])
    status = HTTPStatus(fault.status_code)
    message = f"{request.method} {request.url.path[:200]}: {fault.detail}"
    headers = dict(fault.headers) if fault.headers else None
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"Allow": ", ".join(_methods(request))}
    return ProblemError(status, [Issue(status.name, "request", message)], headers)


def _methods(request: Request) -> list[str]:
    """Return the methods of a path, by all its routes: the framework names those of the first one."""
    routes = request.app.routes
    asked = [{**request.scope, "method": method} for method in _METHODS]
    return [scope["method"] for scope in asked if any(route.matches(scope)[0] is Match.FULL for route in routes)]


async def _on_store(request: Request, fault: Exception) -> JSONResponse:
    """Answer 503 while the store is away; anything else that it says is a defect of ours."""
    assert isinstance(fault, PyMongoError)  # noqa: S101 - as above
    if not is_passing(fault):
        return await _on_defect(request, fault)
    SERVER_FAULTS.labels("store").inc()
    issue = Issue("STORE_AWAY", "request", "the store does not answer at the moment: try again in some seconds")
    return problem_response(ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, [issue], {"Retry-After": "5"}))


async def _on_defect(request: Request, fault: Exception) -> JSONResponse:
    """Answer a programming error without its details; starlette raises it again for the server's log."""
    logger(__name__).error("defect", method=request.method, path=request.url.path, fault=type(fault).__name__)
    issue = Issue("DEFECT", "request", "our own code failed on this request; it has been logged")
    return problem_response(ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, [issue]))


class BodyLimit:
    """Refuses a body above a limit: by its announced length at once, or as soon as more than that has come."""

    def __init__(self, app: ASGIApp, limit_bytes: int, refused: Refused = refused_as_data) -> None:
        self._app, self._limit, self._refused = app, limit_bytes, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > self._limit:
            await self._refused(scope, too_large(self._limit))(scope, receive, send)
            return
        await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise too_large(self._limit)
            return message

        return counted


class Timing:
    """Counts and times requests by their route's template, so that the number of labels is bounded."""

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.perf_counter) -> None:
        self._app, self._clock = app, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin, has_begun = self._clock(), False

        def observe(status: int) -> None:
            nonlocal has_begun
            has_begun = True
            route = getattr(scope.get("route"), "path", "unmatched")
            _seconds(route, _method(scope), f"{status // 100}xx").observe(self._clock() - begin)

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                observe(message["status"])
            await send(message)

        with HTTP_UNDER_WAY.track_inprogress():
            try:
                await self._app(scope, receive, observed)
            except Exception:  # a defect: what is outside of us answers it, and counts nothing
                if not has_begun:
                    observe(HTTPStatus.INTERNAL_SERVER_ERROR)
                raise


@cache
def _seconds(route: str, method: str, status: str) -> Histogram:
    """Return the histogram of a route's answers; there are as many as it has labels."""
    return HTTP_SECONDS.labels(route, method, status)


class Head:
    """Answers HEAD wherever GET is answered: status and headers of the GET, which ends as soon as they are known."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def headers_alone(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Of the content, and there is none (RFC 9530); `Repr-Digest` stays.
                headers = [(name, value) for name, value in message["headers"] if name.lower() != b"content-digest"]
                await send({**message, "headers": headers})
                # Ends the answer; a streamed file notices that its reader is gone, and is not written.
                await send({"type": "http.response.body"})

        await self._app({**scope, "method": "GET"}, receive, headers_alone)


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in {*_METHODS, "HEAD", "OPTIONS"} else "other"
