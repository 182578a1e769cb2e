"""A small family of leashed processes, to be ended in every way that a demo can end.

`python -m tests.integration.local.family FOLDER`: locks the folder, starts two children that would live for
ever, prints `ready: PID PID`, and stays until it is asked to end.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.local import console
from deploy.local.data_folder import FolderLock
from deploy.local.ending import EndedError, Ending
from deploy.local.process import WatchedProcess
from deploy.local.supervisor import Supervisor

FOREVER = [sys.executable, "-c", "import signal; signal.pause()"]


@dataclass
class Child:
    """One that would live for ever."""

    process: WatchedProcess

    def start(self) -> None:
        """Start it."""
        self.process.start()


def main() -> None:
    """Start the family and stay."""
    folder = Path(sys.argv[1])
    ending, lock, supervisor = Ending(), FolderLock(folder), Supervisor(console.complain)
    try:
        lock.take()
        children = [_child(folder, name, lock.descriptor) for name in ("one", "two")]
        for child in children:
            supervisor.start(child, 1)
        console.say("ready: " + " ".join(str(child.process.pid) for child in children))
        while True:
            supervisor.check()
            ending.check()
            time.sleep(0.05)
    except EndedError:
        console.complain("Ending …")
    finally:
        supervisor.stop()


def _child(folder: Path, name: str, descriptor: int) -> Child:
    return Child(WatchedProcess(name, FOREVER, folder / "logs" / f"{name}.log", {}, [descriptor]))


if __name__ == "__main__":
    main()
