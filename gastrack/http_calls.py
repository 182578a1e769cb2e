"""HTTP calls of the commands: to the one address, by the caller's certificate, with the standard library."""

from __future__ import annotations

import json
import os
import ssl
import urllib.error
import urllib.request
from typing import Any

from deploy.local import addresses, data_folder, http_question

TIMEOUT_SECONDS = 60.0
CERTIFICATE, KEY, AUTHORITIES = (f"GASTRACK_{name}_FILE" for name in ("CERTIFICATE", "CERTIFICATE_KEY", "AUTHORITIES"))
"""By what a command comes in at the edge of an installation: its certificate, the key, and whom it trusts there."""


def call(url: str, body: bytes | None = None, content_type: str = "application/json") -> tuple[int, Any]:
    """Return status and JSON answer; status 0 where nobody answers, or the caller's files cannot be read."""
    request = urllib.request.Request(url, body, {"Content-Type": content_type})  # noqa: S310 - the address is the user's own
    try:
        context = _context(url)
    except OSError as fault:
        return 0, {"title": f"{CERTIFICATE}, {KEY} or {AUTHORITIES}: {fault}"}
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=context) as answer:  # noqa: S310 - as above
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _json_or_text(error.read())
    except urllib.error.URLError as error:
        return 0, {"title": f"nobody answers at {url}: {error.reason}"}
    except OSError as error:  # such as that a certificate is asked for, which with TLS 1.3 comes in place of the answer
        return 0, {"title": f"nobody answers at {url}: {error}"}


def _context(url: str) -> ssl.SSLContext | None:
    """Return the TLS of the demo that runs here, where it wants a certificate and is who is asked; else what is told.

    Raises:
        OSError: a file that the environment names cannot be read, or holds something else.
    """
    demo = addresses.read(data_folder.chosen_folder())
    if demo is not None and demo.certificate and url.startswith(f"{demo.http}/"):
        return http_question.client_context(demo.authority, demo.certificate, demo.certificate_key)
    return _told() if url.startswith("https:") else None


def _told() -> ssl.SSLContext:
    """Return the TLS that the environment tells; without a word of it whom the system trusts, and no certificate."""
    context = ssl.create_default_context(cafile=os.environ.get(AUTHORITIES) or None)
    if certificate := os.environ.get(CERTIFICATE):
        context.load_cert_chain(certificate, os.environ.get(KEY) or None)
    return context


def _json_or_text(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return {"title": body.decode(errors="replace")[:200]}
