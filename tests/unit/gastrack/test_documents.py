"""The documents that are generated from code."""

from __future__ import annotations

from pathlib import Path

import pytest

from gastrack.documents import DOCUMENTS, write
from gastrack.documents.rules import rules
from shared.domain.rules.catalogue import CARDS

_ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_not_stale(name: str) -> None:
    """What lies in the project is what the code says."""
    committed = (_ROOT / name).read_text(encoding="utf-8")
    assert committed == DOCUMENTS[name](), f"{name} is stale: run python -m gastrack.documents"


def test_documents_are_written_where_they_belong(tmp_path: Path) -> None:
    """Folders that are not there yet are made."""
    write(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")} == set(DOCUMENTS)


def test_every_rule_has_one_row() -> None:
    """One docstring, one row, and a bar in a formula does not break the table."""
    rows = [line.replace("\\|", "").split("|") for line in rules().splitlines() if line.startswith("| ")]
    by_id = {cells[1].strip(): cells for cells in rows}
    for card in CARDS:
        assert len(by_id[card.id]) == 10
        assert by_id[card.id][7].strip().startswith(card.words[:20].replace("|", ""))
