"""Why a certificate is revoked, or an access ended: one of a few words, which name nobody and so stand in the chain."""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """The reason that whoever takes access away gives."""

    KEY_EXPOSED = "key_exposed"
    """Somebody else may have the key."""
    LEFT = "left"
    """The person, or the program, does this work no more."""
    REPLACED = "replaced"
    """Another certificate took its place."""
    MISUSED = "misused"
    """It was used for what was not agreed."""
    OTHER = "other"
