"""Whether a certificate was issued by an authority that is trusted here, directly or through others.

An early and readable check for whoever applies. What lets a connection in is the proxy's own verification, and the
registered key. The library's policy for clients of the web is loosened where usual authorities of companies differ:
certificates need no alternative name and no key identifiers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography.x509 import BasicConstraints, Certificate, KeyUsage
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

MOST_BETWEEN = 5
"""Authorities between the certificate and the trusted one; companies have one or two."""


def is_issued(
    certificate: Certificate, between: Sequence[Certificate], trusted: Sequence[Certificate], now: datetime
) -> bool:
    """Say whether a chain leads from a certificate to an authority that is trusted.

    Args:
        certificate: Whose issuer is looked for.
        between: Certificates that came with it, in any order.
        trusted: The authorities that are configured here.
        now: All on the way must be valid at this moment.
    """
    if not trusted:
        return False
    verifier = (
        PolicyBuilder()
        .store(Store(list(trusted)))
        .time(now)
        .max_chain_depth(MOST_BETWEEN)
        .extension_policies(ca_policy=_authorities(), ee_policy=ExtensionPolicy.permit_all())
        .build_client_verifier()
    )
    try:
        verifier.verify(certificate, list(between))
    except VerificationError:
        return False
    return True


def _authorities() -> ExtensionPolicy:
    every = ExtensionPolicy.permit_all()
    marked = every.require_present(BasicConstraints, Criticality.AGNOSTIC, None)
    return marked.may_be_present(KeyUsage, Criticality.AGNOSTIC, _may_sign)


def _may_sign(_: Policy, certificate: Certificate, usage: KeyUsage | None) -> None:
    """Refuse an authority that may not sign certificates; one that says nothing of its usage may."""
    if usage is not None and not usage.key_cert_sign:
        raise ValueError(f"{certificate.subject.rfc4514_string()} may sign no certificates")
