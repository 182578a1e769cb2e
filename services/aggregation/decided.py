"""What becomes of a decision, as it is kept: its outcome, why it was refused, and what stood there then."""

from __future__ import annotations

from typing import Any

from services.aggregation.batch import Step
from shared.domain.decision import Refusal
from shared.domain.topology import Issue

FAILED = Refusal(
    (Issue("DEFECT", "decision", "our own code failed on this decision; it has been logged"),), conflicts=False
)
"""Why a decision is refused that was set aside."""


def decided_document(
    step: Step, identity: dict[str, Any], refusal: Refusal | None, state: dict[str, Any]
) -> dict[str, Any]:
    """Return the document of a decision that was taken.

    Args:
        step: The record of the line log.
        identity: `_id`, kind, line, document, author and reason.
        refusal: Why it was refused, None where it was accepted.
        state: What stands now.
    """
    issues = () if refusal is None else refusal.issues
    return {
        **identity,
        "outcome": "accepted" if refusal is None else "refused",
        "conflict": refusal is not None and refusal.conflicts,
        "issues": [[issue.code, issue.position, issue.message] for issue in issues],
        "state": state,
        "known_at": step.known_at_ms,
        "log_offset": step.offset,
    }
