"""Which threshold and which severity hold for each of many readings: the line's, else the installation's, else ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.domain.line_terms import TermsTable
from shared.domain.rules.evidence import Threshold
from shared.domain.rules.rule import SEVERITY, Rule, Severity

_SEVERITIES = [float(severity) for severity in Severity]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of many readings: those of the whole installation by name, and those of the terms looked up."""

    overrides: Mapping[str, float]
    table: TermsTable
    terms: NDArray[np.void]

    def thresholds(self, rule: Rule[Any]) -> dict[str, Threshold]:
        """Return a rule's thresholds by name, one number for all readings or one a reading."""
        return {name: self._of(f"{rule.card.id}.{name}", default) for name, default in rule.card.thresholds.items()}

    def severities(self, rule: Rule[Any], rows: NDArray[np.intp], own: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
        """Return the severity of a rule for some of the readings.

        Args:
            rule: The rule.
            rows: Which readings.
            own: What the rule itself says of each of them, instead of its default.
        """
        default = np.full(len(rows), rule.severity, np.uint8) if own is None else own
        chosen = self._of(f"{rule.card.id}.{SEVERITY}", np.nan)
        of_rows = np.broadcast_to(chosen, len(self.terms))[rows]
        return np.where(np.isin(of_rows, _SEVERITIES), of_rows, default).astype(np.uint8)

    def _of(self, name: str, default: float) -> Threshold:
        general = self.overrides.get(name, default)
        by_line = self.table.setting(name, self.terms)
        return general if by_line is None else np.where(np.isnan(by_line), general, by_line)
