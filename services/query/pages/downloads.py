"""The part of a page from which its measurements are taken along: as a file, or by a command for a program."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from urllib.parse import urlencode

from shared.domain.period import REFERENCE, Question, View
from shared.domain.physics.iso6976 import REFERENCES
from shared.domain.quantities import EnergyUnit

FORMATS = ("csv", "xlsx", "xml", "json", "parquet")
DIALECTS = ("rfc4180", "excel-be")
"""What the export service offers; a test asks it for each."""


@dataclass(frozen=True, slots=True)
class Downloads:
    """A form: `kind` (line or node) and its id are fixed, as is the view of the page; all else may be chosen."""

    base: str
    kind: str
    id: str
    question: Question
    units: tuple[str, ...] = tuple(unit.value for unit in EnergyUnit)
    references: tuple[str, ...] = REFERENCES
    formats: tuple[str, ...] = FORMATS
    dialects: tuple[str, ...] = DIALECTS

    @property
    def input_type(self) -> str:
        """The type of the inputs for the period."""
        return "month" if self.question.view is View.MONTH else "date"

    @property
    def command(self) -> str:
        """A command that fetches the file under its own name, as a shell takes it."""
        question = self.question
        given = {
            self.kind: self.id,
            "view": question.view.value,
            "from": question.shown_from,
            "to": question.shown_to,
            "unit": question.unit.value,
            "format": FORMATS[0],
            "dialect": DIALECTS[0],
        }
        if question.reference != REFERENCE:
            given["reference"] = question.reference
        return f"curl -f -OJ {shlex.quote(f'{self.base}/v1/download?{urlencode(given)}')}"
