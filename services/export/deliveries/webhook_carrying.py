"""Deliveries by webhook: a signed POST that tells where the file is; the receiver fetches it with its own rights."""

from __future__ import annotations

from datetime import datetime

import aiohttp
import orjson

from services.export.deliveries.carrying import Carried, Parcel, Taken
from services.export.deliveries.webhook_address import PublicResolver, refused
from services.export.deliveries.webhook_signature import signed_headers
from shared.domain.instants import instant
from shared.domain.topology import Issue
from shared.store.export_jobs import Document

TRY_SECONDS = 10.0
"""For all of a try; a receiver answers at once and works afterwards."""
_GONE = 410
_GOOD = range(200, 300)


class WebhookCarrier:
    """Posts to receivers; no redirect is followed, no proxy used, and no answer read."""

    lease_seconds = TRY_SECONDS + 50

    def __init__(self, *, allows_loopback: bool) -> None:
        self._allows_loopback = allows_loopback

    async def carry(self, where: Document, parcel: Parcel, now: datetime) -> Carried:
        """Post a delivery."""
        problem = refused(where["url"], allows_loopback=self._allows_loopback)
        if problem:
            return _refused(problem)
        moment_s = int(now.timestamp())
        body = orjson.dumps({"type": "delivery.ready", "timestamp": instant(moment_s * 1000), "data": parcel.told})
        headers = {"Content-Type": "application/json", "User-Agent": "Gastrack"}
        headers |= signed_headers(where["secret"], parcel.told["id"], moment_s, body)
        try:
            return _of(await self._post(where["url"], body, headers))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as fault:
            return _refused(f"{type(fault).__name__}: {fault.__cause__ or fault}"[:200])

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        resolver = PublicResolver(allows_loopback=self._allows_loopback)
        connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True)
        timeout = aiohttp.ClientTimeout(total=TRY_SECONDS)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status


def _of(status: int) -> Carried:
    if status in _GOOD:
        return Carried(Taken.TAKEN)
    if status == _GONE:
        issue = Issue("WEBHOOK_GONE", "where.url", "the receiver answered 410: nothing more is sent there")
        return Carried(Taken.GONE, issue)
    return _refused(f"the receiver answered {status}")


def _refused(words: str) -> Carried:
    return Carried(Taken.REFUSED, Issue("WEBHOOK_REFUSED", "where.url", words))
