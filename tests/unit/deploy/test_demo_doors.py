"""The doors of the demo: where they are, what is told of them, what services are told."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from deploy.local.demo_doors import DemoDoors
from deploy.local.errors import StartError
from deploy.local.papers import Papers
from deploy.local.ports import free_ports

PAPERS = Papers(Path("data"))


def test_the_port_of_tls_is_told_or_derived() -> None:
    """So that a second demo on another port needs no second option."""
    assert DemoDoors.chosen(8080, None, certificate_required=False).https_port == 8443
    assert DemoDoors.chosen(8080, 9443, certificate_required=False).https_port == 9443
    assert DemoDoors.chosen(65_500, None, certificate_required=False).https_port == 65_499


def test_with_a_plain_door_the_last_line_stays_as_it_was() -> None:
    """Both doors have a secret of their own, and commands come by the plain one."""
    doors = DemoDoors(8080, 8443, certificate_required=False)
    plain, tls = doors.doors(PAPERS)
    assert doors.url == "http://127.0.0.1:8080"
    assert (plain.tls, plain.secret_file) == (None, "data/secrets/plain-door")
    assert tls.tls is not None
    assert (tls.tls.demanded, tls.secret_file, tls.lasting) == (False, "data/secrets/tls-door", False)
    assert doors.environment(PAPERS) == {
        "GASTRACK_EDGE_SECRET_FILE": "data/secrets/tls-door",
        "GASTRACK_ISSUER": "https://127.0.0.1:8443",
        "GASTRACK_ACCESS_AUTHORITIES_FILE": "data/certificates/authority.pem",
        "GASTRACK_DEMO_SECRET_FILE": "data/secrets/plain-door",
    }
    assert doors.identity(PAPERS) == {}
    assert doors.context(PAPERS) is None


def test_where_a_certificate_is_required_there_is_no_plain_door() -> None:
    """And no secret of one: nobody is the demo's identity."""
    doors = DemoDoors(8080, 8443, certificate_required=True)
    (door,) = doors.doors(PAPERS)
    assert doors.url == "https://127.0.0.1:8443"
    assert door.tls is not None
    assert door.tls.demanded
    assert "GASTRACK_DEMO_SECRET_FILE" not in doors.environment(PAPERS)
    assert doors.identity(PAPERS)["certificate"] == "data/certificates/operator.pem"


def test_what_a_person_is_told() -> None:
    """Paths as he types them here, and one line to copy."""
    here = Papers(Path.cwd() / "data")
    _, line = DemoDoors(8080, 8443, certificate_required=False).told(here)
    files = "--cacert data/certificates/authority.pem --cert data/certificates/downloader.pem"
    assert line == f"curl {files} --key data/certificates/downloader.key https://127.0.0.1:8443/v1/lines"
    away, _ = DemoDoors(8080, 8443, certificate_required=True).told(Papers(Path("/elsewhere")))
    assert "requires a client certificate: trust /elsewhere/certificates/authority.pem" in away


def test_a_taken_port_is_told_with_its_option() -> None:
    """The plain one does not matter where there is no plain door."""
    taken, free = free_ports(2)
    with socket.socket() as somebody_else:
        somebody_else.bind(("127.0.0.1", taken))
        somebody_else.listen()
        with pytest.raises(StartError, match="--https-port"):
            DemoDoors(free, taken, certificate_required=False).require_free()
        with pytest.raises(StartError, match="--port"):
            DemoDoors(taken, free, certificate_required=False).require_free()
        DemoDoors(taken, free, certificate_required=True).require_free()
