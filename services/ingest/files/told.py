"""What a chunk tells: hours with values, and faults; each hour of the chunk is in exactly one of the two."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.domain.reading import Provenance, Quality
from shared.domain.reason import Reason


@dataclass(frozen=True, slots=True)
class HourTold:
    """An hour that a file tells well."""

    place: int
    """Index of the hour in its chunk."""
    line: str
    hour: int
    """Hour number, see gas_time.py."""
    values: dict[str, int]
    """Every field of quantities.QUANTITIES, scaled; ABSENT where it was not sent."""
    quality: Quality
    provenance: Provenance
    """FROM_FILE always."""
    meter: str = ""
    """The meter that the file names; "" if none."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An hour that cannot be taken."""

    place: int
    """Index of the hour in its chunk; 0 for a chunk that cannot be read at all."""
    code: Reason
    position: str
    """Such as "row 17, column volume_m3n"; "" for a chunk that cannot be read at all."""
    message: str
    """What is wrong and what to do."""


@dataclass(slots=True)
class Told:
    """All that a chunk tells. A chunk that cannot be read at all is one fault."""

    hours: list[HourTold] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
