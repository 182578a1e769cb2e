"""What operators decide about hours and months of a line: the kinds, and what each of them carries.

A decision is an event like a reading: it has an author, a reason and the revision it saw, it stands in the line log,
and what became of it is kept. It concerns one line; all of it happens, or none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from shared.domain.estimation import Method
from shared.domain.topology import Issue


class DecisionKind(StrEnum):
    """What may be decided."""

    ACCEPT = "accept"
    """Flagged hours are right as they stand: their findings no longer keep them back."""
    CORRECT = "correct"
    """Hours say other values; they are pinned, and closed hours change by this alone."""
    ESTIMATE = "estimate"
    """Hours are estimated with a named method."""
    ACCEPT_MISSING = "accept_missing"
    """Hours are missing and stay so: their month closes without them."""
    RELEASE = "release"
    """Pinned hours take transmissions again."""
    CLOSE = "close"
    """A gas month becomes definitive."""
    REOPEN = "reopen"
    """A closed gas month may change again; a second person must have confirmed it."""


OF_MONTH = (DecisionKind.CLOSE, DecisionKind.REOPEN)
"""Decisions on a whole gas month."""


@dataclass(frozen=True, slots=True)
class OtherLine:
    """What another line of a node measured in the hours of an estimate by the node's balance (M5)."""

    line: str
    weight: Decimal
    volume: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NodeInputs:
    """The inputs of an estimate by the node's balance: M5 reads nothing but these, and they stay with the decision."""

    node: str
    own_weight: Decimal
    node_volume: NDArray[np.int64]
    others: tuple[OtherLine, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on a line.

    Attributes:
        kind: What is decided.
        line: Whose hours.
        author: Who decides.
        reason: Why.
        hours: Hour numbers, ascending, each once; none for a month.
        revisions: The revision of each hour that the author saw; 0: nothing was known.
        values: Of a correction: HOUR-like columns by name, one value an hour, ABSENT where none.
        method: Of an estimate.
        inputs: Of an estimate by M5.
        month: Of a close or reopening, as 2026-10.
        version: The month's version that the author saw.
        confirmed_by: The second person, of a reopening.
    """

    kind: DecisionKind
    line: str
    author: str
    reason: str
    hours: tuple[int, ...] = ()
    revisions: tuple[int, ...] = ()
    values: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    method: Method = Method.NONE
    inputs: NodeInputs | None = None
    month: str = ""
    version: int | None = None
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a decision is refused. `conflicts`: with what stands now; else it could never have been accepted."""

    issues: tuple[Issue, ...]
    conflicts: bool = True
