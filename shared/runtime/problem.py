"""What went wrong with a request, as the client is told: RFC 9457 problem details with a list of issues."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from shared.domain.topology import Issue
from shared.runtime.problem_document import PROBLEM_JSON
from shared.runtime.safe_values import NOTHING_ALLOWED, SAFE_EVERYWHERE


class ProblemError(HTTPException):
    """What went wrong with a request, as the client is told; `more` are further members of the answer.

    An HTTPException, because FastAPI turns everything else that is raised while a body is read into a plain 400.
    """

    def __init__(
        self,
        status: HTTPStatus,
        issues: Sequence[Issue],
        headers: dict[str, str] | None = None,
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        super().__init__(status.value, ", ".join(issue.code for issue in issues), headers)
        self.status, self.issues, self.more = status, tuple(issues), more


def not_found(position: str, message: str) -> ProblemError:
    """Return the 404 of something that is unknown, or that the caller may not see."""
    return ProblemError(HTTPStatus.NOT_FOUND, [Issue("NOT_FOUND", position, message)])


def unauthorized(code: str, message: str, challenge: str) -> ProblemError:
    """Return the 401 of somebody who did not say who he is, with what he may show."""
    return ProblemError(HTTPStatus.UNAUTHORIZED, [Issue(code, "request", message)], {"WWW-Authenticate": challenge})


def forbidden(code: str, message: str) -> ProblemError:
    """Return the 403 of somebody who is known, but not for this."""
    return ProblemError(HTTPStatus.FORBIDDEN, [Issue(code, "request", message)])


def unprocessable(issues: Sequence[Issue]) -> ProblemError:
    """Return the 422 of a request that can be read but not answered."""
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, issues)


def too_large(limit_bytes: int) -> ProblemError:
    """Return the 413 of a body above its limit."""
    text = f"the body is larger than {limit_bytes} bytes: send it in parts"
    return ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, [Issue("TOO_LARGE", "body", text)])


def problem_response(problem: ProblemError) -> JSONResponse:
    """Return a problem as its response."""
    body = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "issues": [
            {"code": issue.code, "position": issue.position, "message": issue.message} for issue in problem.issues
        ],
        **problem.more,
    }
    headers = {**SAFE_EVERYWHERE, "Content-Security-Policy": NOTHING_ALLOWED, **(problem.headers or {})}
    return JSONResponse(body, problem.status.value, headers=headers, media_type=PROBLEM_JSON)


Refused = Callable[[Scope, ProblemError], Response]
"""Answers who is refused before any route: by the request's head, and what is wrong."""


def refused_as_data(_: Scope, problem: ProblemError) -> Response:
    """Answer with the problem as programs read it, whoever asks: for services without pages."""
    return problem_response(problem)
