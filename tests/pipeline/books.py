"""What must hold after any fault: nothing lost, nothing twice, rollups true."""

from __future__ import annotations

from shared.store.documents import Collection
from tests.pipeline.flow import Flow
from tests.pipeline.running import System, until
from tests.pipeline.stored import documents, hours_by_line, volumes

SETTLED_WITHIN_SECONDS = 150.0
"""A dead worker's partitions move after 10 s, a dead writer's transaction ends after 5; and the machine may be busy."""


def assert_nothing_lost_nothing_twice(system: System, flow: Flow, prefix: str) -> dict[str, int]:
    """Check the ledger, the rollups, and every hour of every line against what was sent; return the ledger.

    Lines begin with `prefix`; nothing but the flow may have been sent for them. What ingest has not read yet is in no
    ledger: first of all every hour is waited for.
    """
    wanted = flow.volumes
    hours_sent = {line: len(hours) for line, hours in wanted.items()}
    until(lambda: _hours_stored(system, prefix) == hours_sent, SETTLED_WITHIN_SECONDS, "every hour that was sent")
    ledger = system.ledger(SETTLED_WITHIN_SECONDS)
    assert {line: volumes(hours) for line, hours in hours_by_line(system, prefix).items()} == wanted
    assert documents(system, Collection.REVISIONS, {"line": {"$regex": f"^{prefix}"}}) == []
    assert documents(system, Collection.DEAD_LETTERS, {"station": {"$regex": f"^{prefix}"}}) == []
    assert system.verify()["mismatches"] == []
    return ledger


def _hours_stored(system: System, prefix: str) -> dict[str, int]:
    return {line: len(volumes(hours)) for line, hours in hours_by_line(system, prefix).items()}
