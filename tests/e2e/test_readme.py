"""The README's commands work: each block is run, in its order, by a shell in an empty folder beside a running demo."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import typer

from deploy.local import addresses
from deploy.local.addresses import Addresses
from deploy.local.demo_doors import DemoDoors
from deploy.local.demo_register import DemoRegister
from deploy.local.papers import Papers
from deploy.local.ports import free_ports
from deploy.local.servers import Servers
from deploy.local.simulator.grid import Grid, Network, Node, Station
from gastrack.__main__ import app
from tests.pipeline.running import ROOT, System, system

README = (ROOT / "README.md").read_text(encoding="utf-8")
RUNBOOKS = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS, BY_TLS = "http://127.0.0.1:8080", "https://127.0.0.1:8443"
OF_THE_DEMO_S_PEOPLE = "data/certificates"
"""A block that comes as one of them: they are registered before the first."""
PATH = re.compile(r"`((?:deploy|docs|gastrack|services|shared|tests)/[\w./-]+)`")
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
BLOCK_SECONDS = 120.0
"""The slowest block asks the ledger, which waits up to 30 s until nothing is under way."""


def test_make_targets_of_the_readme_exist() -> None:
    """Also those that stand in a sentence."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE))
    assert {"demo", "test"} <= named
    assert named <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_the_readme_lists_every_subcommand() -> None:
    """And none that does not exist."""
    listed = {name.split()[0] for row in _rows() for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    assert listed == set(typer.main.get_group(app).commands)


def _rows() -> list[str]:
    section = README.partition("## The command\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| `")]


def test_links_of_documents_lead_somewhere() -> None:
    """From the README and from everything under docs and deploy/monitoring."""
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")]
    written = {path: CODE.sub("", path.read_text(encoding="utf-8")) for path in documents}  # a pattern is no link
    found = [(path, link) for path, text in written.items() for link in LINK.findall(text)]
    assert len(found) > 20
    assert not [(str(path), link) for path, link in found if not (path.parent / link).exists()]


def test_files_that_documents_name_exist() -> None:
    """Whoever moves a file finds here which document still sends readers to its old place."""
    written_by_hand = ["README.md", "docs/architecture.md", *(str(path.relative_to(ROOT)) for path in RUNBOOKS)]
    found = [(name, path) for name in written_by_hand for path in PATH.findall((ROOT / name).read_text("utf-8"))]
    assert len(found) > 20
    assert not [(name, path) for name, path in found if not (ROOT / path).exists()]


@dataclass(frozen=True, slots=True)
class Demo:
    """A running system with the demo's two doors, and the papers of its people."""

    system: System
    papers: Papers
    https: str

    def take_in_its_people(self) -> None:
        """Register them as the demo does, for the nodes that the README has registered by then."""
        access = DemoRegister(self.system.servers.mongo_uri, self.papers.certificates)
        access.take_in_staff()
        nodes = tuple(Node(name, name, ()) for name in ("EX-NODE", "EX-BOTH"))
        station = Station("EX-1", "Example station", Network.H, "EX-ZELZATE")
        access.take_in_company(Grid(1, (station,), (), nodes), date(2023, 1, 1))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A system as the demo starts it, its addresses written where the commands look."""
    folder = tmp_path_factory.mktemp("readme")
    servers = Servers(folder / "servers")
    try:
        servers.start()
        port, by_tls = free_ports(2)
        doors, papers = DemoDoors(port, by_tls, certificate_required=False), Papers(folder / "data")
        (folder / "data").mkdir()
        papers.prepare()
        started = system(folder, servers, environment=doors.environment(papers), doors=doors.doors(papers))
        try:
            started.start()
            started.edge.wait_ready()
            _tell_addresses(started)
            yield Demo(started, papers, doors.https_url)
        finally:
            started.stop()
    finally:
        servers.stop()


def _tell_addresses(running: System) -> None:
    operations = {name: service.operations for name, service in running.services.items()}
    servers = running.servers
    addresses.write(
        running.folder / "data", Addresses(servers.kafka_bootstrap, servers.mongo_uri, running.http, operations)
    )


def test_the_readmes_blocks_run_one_after_the_other(running: Demo) -> None:
    """Each ends with exit code 0, and the system says in the end what the blocks told it."""
    blocks = [block for block in BLOCK.findall(README) if not block.startswith("make ")]
    assert len(blocks) >= 7
    people = next(place for place, block in enumerate(blocks) if OF_THE_DEMO_S_PEOPLE in block)
    for place, block in enumerate(blocks):
        if place == people:
            running.take_in_its_people()
        _run(block, running)
    assert running.system.ledger() == {
        "received": 5, "accepted": 4, "repeated": 1, "held": 0, "dead_lettered": 0, "difference": 0,
    }  # fmt: skip
    csv = (running.system.folder / "day.csv").read_text(encoding="utf-8")
    assert "EX-1-A" in csv
    assert "<" in (running.system.folder / "hour.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda path: path.name)
def test_a_runbooks_blocks_run(running: Demo, runbook: Path) -> None:
    """Whoever needs them has no time to mend them."""
    blocks = BLOCK.findall(runbook.read_text(encoding="utf-8"))
    assert blocks
    for block in blocks:
        _run(block, running)


def _run(block: str, running: Demo) -> None:
    """Run a block with the running address and the command of this environment in place of the demo's."""
    shell = shutil.which("sh")
    assert shell, "the README's blocks are for a POSIX shell"
    script = block.replace(ADDRESS, running.system.http).replace(BY_TLS, running.https)
    here = {"gastrack": f"{sys.executable} -m gastrack", "python": sys.executable}
    script = re.sub(r"\.venv/bin/(gastrack|python)", lambda match: here[match[1]], script)
    folder: Path = running.system.folder
    done = subprocess.run(
        [shell, "-eu", "-c", script], cwd=folder, capture_output=True, text=True, check=False, timeout=BLOCK_SECONDS
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
