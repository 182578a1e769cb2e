"""To which addresses a webhook may go."""

from __future__ import annotations

import pytest

from services.export.deliveries.webhook_address import (
    PublicResolver,
    RefusedAddressError,
    is_allowed,
    refused,
    refused_host,
)

PRIVATE = [
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - an address that is refused
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "2002:a00:1::",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused(address: str) -> None:
    """In every disguise, also where loopback is allowed."""
    assert not is_allowed(address, allows_loopback=False)
    assert not is_allowed(address, allows_loopback=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_loopback_is_for_tests_and_the_demo(address: str) -> None:
    """Only where a setting says so."""
    assert not is_allowed(address, allows_loopback=False)
    assert is_allowed(address, allows_loopback=True)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_public_addresses_are_taken(address: str) -> None:
    """Of both families."""
    assert is_allowed(address, allows_loopback=False)


@pytest.mark.parametrize("url", ["https://example.org/x", "https://example.org:8443/?a=b", "https://1.1.1.1/"])
def test_good_urls(url: str) -> None:
    """By https, with a name or a public address."""
    assert refused(url, allows_loopback=False) == ""


@pytest.mark.parametrize(
    "url", ["http://example.org/", "https:///x", "https://h:99999/", "https://h/#x", "https://[::1"]
)
def test_bad_urls(url: str) -> None:
    """With words that say what is wrong."""
    assert refused(url, allows_loopback=False)


@pytest.mark.parametrize(
    "host", ["2130706433", "127.1", "0177.0.0.1", "0x7f000001", "10.0.0.0X1", "127.0.0.1.", "1.1.1.1.", "1.1.1.256"]
)
def test_addresses_in_other_spellings_are_refused_when_they_are_said(host: str) -> None:
    """Resolvers make addresses of them, and what connects must not: they are told how to write one."""
    assert "203.0.113.7" in refused_host(host, allows_loopback=False)
    assert "203.0.113.7" in refused(f"https://{host}:8443/x", allows_loopback=True)


@pytest.mark.parametrize("host", ["example.org", "1.example.org.", "0x1.example", "7-eleven", "example.x0"])
def test_names_with_digits_are_names(host: str) -> None:
    """Only a last label that is a number makes an address."""
    assert refused_host(host, allows_loopback=False) == ""


async def test_a_name_that_leads_to_this_machine_is_refused() -> None:
    """All addresses of a name must be public; numbers in other spellings are names here, and looked at as such."""
    for name in ("localhost", "0x7f000001", "2130706433"):
        with pytest.raises(OSError, match=r"public|Name or service|not known") as fault:
            await PublicResolver(allows_loopback=False).resolve(name, 443)
        assert name != "localhost" or isinstance(fault.value, RefusedAddressError)
    assert await PublicResolver(allows_loopback=True).resolve("localhost", 443)
