"""Run the demo with stand-ins for the five services: `python -m tests.integration.local.standin_demo PROGRAMS PORT`.

The servers, the edge, the supervisor, the simulator and every way to end are the real ones.
"""

import sys
from pathlib import Path

from deploy.local import demo, ports, services

SPAN = "3d"


def write_programs(folder: Path) -> None:
    """Write packages `services` and `gastrack` that take the place of ours in the processes that the demo starts."""
    for name in services.SERVICES:
        program = f"from tests.integration.local.standin_service import main\nmain({name!r})\n"
        _write(folder / "services" / name, program)
    _write(folder / "gastrack", "import sys\nassert sys.argv[1:3] == ['topology', 'apply']\n")


def _write(package: Path, program: str) -> None:
    package.mkdir(parents=True)
    (package / "__main__.py").write_text(program)
    for regular in (package, package.parent):  # a package without it would yield to ours
        (regular / "__init__.py").touch()


class NobodyRegistered:
    """Takes the place of the demo's register: where services are stand-ins, nobody ever registers a node."""

    def __init__(self, *_: object) -> None:
        """Whatever the demo tells it."""

    def take_in_staff(self) -> None:
        """Nobody."""

    def take_in_company(self, *_: object) -> None:
        """Nobody either."""


def main() -> int:
    """Run it."""
    programs, port = Path(sys.argv[1]), int(sys.argv[2])
    for module in (services, demo):
        setattr(module, "REPOSITORY", programs)  # noqa: B010 - the demo imports the name, it does not offer it
    setattr(demo, "DemoRegister", NobodyRegistered)  # noqa: B010 - as above
    required = "--require-certificate" in sys.argv
    https_port = ports.free_ports(1)[0]
    return demo.demo(SPAN, port, live="--live" in sys.argv, https_port=https_port, certificate_required=required)


if __name__ == "__main__":
    sys.exit(main())
