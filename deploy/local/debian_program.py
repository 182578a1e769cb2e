"""A program that tests need and no wheel carries: found, installed where allowed, or asked for in one sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StartError

UPDATE = "apt-get update -q"
INSTALL = "apt-get install -y -q --no-install-recommends"
INSTALL_WITHIN_S = 600
SYSTEMD = Path("/run/systemd/system")


@dataclass(frozen=True)
class DebianProgram:
    """Names under which it may stand on PATH, the package that brings it, the setting that chooses another one.

    A package that `serves` opens a server to everybody as soon as it is installed where systemd runs, so it is
    installed unasked only where it does not, in containers for instance.
    """

    names: tuple[str, ...]
    package: str
    setting: str
    sentence: str
    serves: bool = False

    def find(self) -> str | None:
        """Return its path on PATH, or of the one that the setting names; None if there is none."""
        if chosen := os.environ.get(self.setting):
            return shutil.which(chosen)
        places = os.pathsep.join([os.environ.get("PATH", ""), *self._places()])
        return next((path for name in self.names if (path := shutil.which(name, path=places))), None)

    def require(self) -> str:
        """Return its path, installed first if need be and allowed. Raises StartError with what to do."""
        found = self.find()
        if found is None and self.may_install():
            self._install()
            found = self.find()
        if found is None:
            raise StartError(self.sentence)
        return found

    def may_install(self) -> bool:
        """Say whether we are root on a system with apt-get, and nothing is opened by it."""
        return os.geteuid() == 0 and shutil.which("apt-get") is not None and not (self.serves and SYSTEMD.exists())

    def main(self, *, needed: bool = True) -> int:
        """Print its path; exit code 1 where there is none and it is `needed`."""
        try:
            sys.stdout.write(self.require() + "\n")
        except StartError as error:
            sys.stderr.write(f"{error}\n")
            return 1 if needed else 0
        return 0

    def _places(self) -> tuple[str, ...]:
        return ("/usr/sbin", "/usr/local/sbin") if self.serves else ()  # where servers lie, and not on everybody's PATH

    def _install(self) -> None:
        install, update = [*INSTALL.split(), self.package], UPDATE.split()
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (install, update, install):  # the first one suffices where the package lists are fresh
            done = subprocess.run(command, env=environment, timeout=INSTALL_WITHIN_S, stdout=sys.stderr, check=False)  # noqa: S603 - fixed commands
            if command is install and done.returncode == 0:
                return
