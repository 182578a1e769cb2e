"""What a rule is: a card (id, formula, thresholds, severity, source), an explanation in words, and a pure function.

A rule is written as a function over its evidence under the decorator `rule`; its docstring is the explanation. A rule
that is judged elsewhere is written as a docstring alone under `judged_elsewhere`, so that the catalogue is complete.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Seen = TypeVar("Seen", contravariant=True)  # noqa: PLC0105 - it reads as what it is
"""What a rule looks at: a reading by itself, an hour in the context of its line, its gas, or an analysis."""

SEVERITY = "severity"
"""The name under which a rule's severity is set, beside its thresholds: "D7.severity"."""


class Severity(IntEnum):
    """What a hit means for the reading; a greater one is graver. The number is its form as a setting."""

    W = 1
    """Stored and shown."""
    F = 2
    """Stored, stays RECORDED, blocks the close until somebody decides."""
    R = 3
    """Dead letter with the rule's id: the hour stays MISSING."""


class JudgedBy(StrEnum):
    """Where a rule is judged."""

    DOOR = "door"
    """On decoding, before there is a reading at all."""
    VALIDATION = "validation"
    """On the reading itself and the register."""
    AGGREGATION = "aggregation"
    """In context: where the hours of the line as they stand are known."""
    ANALYSIS = "analysis"
    """On an analysis of a chromatograph."""
    GAS = "gas"
    """On the gas that an hour is given by a chromatograph."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Which readings a rule hits, with what was observed and the bound that it broke.

    `observed` and `threshold` are one number or one a reading, in the unit that the rule names, NaN where there is
    none. A rule with two bounds says in `severity` (one a reading) which of them was broken. A rule in context looks at
    the hours before the one that is judged: what it finds concerns the hours `since` to `until` hours back, both
    included (0: the hour itself).
    """

    mask: NDArray[np.bool_]
    observed: NDArray[np.float64] | float = np.nan
    threshold: NDArray[np.float64] | float = np.nan
    severity: NDArray[np.uint8] | None = None
    since: NDArray[np.int64] | int = 0
    until: NDArray[np.int64] | int = 0


def beyond(
    observed: NDArray[np.float64],
    first: NDArray[np.float64] | float,
    milder: Severity,
    second: NDArray[np.float64] | float,
    graver: Severity,
) -> Hits:
    """Hit what lies beyond the first bound, more gravely beyond the second."""
    further = observed > second
    severity = np.where(further, graver, milder).astype(np.uint8)
    return Hits(observed > first, observed, np.where(further, second, first), severity)


@dataclass(frozen=True, slots=True)
class Card:
    """What the catalogue says of a rule; `formula` is what holds of a good reading. No severity: a hit is no fault."""

    id: str
    title: str
    formula: str
    severity: Severity | None
    source: str
    words: str
    judged_by: JudgedBy
    thresholds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Rule(Generic[Seen]):
    """A rule that is judged on evidence: its card, its default severity, and its function."""

    card: Card
    severity: Severity
    find: Callable[[Seen], Hits]


def rule(  # noqa: PLR0913 - the fields of a card, named at each use
    code: str,
    title: str,
    *,
    formula: str,
    severity: Severity,
    source: str,
    thresholds: Mapping[str, float] = MappingProxyType({}),
    by: JudgedBy = JudgedBy.VALIDATION,
) -> Callable[[Callable[[Seen], Hits]], Rule[Seen]]:
    """Make a rule of a pure function over much evidence, whose docstring explains it in the trade's words.

    `thresholds` are defaults by name, read as `evidence.thresholds[name]`; a setting "<code>.<name>" overrides one,
    "<code>.severity" the severity.
    """

    def make(find: Callable[[Seen], Hits]) -> Rule[Seen]:
        card = Card(code, title, formula, severity, source, _words(find), by, MappingProxyType({**thresholds}))
        return Rule(card, severity, find)

    return make


def judged_elsewhere(  # noqa: PLR0913 - the fields of a card, named at each use
    code: str,
    title: str,
    *,
    by: JudgedBy,
    formula: str,
    severity: Severity | None,
    source: str,
    thresholds: Mapping[str, float] = MappingProxyType({}),
) -> Callable[[Callable[[], None]], Card]:
    """Make a catalogue entry of a docstring: of a rule that the door or aggregation judges."""

    def make(described: Callable[[], None]) -> Card:
        return Card(code, title, formula, severity, source, _words(described), by, thresholds)

    return make


def _words(described: Callable[..., object]) -> str:
    return " ".join((inspect.getdoc(described) or "").split())
