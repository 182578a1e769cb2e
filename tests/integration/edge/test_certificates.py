"""Whom the edge lets in: certificates are asked for, and what is shown must verify."""

from __future__ import annotations

import re
import ssl
import urllib.parse

import pytest
from cryptography import x509

from tests.integration.edge.papers import WRONG
from tests.integration.edge.proxies import SECRET, Proxy
from tests.integration.edge.speaking import NOTHING, Answer, answer, ask, ask_h2, connected, context, head
from tests.integration.edge.upstream import Upstream

REFUSED = {
    "expired": "CERTIFICATE_EXPIRED",
    "not-yet-valid": "CERTIFICATE_NOT_YET_VALID",
    "revoked": "CERTIFICATE_REVOKED",
}
"""The codes of nginx, which answers; Envoy ends the handshake. Any other reason is CERTIFICATE_NOT_TRUSTED."""


def certificates(got: Answer) -> list[x509.Certificate]:
    """Return the certificates that a service was told of."""
    found = [value for told in got.told("x-forwarded-client-cert") for value in re.findall(r'Cert="([^"]*)"', told)]
    return [x509.load_pem_x509_certificate(urllib.parse.unquote(text).encode()) for text in found]


def assert_refused(proxy: Proxy, got: Answer, showing: str) -> None:
    """Envoy ends the handshake; nginx answers with a problem."""
    if proxy.kind == "envoy":
        assert got == NOTHING
        return
    assert (got.status, got.headers["content-type"]) == (403, "application/problem+json")
    assert got.codes == [REFUSED.get(showing, "CERTIFICATE_NOT_TRUSTED")]
    assert (got.json["title"], got.json["status"]) == ("Forbidden", 403)


@pytest.mark.parametrize("over", ["http/1.1", "h2"])
def test_a_good_certificate_is_told_to_the_service(edge: Proxy, over: str) -> None:
    """Whole, in one element, beside the secret and the address of the peer."""
    got = ask(edge, papers="good") if over == "http/1.1" else ask_h2(edge, "good", [])
    shown = x509.load_pem_x509_certificate(edge.papers.certificate("good").read_bytes())
    assert got.status == 200
    assert certificates(got) == [shown]
    assert "," not in got.told("x-forwarded-client-cert")[0]
    assert got.told("x-gastrack-edge") == [SECRET]
    assert got.told("x-forwarded-for") == ["127.0.0.1"]
    assert got.told("x-forwarded-proto") == ["https"]
    assert got.told("host") == ["grid.example"]


@pytest.mark.parametrize("over", ["http/1.1", "h2"])
def test_without_a_certificate_none_is_told(edge: Proxy, over: str) -> None:
    """The service decides what is open to everybody."""
    got = ask(edge) if over == "http/1.1" else ask_h2(edge, None, [])
    assert got.status == 200
    assert got.told("x-forwarded-client-cert") == []
    assert got.told("x-gastrack-edge") == [SECRET]


@pytest.mark.parametrize("over", ["http/1.1", "h2"])
@pytest.mark.parametrize("showing", WRONG)
def test_a_wrong_certificate_is_refused(edge: Proxy, services: dict[str, Upstream], showing: str, over: str) -> None:
    """No service sees the request."""
    before = len(services["query"].seen)
    got = ask(edge, papers=showing) if over == "http/1.1" else ask_h2(edge, showing, [])
    assert_refused(edge, got, showing)
    assert len(services["query"].seen) == before


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("showing", ["good", *WRONG])
def test_in_each_version_of_tls(edge: Proxy, version: ssl.TLSVersion, showing: str) -> None:
    """A certificate is shown in another place of the handshake, and judged alike."""
    client = context(edge, showing)
    client.minimum_version = client.maximum_version = version
    try:
        with connected(edge, client) as connection:
            connection.sendall(head("GET", "/v1/lines"))
            got = answer(connection)
    except (ssl.SSLError, ConnectionError):
        got = NOTHING
    if showing == "good":
        assert len(certificates(got)) == 1
    else:
        assert_refused(edge, got, showing)


@pytest.mark.parametrize(
    ("version", "ciphers"),
    [
        (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0"),
        (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"),
        (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0"),
    ],
    ids=["TLS 1.1", "CBC with SHA-1", "CBC with SHA-256"],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_old_ways_of_tls_are_refused(edge: Proxy, version: ssl.TLSVersion, ciphers: str) -> None:
    """Whoever speaks nothing better does not get in."""
    client = context(edge, "good")
    client.set_ciphers(ciphers)
    client.minimum_version = client.maximum_version = version
    with pytest.raises((ssl.SSLError, ConnectionError)):
        connected(edge, client)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_no_session_is_resumed(edge: Proxy, version: ssl.TLSVersion) -> None:
    """Every connection shows its certificate anew."""
    client = context(edge, "good")
    client.minimum_version = client.maximum_version = version
    with connected(edge, client) as first:
        first.sendall(head("GET", "/v1/lines"))
        answer(first)
        session = first.session
    with connected(edge, client, session) as second:
        assert not second.session_reused


def test_where_one_is_demanded_nobody_comes_without(strict_edge: Proxy) -> None:
    """With a good one as everywhere."""
    got = ask(strict_edge)
    if strict_edge.kind == "envoy":
        assert got == NOTHING
    else:
        assert (got.status, got.codes) == (401, ["NO_CERTIFICATE"])
    assert len(certificates(ask(strict_edge, papers="good"))) == 1


@pytest.mark.parametrize("showing", ["revoked", "expired", "foreign"])
def test_revoked_by_the_authoritys_own_list(strict_edge: Proxy, showing: str) -> None:
    """Where the edge is given one; the other reasons hold as before."""
    assert_refused(strict_edge, ask(strict_edge, papers=showing), showing)


def test_an_open_connection_goes_on_telling(edge: Proxy) -> None:
    """Each request on it carries the certificate of the handshake, whatever the one before it said."""
    forged = [("x-forwarded-client-cert", "forged"), ("x-gastrack-edge", "forged")]
    with connected(edge, context(edge, "good")) as connection:
        for fields in (forged, [], forged, []):
            connection.sendall(head("GET", "/v1/lines", fields))
            got = answer(connection)
            assert len(certificates(got)) == 1
            assert got.told("x-gastrack-edge") == [SECRET]
