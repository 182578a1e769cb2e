"""Free loopback ports."""

import socket
import subprocess
import sys

import pytest

from deploy.local import ports
from deploy.local.errors import StartError


def test_free_ports_are_different_and_below_the_outgoing_range() -> None:
    """Ten ports, all free, none that the kernel would hand to an outgoing connection."""
    found = ports.free_ports(10)
    assert len(set(found)) == 10
    assert all(ports.is_free(port) and port < 32768 for port in found)


def test_a_port_is_given_away_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither we nor another process get it a second time, although nobody listens on it yet."""
    port = ports.free_ports(1)[0]
    monkeypatch.setattr(ports, "FIRST_PORT", port)
    monkeypatch.setattr(ports, "LAST_PORT", port)
    monkeypatch.setattr(ports, "ATTEMPTS", 1)
    assert ports.is_free(port)
    with pytest.raises(StartError, match="No free port between"):
        ports.free_ports(1)
    asked = f"import sys; from deploy.local.ports import claim; sys.exit(claim({port}))"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_a_port_that_somebody_listens_on_is_taken() -> None:
    """The sentence names the port and what to do."""
    with socket.socket() as other:
        other.bind((ports.LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        assert not ports.is_free(port)
        with pytest.raises(StartError, match=f"Port {port} on 127.0.0.1 is taken; choose another"):
            ports.require_free(port)
    ports.require_free(port)


def test_no_free_port_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where everything is taken, a sentence and no endless search."""
    monkeypatch.setattr(ports, "is_free", lambda _port: False)
    with pytest.raises(StartError, match="No free port between"):
        ports.free_ports(1)
