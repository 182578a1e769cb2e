"""`gastrack access`: what whoever reaches the database can change and look at, and with which exit code."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner

from deploy.local.servers import Servers
from gastrack.__main__ import app
from shared.runtime.mongo import SyncDatabase, connect_sync
from shared.store.documents import Collection
from tests.integration.access.conftest import EMPTIED
from tests.integration.query import stored_lines
from tests.issuers import an_authority

ROOT = an_authority()


class Command:
    """The command over a database of its own."""

    def __init__(self, folder: Path, store: SyncDatabase[dict[str, Any]]) -> None:
        self.folder, self.store = folder, store

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run it; return what it says."""
        done = CliRunner().invoke(app, ["access", *arguments])
        assert done.exit_code == code, f"{done.output}{done.exception}"
        return done.output

    def staff(self, file: str, *more: str, code: int = 0) -> str:
        """Register staff with the certificate of a file."""
        told = ("--certificate", str(self.folder / file), "--authorities", str(self.folder / "root.pem"))
        return self.run("staff", *told, "--role", "security", "--name", "Sven", *more, code=code)


@pytest.fixture
def command(stack: Servers, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command, with certificates in a folder."""
    for variable, value in (
        ("GASTRACK_MONGO_URI", stack.mongo_uri),
        ("GASTRACK_MONGO_DATABASE", name),
        ("GASTRACK_KAFKA_BOOTSTRAP", stack.kafka_bootstrap),
        ("GASTRACK_URL", "http://127.0.0.1:1"),
    ):
        monkeypatch.setenv(variable, value)
    (tmp_path / "root.pem").write_bytes(ROOT.certificate.public_bytes(Encoding.PEM))
    now = datetime.now(UTC)  # the command has no other clock
    for issuer, file in ((ROOT, "sven.pem"), (an_authority("Other"), "other.pem")):
        begin, end = now - timedelta(days=1), now + timedelta(days=365)
        (tmp_path / file).write_text(issuer.issue("sven", begin=begin, end=end).pem)
    with connect_sync(stack.mongo_uri, name).client as client:
        for collection in EMPTIED:
            client[name][collection].delete_many({})
        yield Command(tmp_path, client[name])


def test_staff_is_registered_once(command: Command) -> None:
    """A foreign certificate, a key that is known, a role that a company gives: none of them."""
    told = json.loads(command.staff("sven.pem", "--json"))
    assert command.store[Collection.CLIENTS].find_one({"_id": told["client"]})["roles"] == ["security"]  # type: ignore[index]  # it is there
    assert "KEY_TAKEN" in command.staff("sven.pem", code=1)
    assert json.loads(command.staff("other.pem", "--json", code=1))["issues"][0]["code"] == "CERTIFICATE_CHAIN"
    command.staff("sven.pem", "--role", "reader", code=2)
    command.staff("nowhere.pem", code=2)
    assert f"{told['client']:<28} staff" in command.run("clients")
    (row,) = json.loads(command.run("clients", "--json"))
    assert (row["client"], row["has_ended"]) == (told["client"], False)
    assert json.loads(command.run("clients", "--company", "ACME", "--json")) == []


def test_a_company_signs_and_lines_are_opened(command: Command) -> None:
    """Each is an event; what is wrong is told, and nothing of it is written."""
    stored_lines.register(command.store, stored_lines.a_line())
    command.run("company", "ACME", code=2)
    term = ("--agreement", "A-1", "--from", "2026-01-01", "--until", "2031-01-01")
    command.run("company", "ACME", "--name", "Acme NV", *term)
    assert "PERIOD_BACKWARDS" in command.run("company", "ACME", *term[:4], "--until", "2025-01-01", code=1)
    assert "DATE" in command.run("company", "ACME", *term[:4], "--until", "soon", code=1)
    command.run("grant", "ACME", "--agreement", "A-1", code=2)
    command.run("grant", "ACME", "--agreement", "A-1", "--line", "BE-0042-A", "--lines", code=2)
    assert "UNKNOWN_AGREEMENT" in command.run("grant", "ACME", "--agreement", "A-2", "--line", "BE-0042-A", code=1)
    assert "UNKNOWN_LINE" in command.run("grant", "ACME", "--agreement", "A-1", "--line", "NOPE", code=1)
    opened = ("grant", "ACME", "--agreement", "A-1", "--line", "BE-0042-A", "--days-from", "2023-11-01", "--json")
    told = json.loads(command.run(*opened))
    assert (told["days_from"], told["days_until"], told["use_from"]) == ("2023-11-01", "2031-01-01", "2026-01-01")
    lines = command.run("events", "--json").splitlines()
    assert [json.loads(line)["what"] for line in lines] == ["right.granted", "company.signed", "company.added"]
    assert "company.signed" in command.run("events", "--of", "ACME", "--limit", "1")


def test_a_broken_chain_is_found(command: Command) -> None:
    """Exit code 1, and where."""
    assert "0 events" in command.run("verify")
    for number in range(3):
        command.run("company", f"C-{number}", "--name", "A company")
    told = json.loads(command.run("verify", "--json"))
    assert (told["events"], told["broken"]) == (3, None)
    command.store[Collection.ACCESS_EVENTS].update_one({"_id": 2}, {"$set": {"told.name": "Another"}})
    assert "event 2 is not what was written" in command.run("verify", code=1)
    assert json.loads(command.run("verify", "--json", code=1))["broken"]["number"] == 2
