"""Why somebody who shows a certificate is not let in: the closed list, and what he is told to do about it."""

from __future__ import annotations

from shared.domain.reason import Code


class Refusal(Code):
    """Reasons at the door; `meaning` is what the one who is refused is told."""

    CERTIFICATE_UNKNOWN = (
        "CERTIFICATE_UNKNOWN",
        "The certificate's key is not registered: apply for access, or use the certificate that is registered.",
    )
    CERTIFICATE_REVOKED = (
        "CERTIFICATE_REVOKED",
        "The certificate was revoked: ask your company's administrator, or apply with another one.",
    )
    CERTIFICATE_EXPIRED = "CERTIFICATE_EXPIRED", "The certificate has expired: apply with another one."
    CERTIFICATE_NOT_YET_VALID = "CERTIFICATE_NOT_YET_VALID", "The certificate is not valid yet: use the one before it."
    ACCESS_ENDED = "ACCESS_ENDED", "Access ended with its agreement, or was taken back: ask the commercial department."


class NotAdmittedError(Exception):
    """Somebody shows a certificate, and is not let in with it; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
