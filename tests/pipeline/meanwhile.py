"""What somebody does while a test goes on with something else: in a thread of its own, until a `with` ends."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Self

from tests.pipeline.running import until

WITHIN_S = 120.0


class Meanwhile(ABC):
    """Somebody who does one thing after the other; the last one is finished when the `with` ends."""

    def __init__(self) -> None:
        self.ending = threading.Event()
        self._thread = threading.Thread(target=self.run, name=type(self).__name__, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Finish what is in hand."""
        self.ending.set()
        self._thread.join(WITHIN_S)
        assert not self._thread.is_alive(), f"the last of {self._thread.name} never ended"

    @abstractmethod
    def run(self) -> None:
        """Do one thing after the other until `ending`."""

    @abstractmethod
    def done(self) -> int:
        """Return how much was done."""

    def wait_for(self, more: int) -> None:
        """Wait until some more has been done."""
        goal = self.done() + more
        until(lambda: self.done() >= goal, WITHIN_S, f"{more} more of {self._thread.name}")
