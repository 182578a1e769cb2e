"""A worker that is paused until its partitions have moved, and then goes on: it writes nothing twice."""

from __future__ import annotations

import signal

from shared.store.documents import Collection
from tests.pipeline.books import assert_nothing_lost_nothing_twice
from tests.pipeline.flow import Flow
from tests.pipeline.running import System, until
from tests.pipeline.stations import plan, recent_hours
from tests.pipeline.stored import documents

PLAN = plan("PAUSE", stations=4, lines=3)
MOVED_WITHIN_SECONDS = 90.0
"""The session ends after 10 s; then the group is shared out anew."""
WORKERS = ("validation", "aggregation")


def positions(system: System) -> dict[str, int]:
    """Return how far each stage is in each partition."""
    return {document["_id"]: document["offset"] for document in documents(system, Collection.PROGRESS)}


def test_a_paused_worker_is_fenced(chain: System) -> None:
    """SIGSTOP to a validation and an aggregation, SIGCONT when others have taken all their partitions."""
    chain.register(PLAN.document("2020-01-01"))
    seconds = {name: chain.another(name) for name in WORKERS}
    try:
        with Flow(chain, PLAN, recent_hours(days=300)) as flow:
            flow.wait_for(40)
            for name in WORKERS:
                chain.services[name].process.send_signal(signal.SIGSTOP)
            for second in seconds.values():
                second.start()
            stood = positions(chain)
            until(
                lambda: all(offset > stood[key] for key, offset in positions(chain).items()),
                MOVED_WITHIN_SECONDS,
                "every partition goes on in the second workers",
            )
            for name in WORKERS:
                chain.services[name].process.send_signal(signal.SIGCONT)
            flow.wait_for(80)
        assert_nothing_lost_nothing_twice(chain, flow, "PAUSE")
        assert all(chain.services[name].process.running for name in WORKERS)
    finally:
        for name in WORKERS:
            chain.services[name].process.send_signal(signal.SIGCONT)
        for second in seconds.values():
            second.process.stop()
