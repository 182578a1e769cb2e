"""Signatures of webhooks, as Standard Webhooks 1.0 writes them: HMAC-SHA-256 over id, time and body. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac

PREFIX = "whsec_"


def signed_headers(secret: str, message: str, moment_s: int, body: bytes) -> dict[str, str]:
    """Return the headers of a message.

    Args:
        secret: The key, `whsec_` and base64.
        message: The message's id: the same one whenever it is sent again, so that the receiver knows it.
        moment_s: When it is sent, in seconds since 1970; a receiver refuses what is too old.
        body: Exactly the bytes that are sent.
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signature = hmac.digest(key, f"{message}.{moment_s}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": message,
        "webhook-timestamp": str(moment_s),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
