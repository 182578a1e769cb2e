"""Where the operator's real exports lie, if they are here: beside the clone, for they are not ours to publish."""

from pathlib import Path

REAL_EXPORTS = Path(__file__).parents[5] / "shared" / "data" / "fluvius"
