"""To which addresses a webhook may go: public ones, looked at once the name is resolved, before it is connected to.

The address that was looked at is the one that is connected to, so a name that resolves to something else the next
moment (DNS rebinding) leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SITE_LOCAL = ipaddress.ip_network("fec0::/10")
"""Private until RFC 3879, and still where it was set up: Python takes it for global."""
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
"""The last label of what resolvers take for an IPv4 address; no name ends so (WHATWG URL, 3.5)."""


class RefusedAddressError(OSError):
    """A name that leads to an address to which no webhook goes."""


def is_allowed(text: str, *, allows_loopback: bool) -> bool:
    """Say whether a webhook may go to an address: a public one, also where another is wrapped in it."""
    address = _unwrapped(ipaddress.ip_address(text.partition("%")[0]))
    if address.is_loopback:
        return allows_loopback
    return address.is_global and not (address.is_multicast or address.is_reserved or address in _SITE_LOCAL)


def _unwrapped(address: Address) -> Address:
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address


def refused(url: str, *, allows_loopback: bool) -> str:
    """Return what is wrong with a webhook's URL as far as it can be seen from itself, empty where nothing is."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "this is no URL"
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        return "name a host, and neither a user nor a fragment"
    if parts.scheme != "https" and not allows_loopback:
        return "only https is taken"
    return refused_host(host, allows_loopback=allows_loopback)


def refused_host(host: str, *, allows_loopback: bool) -> str:
    """Return what is wrong with a host as far as it can be seen from itself, empty where nothing is."""
    try:
        literal = is_allowed(host, allows_loopback=allows_loopback)
    except ValueError:
        if _NUMBER.fullmatch(host.removesuffix(".").rpartition(".")[2]):
            return "write an IPv4 address as four decimal numbers: 203.0.113.7"
        return ""  # a name: what it leads to is looked at when it is connected to
    return "" if literal else "only public addresses are taken"


class PublicResolver(AbstractResolver):
    """Resolves names, and gives only addresses to which a webhook may go; all of them must be."""

    def __init__(self, *, allows_loopback: bool) -> None:
        self._allows_loopback, self._resolver = allows_loopback, ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name.

        Raises:
            RefusedAddressError: one of them is not public.
        """
        found = await self._resolver.resolve(host, port, family)
        if not all(is_allowed(one["host"], allows_loopback=self._allows_loopback) for one in found):
            raise RefusedAddressError(f"{host} leads to an address that is not public")
        return found

    async def close(self) -> None:
        """Nothing is held."""
        await self._resolver.close()
