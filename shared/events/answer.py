"""Validation's answer to one record of the line log.

What aggregation reads is contiguous: every offset of the line log is answered, by parts 0, 1, … of which one is the
last; so a message that was lost on the way shows as a gap. The answer carries the record itself and what was judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shared.events.codec import MalformedEventError, pack, unpack

VERSION = 1


@dataclass(frozen=True, slots=True)
class FindingTold:
    """A rule hit a reading (`row` in the record's readings). Observed and threshold in the rule's own unit."""

    row: int
    rule: str
    severity: str
    observed: float | None
    threshold: float | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One part of an answer. `record` is the line log's record as it stood there; `validity` has a value a reading."""

    epoch: int
    offset: int
    known_at_ms: int
    record: bytes
    validity: NDArray[np.uint8]
    part: int = 0
    last: bool = True
    findings: list[FindingTold] = field(default_factory=list)
    rejected: list[FindingTold] = field(default_factory=list)
    defect: str = ""
    rules_version: str = ""


def encode(answer: Answer) -> bytes:
    """Return an answer as the bytes of a Kafka record."""
    return pack(
        [
            VERSION,
            answer.epoch,
            answer.offset,
            answer.known_at_ms,
            answer.record,
            answer.validity.tobytes(),
            answer.part,
            answer.last,
            [_told(finding) for finding in answer.findings],
            [_told(finding) for finding in answer.rejected],
            answer.defect,
            answer.rules_version,
        ]
    )


def decode(record: bytes) -> Answer:
    """Return the answer in a Kafka record.

    Raises:
        MalformedEventError: the bytes are no answer, or of a version that this software does not know.
    """
    try:
        version, epoch, offset, known_at, entry, validity, part, last, findings, rejected, *rest = unpack(record)
        if version != VERSION:
            raise MalformedEventError(f"answer version {version!r}; this software reads {VERSION}")
        return Answer(
            epoch,
            offset,
            known_at,
            entry,
            np.frombuffer(validity, np.uint8),
            part,
            last,
            [FindingTold(*finding) for finding in findings],
            [FindingTold(*finding) for finding in rejected],
            *rest,
        )
    except (TypeError, ValueError) as fault:
        raise MalformedEventError(str(fault)) from fault


def _told(finding: FindingTold) -> list[object]:
    return [finding.row, finding.rule, finding.severity, finding.observed, finding.threshold]
