"""Nobody's page but ours changes anything here: a browser shows its certificate to us whoever sent it (CSRF).

Browsers say in `Sec-Fetch-Site` which site a request comes from, older ones in `Origin`; programs say neither. There is
no session and no cookie that opens anything, so this is all that another site could use.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.domain.topology import Issue
from shared.runtime.problem import ProblemError, Refused, refused_as_data

_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
"""No route changes anything by these."""
_OURS = frozenset({"same-origin", "none"})
"""Our own page, or a person who typed it."""


class OtherSites:
    """Refuses what changes something where a browser says that another site asks for it."""

    def __init__(self, app: ASGIApp, refused: Refused = refused_as_data) -> None:
        self._app, self._refused = app, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] in _HARMLESS or not is_from_elsewhere(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        text = "another site asks for this in your browser: do it on our own page, or by a program"
        problem = ProblemError(HTTPStatus.FORBIDDEN, [Issue("OTHER_SITE", "origin", text)])
        await self._refused(scope, problem)(scope, receive, send)


def is_from_elsewhere(headers: Headers) -> bool:
    """Say whether a request was made by a page of another site; each header that is there must say that it was not."""
    sites, origins = headers.getlist("sec-fetch-site"), headers.getlist("origin")
    hosts = headers.getlist("host")
    return not _OURS.issuperset(sites) or any([origin.partition("://")[2]] != hosts for origin in origins)
