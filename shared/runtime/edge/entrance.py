"""How a service is entered, built from its settings: who is let in, how often, and who acts while nobody is there."""

from __future__ import annotations

from dataclasses import dataclass

from shared.access.caller import Caller, demo_caller
from shared.runtime.door import Admission, open_door
from shared.runtime.edge.admission import EdgeAdmission
from shared.runtime.edge.door_secrets import read_secrets
from shared.runtime.edge.tokens import AccessTokens
from shared.runtime.http_state import Clock, utc_now
from shared.runtime.mongo import Database
from shared.runtime.rate_limits import RateLimits
from shared.runtime.settings import HttpSettings
from shared.store.access.register import ClientRegister


@dataclass(frozen=True, slots=True)
class Entrance:
    """The door of a service; `register` is None where everybody is the demo's caller."""

    admit: Admission
    limits: RateLimits
    register: ClientRegister | None
    demo_identity: str = ""
    """Who everybody is at the demo's door, "" where there is none."""

    async def caller_named(self, identity: str) -> Caller:
        """Return what somebody may do now, for work that goes on without him; nothing if he may not come in any more.

        Raises:
            PyMongoError: the store does not answer.
        """
        if self.register is None or (self.demo_identity and identity == self.demo_identity):
            return demo_caller(identity)
        return await self.register.caller_named(identity)


def entrance(settings: HttpSettings, database: Database, now: Clock = utc_now) -> Entrance:
    """Return the entrance that settings describe: open to everybody on this machine where no secret is named."""
    limits = RateLimits(
        settings.requests_per_minute,
        settings.open_requests_per_minute,
        (settings.demo_identity, settings.demo_requests_per_minute),
    )
    secrets = read_secrets(settings.edge_secret_file, settings.demo_secret_file)
    if secrets.edge is None and secrets.demo is None:
        return Entrance(open_door(settings.demo_identity), limits, None, settings.demo_identity)
    register = ClientRegister(database, now)
    tokens = AccessTokens(settings.issuer, database, now) if settings.issuer else None
    demo = settings.demo_identity if secrets.demo is not None else ""
    admit = EdgeAdmission(secrets, register, demo_caller(demo), tokens)
    return Entrance(admit, limits, register, demo)
