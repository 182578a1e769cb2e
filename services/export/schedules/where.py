"""Where a schedule's files go: what is kept of it, and what is told once to who makes it."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

from services.export.deliveries import webhook_address
from services.export.deliveries.webhook_signature import PREFIX
from services.export.schedules.asked import List, Sftp, Webhook
from shared.domain.topology import Issue
from shared.runtime.problem import unprocessable
from shared.store.export_jobs import Document


@dataclass(frozen=True, slots=True)
class Offers:
    """What deliveries are offered here.

    Attributes:
        allows_loopback: To this machine too: tests and the demo.
        sftp_public_key: The key with which we come; empty: no SFTP.
    """

    allows_loopback: bool = False
    sftp_public_key: str = ""


IN_PUBLIC = Offers()
"""The pick-up list, and webhooks to public addresses."""


def where_of(asked: List | Webhook | Sftp, offers: Offers) -> tuple[Document, Document]:
    """Return what is kept, with a webhook's new secret, and what is told once.

    Raises:
        ProblemError: 422 for an address to which nothing goes.
    """
    where: Document = asked.model_dump()
    match asked:
        case Webhook():
            problem = webhook_address.refused(asked.url, allows_loopback=offers.allows_loopback)
            if problem:
                raise unprocessable([Issue("WEBHOOK_ADDRESS", "where.url", problem)])
            secret = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
            return {**where, "secret": secret}, {"secret": secret, "public_key": None}
        case Sftp():
            problem = webhook_address.refused_host(asked.host, allows_loopback=offers.allows_loopback)
            if problem or not offers.sftp_public_key:
                words = problem or "deliveries by SFTP are not offered here"
                raise unprocessable([Issue("SFTP_ADDRESS", "where.host", words)])
            return where, {"secret": None, "public_key": offers.sftp_public_key}
        case List():
            return where, {"secret": None, "public_key": None}
