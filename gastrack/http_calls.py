"""HTTP calls of the commands: to the one address, with the standard library."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

TIMEOUT_SECONDS = 60.0


def call(url: str, body: bytes | None = None, content_type: str = "application/json") -> tuple[int, Any]:
    """Return status and JSON answer; status 0 where nobody answers."""
    request = urllib.request.Request(url, body, {"Content-Type": content_type})  # noqa: S310 - the address is the user's own
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - as above
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _json_or_text(error.read())
    except urllib.error.URLError as error:
        return 0, {"title": f"nobody answers at {url}: {error.reason}"}


def _json_or_text(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return {"title": body.decode(errors="replace")[:200]}
