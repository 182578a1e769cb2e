"""What every answer tells browsers, so that no other site gets at what is read or does something in a reader's name."""

from __future__ import annotations

from types import MappingProxyType

SAFE_EVERYWHERE = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
)
"""No guessing of types, no addresses told to others, no embedding by them, nothing of the device."""
NOTHING_ALLOWED = "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of what is no page: data that somebody opens in a browser runs and loads nothing."""
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""The policy of pages: our own files alone, nothing inline, in nobody's frame."""
TLS_ONLY = "max-age=31536000; includeSubDomains"
"""Told at the TLS door: a browser never comes here without TLS again, for a year."""
