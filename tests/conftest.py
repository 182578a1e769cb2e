"""What is said once at the end of a run, whichever process ran the tests: only this file is read by all of them."""

import pytest

from tests.unit.ingest.files.real_exports import REAL_EXPORTS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where the real files are not here; a test's own print would be seen by nobody."""
    if not REAL_EXPORTS.is_dir():
        text = "../shared/data is not here: the real-input tests ran on generated files of the same shape"
        terminalreporter.write_line(text, yellow=True)
