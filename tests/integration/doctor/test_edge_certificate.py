"""The certificate that the edge shows is looked at, whoever signed it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.authority import FOR_SERVERS, Period, founded, issued
from deploy.local.ports import LOOPBACK, free_ports
from gastrack.doctor.certificates import examine
from gastrack.doctor.finding import Area, Examination

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@asynccontextmanager
async def shown(folder: Path, period: Period) -> AsyncIterator[str]:
    """Give the address of a door that shows a certificate of this period."""
    pair = issued(founded("edge", period), "edge", period, FOR_SERVERS, [LOOPBACK])
    file = folder / "edge.pem"
    file.write_bytes(pair.key_pem + pair.certificate_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    async with await asyncio.start_server(lambda _, writer: writer.close(), LOOPBACK, 0, ssl=context) as server:
        yield f"https://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"


async def found_at(address: str) -> list[str]:
    """Return what the doctor finds wrong there."""
    found = Examination()
    await asyncio.to_thread(examine, found, {}, address)
    assert Area.CERTIFICATES in found.examined
    return [one.wrong for one in found.findings]


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [(-3 * DAY, -HOUR, "ended on"), (HOUR, 90 * DAY, "begins on"), (-DAY, 7 * DAY + HOUR, "ends in 7 days")],
)
async def test_a_certificate_that_is_not_good_is_told(
    tmp_path: Path, begin: timedelta, end: timedelta, words: str
) -> None:
    """It ended, has not begun, or will end soon."""
    now = datetime.now(UTC)
    async with shown(tmp_path, Period(now + begin, now + end)) as address:
        (told,) = await found_at(address)
    assert words in told


async def test_a_good_certificate_and_a_plain_address_have_no_finding(tmp_path: Path) -> None:
    """There is nothing to be looked at behind http."""
    now = datetime.now(UTC)
    async with shown(tmp_path, Period(now - DAY, now + 90 * DAY)) as address:
        assert await found_at(address) == []
    assert await found_at("http://127.0.0.1:1") == []


async def test_a_door_where_nobody_is_is_told() -> None:
    """The address may be wrong, or the edge may not run."""
    (told,) = await found_at(f"https://{LOOPBACK}:{free_ports(1)[0]}")
    assert "shows no certificate" in told
