"""The Idempotency-Key of an order: what its header says, after the IETF's draft of that name. Pure."""

from __future__ import annotations

import re
from http import HTTPStatus

from shared.domain.topology import Issue
from shared.runtime.problem import ProblemError, unprocessable

MOST_CHARACTERS = 255
_QUOTED = rf'"(?:[ !#-\[\]-~]|\\["\\]){{1,{MOST_CHARACTERS}}}"'
"""A String of Structured Field Values (RFC 9651): printable ASCII, quotes and backslashes escaped."""
_BARE = rf"[!#-+\--:<-\[\]-~]{{1,{MOST_CHARACTERS}}}"
"""What many clients send instead: the same text without its quotes; neither comma nor semicolon, which begin more."""
PATTERN = f"^(?:{_QUOTED}|{_BARE})$"


def key_of(header: str | None) -> str:
    """Return the key that a header gives, empty where there is none; quoted and bare, the same text is the same key.

    Raises:
        ProblemError: 400 where it is no key.
    """
    if header is None:
        return ""
    text = header.strip(" ")
    if not re.fullmatch(PATTERN, text):
        words = (
            f'write it as "8e03978e-40d5-43dd-bc93-6894a57f9324": printable ASCII, 1 to {MOST_CHARACTERS} characters'
        )
        raise ProblemError(HTTPStatus.BAD_REQUEST, [Issue("IDEMPOTENCY_KEY", "idempotency-key", words)])
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text


def other_body() -> ProblemError:
    """Return the 422 of a key that was used for another order."""
    words = "this key was used for another body: take a new key for a new order"
    return unprocessable([Issue("IDEMPOTENCY_KEY_REUSED", "idempotency-key", words)])
