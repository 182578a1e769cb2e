"""The secrets by which a service knows its edge: one of the TLS door, one of the demo's plain door."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

LEAST_BYTES = 32
"""Of a secret: as many random bytes in hex, or more in base64, cannot be guessed."""


class DoorUsed(Enum):
    """By which door of the edge a request came."""

    TLS = "tls"
    DEMO = "demo"


class DoorSecretError(ValueError):
    """A file that a setting names holds no secret for a door; what it holds is not told."""


@dataclass(frozen=True, slots=True)
class DoorSecrets:
    """Both secrets; None where there is no such door."""

    edge: bytes | None
    demo: bytes | None

    def __repr__(self) -> str:
        return "DoorSecrets(...)"

    def door_of(self, told: bytes) -> DoorUsed | None:
        """Return which door's secret this is, None where it is none; the comparison takes as long whatever it says."""
        is_edge = self.edge is not None and hmac.compare_digest(told, self.edge)
        is_demo = self.demo is not None and hmac.compare_digest(told, self.demo)
        if is_edge:
            return DoorUsed.TLS
        return DoorUsed.DEMO if is_demo else None


def read_secrets(edge: Path | None, demo: Path | None) -> DoorSecrets:
    """Read the secrets that files hold.

    Raises:
        DoorSecretError: a file cannot be read or holds too little, or both hold the same.
    """
    secrets = DoorSecrets(_read(edge), _read(demo))
    if secrets.edge is not None and secrets.edge == secrets.demo:
        raise DoorSecretError(f"{demo}: holds the same secret as {edge}; each door has its own")
    return secrets


def _read(file: Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        secret = file.read_bytes().strip()
    except OSError as fault:
        raise DoorSecretError(f"{file}: cannot be read ({type(fault).__name__})") from None
    if len(secret) < LEAST_BYTES or not all(0x21 <= byte <= 0x7E for byte in secret):
        raise DoorSecretError(f"{file}: holds no secret of at least {LEAST_BYTES} printable characters on one line")
    return secret
