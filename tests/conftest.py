"""What is said once for a whole run, whichever process runs the tests: only this file is read by all of them."""

import pytest

from tests.unit.ingest.files.real_exports import REAL_EXPORTS

SHARED = {"running": "pipeline", "address": "e2e", "served": "interfaces", "service": "downloads", "edge": "edge"}
"""Systems of several services that the tests of a folder share, by the name of their fixture, and that folder.

Each idle one takes a tenth of a core, so all who use it run in one process.
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together, side by side with others, the tests of one file, and files that share a running system.

    First of all: what runs the tests side by side reads the marks in the same hook.
    """
    groups = {item.path: item.nodeid.partition("::")[0] for item in items}
    for item in items:
        for name, folder in SHARED.items():
            if name in getattr(item, "fixturenames", ()) and item.path.parent.name == folder:
                groups[item.path] = folder
    for item in items:
        item.add_marker(pytest.mark.xdist_group(groups[item.path]))


def pytest_collection_finish(session: pytest.Session) -> None:
    """End a run whose processes do not heed the groups: each would run a part of what must be done in its order."""
    heeds = all("@" in item.nodeid for item in session.items)
    if session.config.getoption("loadgroup", default=False) and not heeds:
        raise pytest.UsageError("pytest and pytest-xdist do not fit together: groups of tests are torn apart")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where the real files are not here; a test's own print would be seen by nobody."""
    if not REAL_EXPORTS.is_dir():
        text = "../shared/data is not here: the real-input tests ran on generated files of the same shape"
        terminalreporter.write_line(text, yellow=True)
