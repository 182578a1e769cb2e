"""Who comes with which key, and what he may do now: for the door, which asks on every request.

What was found is kept as long as nothing moves that it depends on (`looking.py`), so a request costs no question to the
store. Rights that say the same are one object, and so are equal gas days: a thousand clients cost little.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.access.caller import Caller, Rights
from shared.access.client import Client
from shared.access.refusal import NotAdmittedError, Refusal
from shared.runtime.http_state import Clock
from shared.runtime.mongo import Database
from shared.store.access.looking import Looking, Standing, in_time
from shared.store.access.resolving import Resolved, Resolving

MOST_RIGHTS_SHARED = 10_000
"""Different rights of which one object is kept for all who have them: ten times the clients of a large grid."""


@dataclass(frozen=True, slots=True)
class Known:
    """A client as he stands: whether he has access whatever his key, and as whom he then acts."""

    standing: Standing
    client: Client
    has_access: bool
    caller: Caller

    def refusal(self, fingerprint: str, now: datetime) -> Refusal | None:
        """Return why he is not let in with a key at a moment; None: he is."""
        key = self.client.key(fingerprint)
        if key is None:
            return Refusal.CERTIFICATE_UNKNOWN
        if key.revoked_at is not None:
            return Refusal.CERTIFICATE_REVOKED
        return key.refusal(now) if self.has_access else Refusal.ACCESS_ENDED


class ClientRegister:
    """The register's clients for one process."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._looking, self._resolving, self._now = Looking(database, now), Resolving(database), now
        self._by_key: dict[str, Known] = {}
        self._by_name: dict[str, Known] = {}
        self._rights: dict[str, Rights] = {}
        self._asked: dict[tuple[str, Standing], asyncio.Task[Known | None]] = {}

    async def caller_with_key(self, fingerprint: str) -> Caller:
        """Return who comes with a certificate's key, and what he may do, as of at most a second ago.

        Args:
            fingerprint: SHA-256 of the certificate's public key (DER SubjectPublicKeyInfo), lower-case hex.

        Raises:
            NotAdmittedError: he is not let in with it; tells why.
            PyMongoError: the store does not answer in time: nobody is let in meanwhile.
        """
        standing = await self._looking.standing()
        known = self._by_key.get(fingerprint)
        if known is None or known.standing != standing:
            known = await self._found(standing, fingerprint, lambda: self._resolving.client_with_key(fingerprint))
        refusal = Refusal.CERTIFICATE_UNKNOWN if known is None else known.refusal(fingerprint, self._now())
        if known is None or refusal is not None:
            raise NotAdmittedError(refusal or Refusal.CERTIFICATE_UNKNOWN)
        return known.caller

    async def caller_named(self, identity: str) -> Caller:
        """Return a client by his id, for work that goes on without him; without roles and rights if he may not come in.

        Raises:
            PyMongoError: the store does not answer in time.
        """
        standing = await self._looking.standing()
        known = self._by_name.get(identity)
        if known is None or known.standing != standing:
            known = await self._found(standing, identity, lambda: self._resolving.client_named(identity))
        now = self._now()
        if known is None or not any(known.refusal(key.fingerprint, now) is None for key in known.client.keys):
            return Caller(identity)
        return known.caller

    async def _found(self, standing: Standing, asked: str, find: Callable[[], Client | None]) -> Known | None:
        """Find a client anew, once for all who ask for him at the same time."""
        place = asked, standing
        if place not in self._asked:
            self._asked[place] = asyncio.create_task(self._find(standing, find))
            self._asked[place].add_done_callback(lambda _: self._asked.pop(place, None))
        known = await in_time(asyncio.shield(self._asked[place]))
        if known is None:
            self._by_key.pop(asked, None)
            self._by_name.pop(asked, None)
        return known

    async def _find(self, standing: Standing, find: Callable[[], Client | None]) -> Known | None:
        resolved = await asyncio.to_thread(self._resolving.resolved, standing, find)
        if resolved is None:
            return None
        client = resolved.client
        known = Known(standing, client, resolved.has_access, self._caller(resolved))
        self._by_name[client.id] = known
        self._by_key.update((key.fingerprint, known) for key in client.keys)
        return known

    def _caller(self, resolved: Resolved) -> Caller:
        client, rights, _, ends = resolved
        if len(self._rights) > MOST_RIGHTS_SHARED:
            self._rights.clear()
        shared = self._rights.setdefault(rights.digest, rights)
        return Caller(client.id, client.roles, client.company, shared, client.stations, ends)
