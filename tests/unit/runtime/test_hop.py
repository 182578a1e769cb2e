"""What the edge says of a request: exactly in its one form, or not at all."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from shared.runtime.edge.door_secrets import DoorSecrets, DoorUsed
from shared.runtime.edge.forwarded import MOST_BYTES, Forwarded
from shared.runtime.edge.hop import Hops
from shared.runtime.problem import ProblemError
from tests.shown import DEMO_SECRET, EDGE_SECRET, a_holder

ANNA, BART = a_holder(), a_holder("bart")
SECRETS = DoorSecrets(EDGE_SECRET.encode(), DEMO_SECRET.encode())
Headers = Sequence[tuple[str, str]]
BY_TLS = ("x-gastrack-edge", EDGE_SECRET)
ENCODED = quote(ANNA.pem, safe="")


def read(*headers: tuple[str, str]) -> str:
    """Return whose certificate was forwarded, or the status and code of the refusal."""
    try:
        hop = Hops(SECRETS).read([(name.encode(), value.encode("latin-1")) for name, value in headers])
    except ProblemError as refused:
        return f"{refused.status.value} {refused.issues[0].code}"
    return hop.shown.fingerprint if hop.shown else hop.door.value


@pytest.mark.parametrize(
    "form",
    [
        f'Cert="{ENCODED}"',
        f'Hash={"a" * 64};Cert="{ENCODED}"',
        f'By=spiffe://gas;Hash={"a" * 64};Cert="{ENCODED}";Subject="CN=anna,O=ACME";URI=;DNS=a.example;DNS=b.example',
        f'cert="{ENCODED}"',
        f'Cert="{quote(ANNA.pem)}"',
    ],
)
def test_the_forms_of_envoy_are_read(form: str) -> None:
    """One element, whatever stands beside the certificate, and however much of it is encoded."""
    assert read(BY_TLS, ("x-forwarded-client-cert", form)) == ANNA.fingerprint


def test_the_certificate_is_named_by_its_key_and_by_itself() -> None:
    """The register knows the key, tokens know the certificate."""
    shown = Forwarded().shown(ANNA.forwarded.encode())
    assert (shown.fingerprint, shown.thumbprint) == (ANNA.fingerprint, ANNA.thumbprint)


NO_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
FORGED = {
    "empty": "",
    "no form": "anna",
    "bare PEM": ANNA.pem.decode().replace("\n", " "),
    "encoded without quotes": f"Cert={ENCODED}",
    "two elements": f'Cert="{ENCODED}",Cert="{quote(BART.pem, safe="")}"',
    "an element in front": f'Hash={"a" * 64},Cert="{ENCODED}"',
    "two certificates in one element": f'Cert="{ENCODED}";Cert="{quote(BART.pem, safe="")}"',
    "two certificates in one value": f'Cert="{quote(ANNA.pem + BART.pem, safe="")}"',
    "a private key beside it": f'Cert="{quote(ANNA.pem + ANNA.private_pem, safe="")}"',
    "no certificate": f"Hash={'a' * 64}",
    "another key": f'Cert="{ENCODED}";Fake="x"',
    "quotes that go on": f'Cert="{ENCODED}\\";Hash="',
    "not encoded": f'Cert="{ANNA.pem.decode().strip()}"'.replace("\n", " "),
    "cut off": f'Cert="{ENCODED[: len(ENCODED) // 2]}"',
    "half a percent": f'Cert="{ENCODED}%2"',
    "no certificate in it": f'Cert="{quote(NO_CERTIFICATE, safe="")}"',
    "a key in it": f'Cert="{quote(ANNA.private_pem, safe="")}"',
    "a folded line": f'Cert="{ENCODED}"\r\n Hash=a',
    "spaces": f'Cert = "{ENCODED}"',
    "too long": f'Cert="{ENCODED}";Subject="{"a" * MOST_BYTES}"',
    "letters beyond ASCII": f'Cert="{ENCODED}";Subject=é;é="',
}


@pytest.mark.parametrize("form", FORGED.values(), ids=FORGED.keys())
def test_anything_else_is_refused(form: str) -> None:
    """Nothing is repaired, and nothing chosen among two."""
    assert read(BY_TLS, ("x-forwarded-client-cert", form)) == "400 FORWARDED_CERTIFICATE"


@pytest.mark.parametrize(
    "name",
    [
        "x_forwarded_client_cert",
        "client-cert",
        "client-cert-chain",
        "x-client-cert",
        "x-ssl-client-cert",
        "ssl-client-cert",
        "x-arr-clientcert",
        "x-forwarded-tls-client-cert",
        "x-amzn-mtls-clientcert-leaf",
        "x_gastrack_edge",
        "x-gastrack-edge2",
    ],
)
def test_headers_of_other_edges_are_refused(name: str) -> None:
    """Beside the right ones too: somebody tries which of them counts."""
    right = (BY_TLS, ("x-forwarded-client-cert", ANNA.forwarded))
    assert read(*right, (name, ANNA.forwarded)) == "400 FORWARDED_CERTIFICATE"


def test_a_key_of_no_known_kind_is_refused() -> None:
    """An authority may certify what our libraries cannot read."""
    der = a_holder("ed", "ed25519").certificate.public_bytes(Encoding.DER)
    strange = load_der_x509_certificate(der.replace(b"\x06\x03\x2b\x65\x70", b"\x06\x03\x2b\x65\x01"))
    form = f'Cert="{quote(strange.public_bytes(Encoding.PEM), safe="")}"'
    assert read(BY_TLS, ("x-forwarded-client-cert", form)) == "400 FORWARDED_CERTIFICATE"


def test_a_doubled_certificate_is_refused() -> None:
    """Also the same one twice."""
    twice = [("x-forwarded-client-cert", ANNA.forwarded)] * 2
    assert read(BY_TLS, *twice) == "400 FORWARDED_CERTIFICATE"


@pytest.mark.parametrize(
    "secrets",
    [
        [],
        [""],
        ["wrong"],
        [EDGE_SECRET[:-1]],
        [EDGE_SECRET + "e"],
        [EDGE_SECRET, EDGE_SECRET],
        ["wrong", EDGE_SECRET],
        [f"{EDGE_SECRET}, {EDGE_SECRET}"],
        [EDGE_SECRET.upper()],
    ],
)
def test_who_does_not_come_by_the_edge_is_refused(secrets: list[str]) -> None:
    """Without the secret, with another, or with it twice; a certificate does not help."""
    told = [("x-gastrack-edge", secret) for secret in secrets]
    assert read(*told, ("x-forwarded-client-cert", ANNA.forwarded)) == "403 NOT_BY_THE_EDGE"


def test_no_certificate_comes_by_the_demos_door() -> None:
    """It asks for none, so whoever shows one there tries something."""
    by_demo = ("x-gastrack-edge", DEMO_SECRET)
    assert read(by_demo) == DoorUsed.DEMO.value
    assert read(by_demo, ("x-forwarded-client-cert", ANNA.forwarded)) == "400 FORWARDED_CERTIFICATE"


def test_a_door_without_secret_is_closed() -> None:
    """Whatever is told, and however empty it is."""
    only_edge = DoorSecrets(EDGE_SECRET.encode(), None)
    assert [only_edge.door_of(told) for told in (DEMO_SECRET.encode(), b"", b"None")] == [None] * 3


def test_the_last_address_is_that_of_the_edges_peer() -> None:
    """What stands before it was written by the client."""
    headers = [(b"x-gastrack-edge", EDGE_SECRET.encode()), (b"x-forwarded-for", b"1.2.3.4, 192.0.2.7")]
    assert Hops(SECRETS).read(headers).address == "192.0.2.7"


def test_what_was_read_is_known_up_to_a_bound() -> None:
    """Clients send the same certificate on every request; strangers cannot fill the memory."""
    known = Forwarded(most_kept=2)
    headers = [f"Hash={number};{ANNA.forwarded.partition(';')[2]}".encode() for number in range(5)]
    assert {known.shown(header).fingerprint for header in headers} == {ANNA.fingerprint}
    assert known.shown(headers[-1]) is known.shown(headers[-1])
    assert len(known._known) == 2


def test_secrets_do_not_show_themselves() -> None:
    """In a log line or a traceback, for instance."""
    assert EDGE_SECRET not in f"{SECRETS} {SECRETS!r}"
    assert pickle.loads(pickle.dumps(SECRETS)) == SECRETS  # noqa: S301 - our own, a moment ago
