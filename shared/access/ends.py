"""When somebody's access ends by itself: with his last certificate, and with the agreement under which he has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shared.access.certificates.expiry import last_key
from shared.access.client import Client
from shared.access.company import Company


@dataclass(frozen=True, slots=True)
class Ends:
    """The last second of his last certificate, and the gas day on which the agreement holds no more; None: no end."""

    certificate: datetime | None = None
    agreement: date | None = None


NO_END = Ends()


def ends_of(client: Client, company: Company | None) -> Ends:
    """Return when a client's access ends, as the register stands; no agreement bounds staff, who are of no company."""
    key = last_key(client)
    agreement = None if company is None else company.agreement(client.agreement)
    return Ends(None if key is None else key.not_after, None if agreement is None else agreement.end)
