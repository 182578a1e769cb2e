"""Words that telling and seeing share: what an hour may carry, under the names of the telegram."""

from __future__ import annotations

from typing import Any

from shared.domain.quantities import QUANTITIES
from shared.domain.reading import MEASURES

Text = dict[str, Any]
COLUMNS = {quantity.field: (name, quantity) for name, quantity in zip(MEASURES, QUANTITIES, strict=True)}
"""Column and quantity by name."""
