"""How many requests a client may make: a bucket for each, told in RateLimit headers, 429 where it is empty.

The generic cell rate algorithm: of a bucket only the moment is kept at which it is full again. Counted by process: two
processes behind one address let twice as much pass.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from shared.domain.topology import Issue
from shared.runtime.problem import ProblemError

WINDOW_SECONDS = 60
MOST_BUCKETS = 20_000
"""At some 200 bytes each 4 MB. Who falls out begins with a full bucket, which is what he has soon anyway."""
_IPV6_NETWORK_BITS = 64
"""What one household or office has; it may take any address in it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How many requests a minute one client, or one address, may make; it may make them all at once."""

    name: str
    quota: int

    @property
    def header(self) -> bytes:
        """The RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10)."""
        return f'"{self.name}";q={self.quota};w={WINDOW_SECONDS}'.encode()

    @property
    def seconds_each(self) -> float:
        """After how long one request more is possible."""
        return WINDOW_SECONDS / self.quota


@dataclass(frozen=True, slots=True)
class Counted:
    """How a bucket stands after a request: what is left, when it is full again, and when the next one is possible."""

    policy: Policy
    left: int
    full_in_seconds: int
    wait_seconds: int

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """What the answer says of it."""
        told = f'"{self.policy.name}";r={self.left};t={self.full_in_seconds}'.encode()
        return [(b"ratelimit-policy", self.policy.header), (b"ratelimit", told)]

    def problem(self) -> ProblemError:
        """Return the 429 of an empty bucket."""
        text = f"{self.policy.quota} requests a minute, and they are used up: go on after {self.wait_seconds} s"
        retry = {"Retry-After": str(self.wait_seconds)}
        return ProblemError(HTTPStatus.TOO_MANY_REQUESTS, [Issue("TOO_MANY_REQUESTS", "request", text)], retry)


class RateLimits:
    """The buckets of a process: by client; by address where nobody is known; the demo's own is wide."""

    def __init__(
        self,
        client_quota: int,
        address_quota: int,
        demo: tuple[str, int] = ("", 1),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clients, self._addresses = Policy("client", client_quota), Policy("address", address_quota)
        self._demo_identity, self._demo = demo[0], Policy("demo", demo[1])
        self._full_at: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._clock = clock

    def count(self, identity: str, address: str) -> Counted:
        """Count a request of a client, or of an address where nobody is known ("")."""
        if not identity:
            return self._counted(self._addresses, _network(address))
        return self._counted(self._demo if identity == self._demo_identity else self._clients, identity)

    def _counted(self, policy: Policy, who: str) -> Counted:
        now, place = self._clock(), (policy.name, who)
        full_at = max(self._full_at.pop(place, now), now)
        after = full_at + policy.seconds_each
        is_over = after - now > WINDOW_SECONDS + policy.seconds_each / 1_000  # so that sums of fractions do no harm
        self._full_at[place] = full_at if is_over else after
        if len(self._full_at) > MOST_BUCKETS:
            self._full_at.popitem(last=False)
        spent = self._full_at[place] - now
        left = max(0, math.floor((WINDOW_SECONDS - spent) / policy.seconds_each + 0.001))
        wait = max(1, math.ceil(after - now - WINDOW_SECONDS)) if is_over else 0
        return Counted(policy, left, math.ceil(spent), wait)


def _network(address: str) -> str:
    if ":" not in address:
        return address
    try:
        whole = ipaddress.ip_address(address)
    except ValueError:
        return address
    if whole.version == 4:
        return address
    if whole.ipv4_mapped is not None:  # as an edge that listens on both writes it: not one network of all of them
        return str(whole.ipv4_mapped)
    return str(ipaddress.ip_network((whole, _IPV6_NETWORK_BITS), strict=False))
