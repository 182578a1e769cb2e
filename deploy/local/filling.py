"""Waits until the history that the simulated gateways send can be read at the one address."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from deploy.local import console, readable, simulator
from deploy.local.readable import Edge
from shared.domain.gas_time import gas_day
from shared.store.ledgers import Ledger

ASK_EVERY_S = 1.0  # one month view per line and question


@dataclass(frozen=True)
class History:
    """What is to be readable: everything that was measured from hour `begin` to before hour `end` and was sent.

    `settled` gives the ledger once everything sent is in its place: the simulator also sends what is refused.
    """

    edge: Edge
    begin: int
    end: int
    settled: Callable[[], Ledger | None]

    def wait_until_readable(self, look: Callable[[], None]) -> None:
        """Show how much can be read until nothing is left to come; `look` is called now and then and may raise."""
        expected = simulator.expected_present(simulator.grid(), self.begin, self.end - 1)
        detail = f"of {sum(expected.values()):,} hours can be read"
        fraction, ledger = 0.0, None
        with console.progress(f"History from {gas_day(self.begin)}") as bar:
            while fraction < 1.0 and ledger is None:
                _look_for(ASK_EVERY_S, look)
                ledger = self.settled()  # before the question, so that the answer holds all that the ledger counts
                fraction = readable.fraction_readable(self.edge, expected, self.begin, self.end - 1)
                bar.show(fraction, detail)
        if ledger is not None:
            console.say(_account(ledger))


def _account(ledger: Ledger) -> str:
    return (
        f"{ledger.received:,} readings received: {ledger.accepted:,} accepted, {ledger.repeated:,} repeated, "
        f"{ledger.held:,} held, {ledger.dead_lettered:,} refused (dead letters)."
    )


def _look_for(seconds: float, look: Callable[[], None]) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        look()
