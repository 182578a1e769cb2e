"""What nginx answers by itself, as RFC 9457 problem details like those of the services."""

from __future__ import annotations

import json
from http import HTTPStatus

STATUSES = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.REQUEST_URI_TOO_LONG,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.NOT_IMPLEMENTED,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
)
OWN = {  # numbers that only nginx knows, and what is said instead
    494: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    497: HTTPStatus.BAD_REQUEST,  # http to the port of https
}
NOT_VERIFIED, NOT_SHOWN = 495, 496
REASONS = {  # what OpenSSL says, and the code that a service gives for it
    "expired": "CERTIFICATE_EXPIRED",
    "not yet valid": "CERTIFICATE_NOT_YET_VALID",
    "certificate revoked": "CERTIFICATE_REVOKED",
}
PROBLEM, CERTIFICATE, NONE = "/.edge/problem", "/.edge/certificate", "/.edge/none"


def maps() -> str:
    """Return the maps that the answers are written with."""
    statuses = sorted({*STATUSES, *OWN.values()})
    titles = "".join(f'    {status.value} "{status.phrase}";\n' for status in statuses)
    codes = "".join(f'    "~{reason}" {code};\n' for reason, code in REASONS.items())
    return (
        f'map $status $gastrack_title {{\n{titles}    default "Answered by the edge";\n}}\n'
        f"map $ssl_client_verify $gastrack_refusal {{\n{codes}    default CERTIFICATE_NOT_TRUSTED;\n}}\n"
    )


def pages() -> list[str]:
    """Return which answer belongs to which status."""
    alike = " ".join(str(status.value) for status in STATUSES)
    own = [f"error_page {number} ={status.value} {PROBLEM};" for number, status in OWN.items()]
    return [
        f"error_page {alike} {PROBLEM};",
        *own,
        f"error_page {NOT_VERIFIED} ={HTTPStatus.FORBIDDEN.value} {CERTIFICATE};",
        f"error_page {NOT_SHOWN} ={HTTPStatus.UNAUTHORIZED.value} {NONE};",
    ]


def locations() -> str:
    """Return the answers; without headers of their own, for then they would inherit none of the server's."""
    refused = "the certificate does not verify: $ssl_client_verify"
    return (
        _location(PROBLEM, _problem("EDGE", "answered by the edge"))
        + _location(CERTIFICATE, _problem("$gastrack_refusal", refused))
        + _location(NONE, _problem("NO_CERTIFICATE", "show a client certificate"))
    )


def _location(path: str, problem: str) -> str:
    lines = ["internal;", "default_type application/problem+json;", f"return 200 '{problem}';"]
    return f"location = {path} {{\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


def _problem(code: str, message: str) -> str:
    issue = {"code": code, "position": "request", "message": message}
    text = json.dumps({"type": "about:blank", "title": "$gastrack_title", "status": 0, "issues": [issue]})
    return text.replace('"status": 0', '"status": $status')
