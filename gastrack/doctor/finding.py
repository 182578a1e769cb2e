"""What the doctor says: something that is wrong and how to mend it, or what could not be looked at and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Area(StrEnum):
    """What is looked at; in the order in which it is told."""

    SETTINGS = "settings"
    KAFKA = "Kafka"
    TOPICS = "topics"
    LINE_LOG = "line log"
    GROUPS = "groups"
    MONGODB = "MongoDB"
    INDEXES = "indexes"
    VERSIONS = "versions"
    STORAGE = "storage of files"
    CLOCKS = "clocks"
    CERTIFICATES = "certificates"
    DISKS = "disks"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong: what, and what to do."""

    area: Area
    wrong: str
    mend: str


@dataclass(slots=True)
class Examination:
    """What was looked at, what was found, and what could not be looked at, with the reason."""

    examined: list[Area] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unseen: dict[Area, str] = field(default_factory=dict)

    def saw(self, area: Area, *findings: Finding) -> None:
        """Take note of an area that was looked at."""
        if area not in self.examined:
            self.examined.append(area)
        self.findings += findings

    def missed(self, why: str, *areas: Area) -> None:
        """Take note of areas that could not be looked at."""
        self.unseen |= dict.fromkeys((area for area in areas if area not in self.examined), why)
