"""Clients of the register, users and programs alike, and the keys by which they are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shared.access.company import Company
from shared.access.refusal import Refusal
from shared.access.roles import Role


@dataclass(frozen=True, slots=True)
class Key:
    """A registered key: SHA-256 of the public key (DER SubjectPublicKeyInfo, hex), and for how long it is good.

    `not_after` is the last second of the certificate's life.
    """

    fingerprint: str
    not_before: datetime
    not_after: datetime
    registered_at: datetime
    revoked_at: datetime | None = None

    def refusal(self, now: datetime) -> Refusal | None:
        """Return why somebody with this key is not let in at a moment; None: he is."""
        if self.revoked_at is not None:
            return Refusal.CERTIFICATE_REVOKED
        if now < self.not_before:
            return Refusal.CERTIFICATE_NOT_YET_VALID
        return Refusal.CERTIFICATE_EXPIRED if now > self.not_after else None

    def is_in_use(self, now: datetime) -> bool:
        """Say whether it opens something, at a moment or later: neither revoked nor expired."""
        return self.revoked_at is None and now <= self.not_after


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who may come in: a user or a program of a company, a gateway, or staff of the grid (company "")."""

    id: str
    company: str
    roles: frozenset[Role]
    agreement: str = ""
    keys: tuple[Key, ...] = ()
    stations: frozenset[str] = frozenset()
    ended_at: datetime | None = None

    @property
    def is_staff(self) -> bool:
        """Say whether he works for the grid's operator: then no agreement bounds him."""
        return not self.company

    def key(self, fingerprint: str) -> Key | None:
        """Return one of his keys, None where it is not his."""
        return next((key for key in self.keys if key.fingerprint == fingerprint), None)

    def keys_in_use(self, now: datetime) -> tuple[Key, ...]:
        """Return the keys that open something, at a moment or later."""
        return tuple(key for key in self.keys if key.is_in_use(now))

    def has_access(self, company: Company | None, today: date) -> bool:
        """Say whether he has access on a gas day, whatever his key: neither ended nor without an agreement in force."""
        if self.ended_at is not None:
            return False
        return self.is_staff or (company is not None and company.has_in_force(self.agreement, today))
