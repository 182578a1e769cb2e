"""HTTP calls of the commands: to the one address, with the standard library."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from typing import Any

from deploy.local import addresses, data_folder, http_question

TIMEOUT_SECONDS = 60.0


def call(url: str, body: bytes | None = None, content_type: str = "application/json") -> tuple[int, Any]:
    """Return status and JSON answer; status 0 where nobody answers."""
    request = urllib.request.Request(url, body, {"Content-Type": content_type})  # noqa: S310 - the address is the user's own
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=_context(url)) as answer:  # noqa: S310 - as above
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _json_or_text(error.read())
    except urllib.error.URLError as error:
        return 0, {"title": f"nobody answers at {url}: {error.reason}"}


def _context(url: str) -> ssl.SSLContext | None:
    """Return the TLS of the demo that runs here, where it requires a certificate and is who is asked."""
    demo = addresses.read(data_folder.chosen_folder())
    if demo is None or not demo.certificate or not url.startswith(f"{demo.http}/"):
        return None
    return http_question.client_context(demo.authority, demo.certificate, demo.certificate_key)


def _json_or_text(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return {"title": body.decode(errors="replace")[:200]}
