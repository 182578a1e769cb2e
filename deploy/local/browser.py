"""A browser for the page tests: found, installed where that is allowed, or asked for in one sentence.

`python -m deploy.local.browser` makes sure of it and prints its path; exit code 1 when there is none.
"""

import os
import shutil
import subprocess
import sys

from deploy.local.errors import StartError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = ("apt-get install -y -q --no-install-recommends chromium", "apt-get update -q")
INSTALL_WITHIN_S = 600


def find() -> str | None:
    """Path of a Chromium or Chrome on PATH, or of the one that GASTRACK_BROWSER names; None if there is none."""
    if chosen := os.environ.get("GASTRACK_BROWSER"):
        return shutil.which(chosen)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def require() -> str:
    """Path of the browser, installed first if need be and allowed. Raises StartError with what to do."""
    found = find()
    if found is None and may_install():
        _install()
        found = find()
    if found is None:
        raise StartError(
            "The page tests need a browser: install Chromium (sudo apt-get install chromium), "
            "or set GASTRACK_BROWSER to the path of a Chromium or Chrome."
        )
    return found


def may_install() -> bool:
    """Whether we are root on a system with apt-get."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install() -> None:
    install, update = (command.split() for command in INSTALL)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (install, update, install):  # the first one suffices where the package lists are fresh
        done = subprocess.run(command, env=environment, timeout=INSTALL_WITHIN_S, stdout=sys.stderr, check=False)  # noqa: S603 - fixed commands
        if command is install and done.returncode == 0:
            return


def main() -> int:
    """Print the path of the browser."""
    try:
        sys.stdout.write(require() + "\n")
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
