"""How many rows an export will have, known before it is written. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from shared.domain import gas_time
from shared.domain.period import Question, View
from shared.domain.topology import Line
from shared.domain.view import expected_hours


def rows_expected(lines: Sequence[Line], question: Question, ended: int) -> int:
    """Return the rows of a file: every hour, gas day or gas month of each line that has begun by hour `ended`."""
    return sum(_rows_of(line, question, ended) for line in lines)


def _rows_of(line: Line, question: Question, ended: int) -> int:
    hours = expected_hours(line, question, ended)
    if question.view is View.HOUR or not hours:
        return len(hours)
    return len(gas_time.days_of(hours) if question.view is View.DAY else gas_time.months_of(hours))
