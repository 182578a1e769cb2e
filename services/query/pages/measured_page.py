"""What the pages of lines and of nodes show alike: what the templates of controls, totals, chart and table need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.query.pages.chart import Chart
from services.query.pages.moves import Moves
from services.query.pages.page_rows import Row, Totals
from services.query.pages.plot import Plot
from shared.domain import gas_time
from shared.domain.period import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredPage:
    """A page over a question. `shown` is the measure on the chart, `last` the youngest hour that is there, -1 for none.

    `tag` names the content of the chart; `states` are those that its legend explains.
    """

    name: str
    question: Question
    title: str
    shown: str
    tag: str
    plot: Plot
    moves: Moves
    totals: Totals
    chart: Chart
    rows: list[Row]
    hidden_rows: int
    states: list[str]
    last: int
    now: datetime

    @property
    def last_hour(self) -> datetime | None:
        """Start of the youngest hour, in local time."""
        return None if self.last < 0 else gas_time.local_start(self.last)

    @property
    def seconds_since_last(self) -> int | None:
        """How long ago the youngest hour ended."""
        return None if self.last < 0 else int(self.now.timestamp()) - (self.last + 1) * 3600
