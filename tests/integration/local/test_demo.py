"""The whole demo on real servers, with stand-ins in the place of the five services."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil

from deploy.local import addresses, http_question
from deploy.local.ports import free_ports
from tests.integration.local.standin_demo import write_programs

ROOT = Path(__file__).parents[3]
READY_WITHIN_S = 120.0


class Run:
    """One start of the demo."""

    def __init__(self, folder: Path, port: int, *options: str) -> None:
        """Start it."""
        command = [sys.executable, "-m", "tests.integration.local.standin_demo", str(folder / "programs"), str(port)]
        self.process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env=os.environ | {"GASTRACK_DATA": str(folder / "data")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def lines_until_ready(self) -> list[str]:
        """Everything it says up to `ready:`."""
        assert self.process.stdout is not None
        said: list[str] = []
        while not (said and said[-1].startswith("ready:")):
            line = self.process.stdout.readline()
            assert line, f"ended before it was ready: {said} {self.process.communicate()[1]}"
            said.append(line.rstrip("\n"))
        return said

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """End it; exit code and what it said on both streams since."""
        family = psutil.Process(self.process.pid).children()
        self.process.send_signal(number)
        said, complained = self.process.communicate(timeout=60)
        assert psutil.wait_procs(family, 0)[1] == []
        return self.process.returncode, said, complained


def test_first_start_fills_second_start_finds(tmp_path: Path) -> None:
    """The demo fills history, tells its addresses, ends cleanly, and does not fill again, by TLS alone neither."""
    write_programs(tmp_path / "programs")
    data, port = tmp_path / "data", free_ports(1)[0]
    first = Run(tmp_path, port, "--live")
    said = first.lines_until_ready()
    assert said[-1] == f"ready: http://127.0.0.1:{port}"
    assert any(re.fullmatch(r"History from \d{4}-\d\d-\d\d: 100 % of .* hours can be read", line) for line in said)
    told = addresses.read(data)
    assert told is not None
    assert http_question.get_json(told.http + "/v1/lines") is not None
    assert all(http_question.is_ok(url + "/health/ready") for url in told.operations.values())
    assert asked_as_told(said) is not None

    refused = Run(tmp_path, port)
    assert "A demo runs already on" in refused.process.communicate(timeout=60)[1]
    assert refused.process.returncode == 1

    killed = first_child_named(first.process.pid, "services.query")
    killed.kill()
    assert first.process.stderr is not None
    assert first.process.stderr.readline().startswith("query ended by signal SIGKILL. It starts again in 0.5 s")
    assert first.process.stderr.readline().startswith("query runs again (pid ")

    assert first.end() == (0, "", "Ending …\n")
    assert addresses.read(data) is None

    second = Run(tmp_path, port, "--require-certificate")
    said = second.lines_until_ready()
    assert any(line.startswith("Found the data from ") for line in said)
    assert said[-1].startswith("ready: https://127.0.0.1:")
    assert not http_question.is_ok(f"http://127.0.0.1:{port}/v1/lines")
    assert asked_as_told(said) is not None
    assert second.end(signal.SIGTERM)[0] == 0


def asked_as_told(said: list[str]) -> object:
    """What the line with curl asks for, asked with its address and its files; the line before it names them too."""
    curl, *words = said[-2].split()
    assert curl == "curl"
    options = dict(zip(words[:-1:2], words[1:-1:2], strict=True))
    assert all(file in said[-3] for name, file in options.items() if name != "--key")
    context = http_question.client_context(options["--cacert"], options["--cert"], options["--key"])
    return http_question.get_json(words[-1], context)


def first_child_named(pid: int, module: str) -> psutil.Process:
    """The child that runs a module."""
    return next(child for child in psutil.Process(pid).children() if module in child.cmdline())


def test_a_taken_port_is_told_before_anything_is_started(tmp_path: Path) -> None:
    """The port that was asked for is somebody else's: one sentence, exit code 1, nothing started."""
    port = free_ports(1)[0]
    with socket.socket() as somebody_else:
        somebody_else.bind(("127.0.0.1", port))
        somebody_else.listen()
        refused = Run(tmp_path, port)
        said, complained = refused.process.communicate(timeout=60)
    assert (refused.process.returncode, said) == (1, "")
    assert complained.startswith(f"Port {port} on 127.0.0.1 is taken; choose another")


def test_a_wrong_span_is_wrong_use(tmp_path: Path) -> None:
    """Exit code 2, and the sentence says what is possible."""
    code = "import sys; from deploy.local.demo import demo; sys.exit(demo('3x'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"GASTRACK_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("--history 3x: give days, months or years")
