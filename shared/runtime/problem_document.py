"""Problems as documents say them: their form, and what each status means everywhere."""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

PROBLEM_JSON = "application/problem+json"


class IssueTold(BaseModel):
    """One thing that is wrong."""

    code: str = Field(description="From a closed list: docs/reason-codes.md.", examples=["PERIOD_BACKWARDS"])
    position: str = Field(description="Where: a parameter, a place in the body, or `request`.", examples=["to"])
    message: str = Field(description="What is wrong, and what to do, in words.")


class Problem(BaseModel):
    """What went wrong, as RFC 9457 says it, with a list of issues."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Always about:blank: the issues say more than a type could.")
    title: str = Field(description="The status in words.", examples=["Unprocessable Entity"])
    status: int = Field(ge=400, le=599, description="The HTTP status.")
    issues: list[IssueTold]


PROBLEM_WORDS = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: "The request cannot be read, a form that breaks off for instance.",
        HTTPStatus.UNAUTHORIZED: "Nobody says who asks: no certificate, and no token that counts.",
        HTTPStatus.FORBIDDEN: "Who asks is known, but may not come in (any more), or not do this.",
        HTTPStatus.NOT_FOUND: "Not known here, or not the caller's.",
        HTTPStatus.CONFLICT: "It conflicts with what stands now, which `state` tells.",
        HTTPStatus.GONE: "It is older than what is kept: a cursor begins anew, an export is ordered anew.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than this service takes.",
        HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "The part that is asked for lies behind the end of the file.",
        HTTPStatus.TOO_MANY_REQUESTS: "The caller has asked too often, or as much of his is under way as may be: go on "
        "after `Retry-After` seconds.",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is said to be of a kind that this operation does not take.",
        HTTPStatus.UNPROCESSABLE_ENTITY: "It can be read and not answered; each issue says why.",
        HTTPStatus.INTERNAL_SERVER_ERROR: "A defect of ours; it has been logged.",
        HTTPStatus.SERVICE_UNAVAILABLE: "The store, the broker or the trail is away: try again, after `Retry-After`.",
    }
)
"""What a problem of each status means."""
_EXAMPLES = {
    HTTPStatus.BAD_REQUEST: ("BAD_REQUEST", "request", "the form breaks off"),
    HTTPStatus.UNAUTHORIZED: ("NO_CERTIFICATE", "request", "show the certificate that is registered for you"),
    HTTPStatus.FORBIDDEN: ("CERTIFICATE_REVOKED", "request", "this certificate was revoked: apply with a new one"),
    HTTPStatus.NOT_FOUND: ("NOT_FOUND", "line", "line 'NOPE' is not known here"),
    HTTPStatus.CONFLICT: ("REVISION", "hours[0].revision", "the hour has revision 3 by now: look again, then decide"),
    HTTPStatus.GONE: ("CURSOR_EXPIRED", "since", "this cursor is older than 89 days: begin with since=earliest"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("TOO_LARGE", "body", "the body is larger than its limit: send it in parts"),
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: ("RANGE", "range", "the file has 4711 bytes"),
    HTTPStatus.TOO_MANY_REQUESTS: ("TOO_MANY_REQUESTS", "request", "3000 requests a minute, and they are used up"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("CONTENT_TYPE", "content-type", "'image/png' is not taken here"),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("FORM", "reason", "String should have at least 1 character"),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("DEFECT", "request", "our own code failed on this request; it has been logged"),
    HTTPStatus.SERVICE_UNAVAILABLE: ("STORE_AWAY", "request", "the store does not answer at the moment"),
}


def example_of(status: HTTPStatus) -> dict[str, Any]:
    """Return a problem as it comes with a status."""
    code, position, message = _EXAMPLES[status]
    issue = {"code": code, "position": position, "message": message}
    return {"type": "about:blank", "title": status.phrase, "status": status.value, "issues": [issue]}
