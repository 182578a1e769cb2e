"""The days of a batch while it is decided: what they say now, which of them changed, and which months are closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.revision import HOUR
from shared.domain.rows import copied, put

DayKey = tuple[str, date]
MonthKey = tuple[str, str]


@dataclass(slots=True)
class Table:
    """Gas days of lines: `days[number[line, day]]` are its 25 HOUR rows, revision 0 where nothing is known."""

    number: dict[DayKey, int]
    days: NDArray[np.void]
    changed: NDArray[np.bool_]
    closed: NDArray[np.bool_]

    @classmethod
    def of(cls, keys: Iterable[DayKey], days: Mapping[DayKey, NDArray[np.void]], closed: set[MonthKey]) -> Table:
        """Lay out days; one that is not among `days` has nothing yet."""
        number = {key: place for place, key in enumerate(dict.fromkeys(keys))}
        table = cls(
            number,
            np.zeros((len(number), gas_time.MAX_HOURS_PER_DAY), HOUR),
            np.zeros(len(number), np.bool_),
            np.zeros(len(number), np.bool_),
        )
        for key, place in number.items():
            if key in days:
                put(table.days, place, days[key])
        if closed:
            for (line, day), place in number.items():
                table.closed[place] = (line, gas_time.month_of(day)) in closed
        return table

    def place(self, line: str, hour: int) -> tuple[int, int]:
        """Return where an hour stands: number of its day, and its place in it."""
        return self.number[line, gas_time.gas_day(hour)], gas_time.hour_index(hour) - 1

    def slot(self, line: str, hour: int) -> int:
        """Return where an hour stands among those of all days, 25 each."""
        day, index = self.place(line, hour)
        return day * gas_time.MAX_HOURS_PER_DAY + index

    def row(self, line: str, hour: int) -> np.void:
        """Return what an hour says; it goes on saying that, whatever becomes of the table."""
        day, index = self.place(line, hour)
        row: np.void = copied(self.days[day, index : index + 1])[0]
        return row

    def put(self, line: str, hour: int, row: np.void) -> None:
        """Let an hour say something else."""
        place = self.place(line, hour)
        self.days[place] = row
        self.changed[place[0]] = True

    def close(self, line: str, month: str, *, closed: bool) -> None:
        """Note that a month is closed, or open again."""
        for (of_line, day), place in self.number.items():
            if of_line == line and gas_time.month_of(day) == month:
                self.closed[place] = closed

    def changed_days(self) -> list[tuple[DayKey, int]]:
        """Return the days that changed, with their numbers."""
        return [(key, place) for key, place in self.number.items() if self.changed[place]]
