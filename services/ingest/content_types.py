"""What kinds of body the doors take: what says it is something else is refused before it is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import Request

from shared.domain.topology import Issue
from shared.runtime.problem import ProblemError

JSON_TYPES = ("application/json",)
FILE_TYPES = ("text/csv", "text/plain", "application/octet-stream", "multipart/form-data")
_WINDOWS_CSV = "application/vnd.ms-excel"
"""What a browser on Windows calls a csv file."""
_UNSAID = ("", "application/x-www-form-urlencoded")
"""Nothing was said, or what curl says of any body when it was told nothing."""


def takes(offered: tuple[str, ...]) -> Callable[[Request], Awaitable[None]]:
    """Return a dependency that refuses a body of another kind: 415; a body of no kind is taken by its content."""

    async def refuse_others(request: Request) -> None:
        said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if said not in (*offered, *_UNSAID) and not (said.endswith("+json") and offered is JSON_TYPES):
            text = f"{said[:100]!r} is not taken here: send {', '.join(offered)}"
            issue = Issue("CONTENT_TYPE", "content-type", text)
            raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, [issue])

    return refuse_others


TAKES_JSON, TAKES_FILES = takes(JSON_TYPES), takes((*FILE_TYPES, _WINDOWS_CSV))
