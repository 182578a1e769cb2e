"""`python -m gastrack.documents`: write every generated document."""

from __future__ import annotations

from pathlib import Path

from gastrack.documents import write

if __name__ == "__main__":
    write(Path(__file__).parents[2])
