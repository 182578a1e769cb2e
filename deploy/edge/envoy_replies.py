"""What Envoy answers by itself, as RFC 9457 problem details like those of the services."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

EDGE_STATUSES = (  # an address it cannot read, too much head, too slow a head, a service that is away
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)

Json = dict[str, Any]


def problem_replies(headers: list[Json]) -> Json:
    """Return the settings; `headers` are added to each such answer."""
    mappers = [_titled(status) | ({"headers_to_add": headers} if headers else {}) for status in EDGE_STATUSES]
    return {"mappers": mappers, "body_format": _problem("Answered by the edge")}


def _titled(status: HTTPStatus) -> Json:
    """A problem of one status under its own title: Envoy knows only the number."""
    value = {"default_value": status.value, "runtime_key": f"edge_{status.value}"}
    matching = {"status_code_filter": {"comparison": {"op": "EQ", "value": value}}}
    return {"filter": matching, "body_format_override": _problem(status.phrase)}


def _problem(title: str) -> Json:
    issue = {"code": "EDGE", "position": "request", "message": "%RESPONSE_CODE_DETAILS% %LOCAL_REPLY_BODY%"}
    problem = {"type": "about:blank", "title": title, "status": "%RESPONSE_CODE%", "issues": [issue]}
    return {"json_format": problem, "content_type": "application/problem+json"}
