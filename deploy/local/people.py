"""The people of the demo, and what each of them comes with: one per role, so that every part can be tried."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from shared.access.roles import Role

PEOPLE = {
    "downloader": Role.DOWNLOADER,
    "administrator": Role.ADMINISTRATOR,
    "commercial": Role.COMMERCIAL,
    "security": Role.SECURITY,
    "auditor": Role.AUDITOR,
    "operator": Role.OPERATOR,
    "gateway": Role.GATEWAY,
}
"""Name, which is the name of the files too, and role."""
NEWCOMER = "downloader"
"""As whom the demo's example comes."""
DEMO_ITSELF = "operator"
"""As whom the demo's own commands come where a certificate is required."""


@dataclass(frozen=True)
class Person:
    """Somebody with a certificate of the demo's authority."""

    name: str
    role: Role
    certificate: x509.Certificate


def registered_people(certificates: Path) -> list[Person]:
    """Return who is to stand in the register of access, from the folder of the demo's certificates."""
    return [
        Person(name, role, x509.load_pem_x509_certificate((certificates / f"{name}.pem").read_bytes()))
        for name, role in PEOPLE.items()
    ]
