"""The demo's certificates and secrets: made once, kept, renewed in time, for the owner's eyes only."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from deploy.local.papers import PASSPHRASE, Papers
from deploy.local.people import PEOPLE, registered_people
from shared.access.roles import Role

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    """Papers that were made just now."""
    made = Papers(tmp_path)
    made.prepare(NOW)
    return made


def certificates(papers: Papers) -> dict[str, bytes]:
    """Return every certificate by its file's name."""
    return {path.stem: path.read_bytes() for path in papers.certificates.glob("*.pem")}


def read(papers: Papers, name: str) -> x509.Certificate:
    """Return one of them."""
    return x509.load_pem_x509_certificate(papers.certificate(name).read_bytes())


def usages(certificate: x509.Certificate) -> list[x509.ObjectIdentifier]:
    """Return what a certificate is for."""
    return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def test_everybody_has_papers_of_the_authority(papers: Papers) -> None:
    """A certificate for clients each; the server's is for this machine."""
    authority = read(papers, "authority")
    assert set(certificates(papers)) == {"authority", "server", *PEOPLE}
    for person in registered_people(papers.certificates):
        person.certificate.verify_directly_issued_by(authority)
        assert usages(person.certificate) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    server = read(papers, "server")
    assert usages(server) == [ExtendedKeyUsageOID.SERVER_AUTH]
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["127.0.0.1", "localhost"]


def test_the_people_of_the_demo(papers: Papers) -> None:
    """One of each role that does something of its own."""
    people = {person.name: person.role for person in registered_people(papers.certificates)}
    assert set(people.values()) == set(Role) - {Role.READER}
    assert len(people) == 7


def test_browsers_take_the_bundle(papers: Papers) -> None:
    """PKCS#12 with key, certificate and authority, opened by the passphrase that is printed."""
    key, certificate, more = pkcs12.load_key_and_certificates(
        papers.bundle("downloader").read_bytes(), PASSPHRASE.encode()
    )
    assert key is not None
    assert certificate == read(papers, "downloader")
    assert more == [read(papers, "authority")]


def test_only_the_owner_reads_them(papers: Papers) -> None:
    """Every file; the folders too."""
    written = list(papers.folder.rglob("*"))
    assert len(written) > 20
    modes = {stat.S_IMODE(path.stat().st_mode) for path in written if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in written if path.is_dir()} == {0o700}


def test_a_later_start_finds_them_and_has_new_secrets(papers: Papers) -> None:
    """Who imported a certificate into his browser goes on with it."""
    before, secret = certificates(papers), papers.tls_secret.read_text()
    papers.prepare(NOW + timedelta(days=300))
    assert certificates(papers) == before
    assert papers.tls_secret.read_text() != secret
    assert papers.tls_secret.read_text() != papers.plain_secret.read_text()
    assert len(secret.strip()) == 64


def test_renewed_within_a_month_of_their_end(papers: Papers) -> None:
    """The authority stays, so that a browser that trusts it goes on doing so."""
    before, bundle = certificates(papers), papers.bundle("downloader").read_bytes()
    papers.prepare(NOW + timedelta(days=340))
    after = certificates(papers)
    assert {name for name in before if after[name] == before[name]} == {"authority"}
    assert papers.bundle("downloader").read_bytes() != bundle


def test_a_new_authority_renews_everything(papers: Papers) -> None:
    """Where the old one ends; its name is the same, its signature is not."""
    before = certificates(papers)
    papers.prepare(NOW + timedelta(days=3640))
    assert not [name for name, text in certificates(papers).items() if text == before[name]]
    read(papers, "server").verify_directly_issued_by(read(papers, "authority"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda papers: papers.key("downloader").unlink(),
        lambda papers: papers.certificate("downloader").write_text("nothing"),
        lambda papers: papers.key("downloader").write_bytes(papers.key("operator").read_bytes()),
    ],
    ids=["no key", "no certificate", "another's key"],
)
def test_what_does_not_belong_together_is_made_anew(papers: Papers, damage: object) -> None:
    """As after a start that was interrupted."""
    before = certificates(papers)
    assert callable(damage)
    damage(papers)
    papers.prepare(NOW)
    after = certificates(papers)
    assert {name for name in before if after[name] != before[name]} == {"downloader"}
    assert registered_people(papers.certificates)[0].name == "downloader"
