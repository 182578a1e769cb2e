"""An hour as a file presents it, before its local time is resolved."""

from __future__ import annotations

from dataclasses import dataclass

from services.ingest.files.rows import Row
from shared.domain.local_time import LocalLabel
from shared.domain.reason import Reason


@dataclass(slots=True)
class FileHour:
    """The rows that tell one hour, whose it is, and when it is as far as the rows alone can say."""

    rows: list[Row]
    line: str
    """"" where the rows do not say it in a readable way."""
    when: int | LocalLabel | Reason
