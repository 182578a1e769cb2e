"""Companies and what they have signed: an agreement is in force on gas days, and access ends with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a company has signed: its number, its first gas day, and the one on which it no longer is in force."""

    number: str
    first: date
    end: date

    def is_in_force(self, today: date) -> bool:
        """Say whether it holds on a gas day."""
        return self.first <= today < self.end


@dataclass(frozen=True, slots=True)
class Company:
    """A company connected to the grid, or one that acts for such."""

    id: str
    name: str
    agreements: tuple[Agreement, ...] = ()

    def agreement(self, number: str) -> Agreement | None:
        """Return the agreement of a number, None where the company has none."""
        return next((one for one in self.agreements if one.number == number), None)

    def has_in_force(self, number: str, today: date) -> bool:
        """Say whether an agreement of the company holds on a gas day."""
        agreement = self.agreement(number)
        return agreement is not None and agreement.is_in_force(today)


class Under(NamedTuple):
    """Under which agreement of which company something is granted."""

    company: str
    agreement: str
