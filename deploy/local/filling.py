"""Waits until the history that the simulated gateways send can be read at the one address."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from deploy.local import console, readable, simulator
from shared.domain.gas_time import gas_day

ASK_EVERY_S = 1.0  # one month view per line and question
STALLED_AFTER_S = 20.0  # nothing new was readable for so long
NEARLY_ALL = 0.99  # what is missing then are single refused hours; the ledger accounts for them


@dataclass(frozen=True)
class History:
    """What is to be readable: everything that was measured from hour `begin` to before hour `end` and was sent."""

    edge: str
    begin: int
    end: int

    def wait_until_readable(self, look: Callable[[], None]) -> None:
        """Show progress until (nearly) all of it can be read; `look` is called several times a second and may raise."""
        expected = hours_to_come(self.begin, self.end)
        title = f"History from {gas_day(self.begin)}"
        with console.progress(title) as bar:
            fraction, moved = 0.0, time.monotonic()
            while fraction < 1.0:
                asked = readable.fraction_readable(self.edge, expected, self.begin, self.end - 1)
                now = time.monotonic()
                fraction, moved = (asked, now) if asked > fraction else (fraction, moved)
                bar.show(fraction, f"of {sum(expected.values()):,} hours can be read")
                if now - moved > STALLED_AFTER_S and fraction >= NEARLY_ALL:
                    break
                _look_for(ASK_EVERY_S, look)
        if fraction < 1.0:
            console.say(
                f"{1 - fraction:.2%} of the hours were refused; .venv/bin/gastrack ledger tells where they are."
            )


def hours_to_come(begin: int, end: int) -> dict[str, int]:
    """Line → hours that are sent and not refused: a negative volume on a one-way line is dead-lettered (rule C2)."""
    grid = simulator.grid()
    sent = Counter(simulator.expected_present(grid, begin, end - 1))
    sent.subtract(
        label.line for label in simulator.labels(grid, begin, end - 1) if label.kind is simulator.Fault.NEGATIVE
    )
    return dict(sent)


def _look_for(seconds: float, look: Callable[[], None]) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        look()
