"""The whole system for one measurement: fresh folder, real servers, all services behind the one address."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.servers import Servers
from tests.pipeline.running import System, system


@contextmanager
def whole_system() -> Iterator[System]:
    """Give a running system; leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="gastrack-bench-") as name:
        servers = Servers(Path(name))
        try:
            servers.start()
            made = system(Path(name), servers)
            try:
                made.start()
                yield made
            finally:
                made.stop()
        finally:
            servers.stop()
