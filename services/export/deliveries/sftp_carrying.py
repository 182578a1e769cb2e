"""Deliveries by SFTP: the file under its own name in a folder of the receiver, whole or not there.

We come with one key of ours, which the receiver lets in; he says his host key, and only that one is believed. Nothing
of the machine's own SSH settings is read.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from services.export.deliveries.carrying import Carried, Parcel, Taken
from services.export.deliveries.webhook_address import PublicResolver
from shared.domain.topology import Issue
from shared.store.export_jobs import Document
from shared.store.results import ResultsAwayError

if TYPE_CHECKING:
    import asyncssh

CONNECT_SECONDS = 15.0
TRY_SECONDS = 1_500.0
"""400 MB, some 2.6 million rows as csv, at 300 kB a second."""


class SftpCarrier:
    """Puts files on servers of receivers."""

    lease_seconds = TRY_SECONDS + 60

    def __init__(self, key_file: Path, *, allows_loopback: bool) -> None:
        """Raises SystemExit where the extra `sftp` is not installed or the key cannot be read."""
        try:
            import asyncssh  # noqa: PLC0415 - heavy, and only where it is asked for
        except ImportError:
            raise SystemExit("deliveries by SFTP need the extra `sftp`: install gastrack[sftp]") from None
        self._ssh = asyncssh
        try:
            self._key = asyncssh.read_private_key(key_file)
        except (OSError, asyncssh.KeyImportError) as fault:
            raise SystemExit(f"GASTRACK_EXPORT_SFTP_KEY: {fault}") from None
        self._allows_loopback = allows_loopback

    @property
    def public_key(self) -> str:
        """The key that receivers let in, as OpenSSH writes it."""
        return self._key.export_public_key().decode().strip()

    async def carry(self, where: Document, parcel: Parcel, now: datetime) -> Carried:  # noqa: ARG002 - as all carriers
        """Put a file beside its place, then in its place in one step."""
        faults = (OSError, self._ssh.Error, TimeoutError, ValueError, ResultsAwayError)
        try:
            async with self._connected(where) as sftp:
                await self._put(sftp, where["folder"], parcel)
        except faults as fault:
            words = f"{type(fault).__name__}: {fault}"[:200]
            return Carried(Taken.REFUSED, Issue("SFTP_REFUSED", "where", words))
        return Carried(Taken.TAKEN)

    @asynccontextmanager
    async def _connected(self, where: Document) -> AsyncIterator[asyncssh.SFTPClient]:
        # The address that was looked at is the one that is connected to.
        resolver = PublicResolver(allows_loopback=self._allows_loopback)
        address = (await resolver.resolve(where["host"], where["port"], socket.AF_UNSPEC))[0]["host"]
        trusted = self._ssh.import_public_key(where["host_key"])
        connecting = self._ssh.connect(
            address,
            where["port"],
            username=where["user"],
            client_keys=[self._key],
            known_hosts=([trusted], [], []),
            preferred_auth="publickey",
            agent_path=None,
            config=None,
            connect_timeout=CONNECT_SECONDS,
            keepalive_interval=CONNECT_SECONDS,
        )
        async with connecting as connection, connection.start_sftp_client() as sftp:
            yield sftp

    async def _put(self, sftp: asyncssh.SFTPClient, folder: str, parcel: Parcel) -> None:
        place = f"{folder.rstrip('/')}/{parcel.file_name}" if folder else parcel.file_name
        draft = f"{place}.{parcel.told['number']}.part"
        async with sftp.open(draft, "wb") as file:
            async for block in parcel.blocks():
                await file.write(block)
        await sftp.posix_rename(draft, place)
