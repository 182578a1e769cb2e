"""A schedule on which our own code fails: it is set aside with the reason, and the others go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from shared.domain.topology import Issue
from shared.runtime.logging import logger
from shared.runtime.mongo import PyMongoError
from shared.store.export_jobs import Document


@contextmanager
def harming_itself_alone(schedule: str) -> Iterator[list[Document]]:
    """Give a list in which the problem stands afterwards; a store that is away is nobody's fault."""
    problems: list[Document] = []
    try:
        yield problems
    except PyMongoError:
        raise
    except Exception as fault:  # noqa: BLE001 - the outermost loop: whatever comes here is a defect
        logger(__name__).error("defect in a schedule", schedule=schedule, exc_info=fault)
        words = "our own code failed on this schedule; it has been logged"
        problems.append(asdict(Issue("DEFECT", "schedule", words)))
