"""One right: a company, or one client of it, may read a line or a node, for a time, on some gas days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shared.access.company import Company
from shared.access.days import Days, Run


@dataclass(frozen=True, slots=True)
class Right:
    """What was granted. Exactly one of `line` and `node` is told; periods are gas days, their ends not included.

    `client` is "" where every client of the company has it. `lines` opens the lines of a node as well. `use` are the
    gas days on which it may be used, `days` those whose measurements it opens. `delegated_by` is the company that
    passes on its own, "" where the grid's operator granted it; then `agreement` is the one with which it ends.
    """

    id: str
    company: str
    use: Run
    days: Run
    line: str = ""
    node: str = ""
    lines: bool = False
    client: str = ""
    agreement: str = ""
    delegated_by: str = ""
    revoked_at: datetime | None = None

    @property
    def opened(self) -> Days:
        """The gas days that it opens."""
        return Days.of([self.days])

    def is_for(self, client: str) -> bool:
        """Say whether a client of the company has it; "": the company as such, which alone may pass it on."""
        return self.client in {"", client}

    def holds(self, company: Company, today: date) -> bool:
        """Say whether it may be used on a gas day; a delegated one holds as long as its giver's rights do."""
        if self.revoked_at is not None or not self.use[0] <= today < self.use[1]:
            return False
        return bool(self.delegated_by) or company.has_in_force(self.agreement, today)
