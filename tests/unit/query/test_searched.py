"""What is looked for when somebody searches."""

from __future__ import annotations

import pytest

from services.query.asked.searched import searched


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("541448920000000017", "541448920000000017"),
        (" 5414 4892 0000 0000 17 ", "541448920000000017"),
        ("54 1448920\u202f00000001-7", "541448920000000017"),
        ("541448.920000.000017", "541448920000000017"),
        ("5414 4892 0000", "541448920000"),
        ("01789 1", "01789 1"),
        ("01789-N01/A/1", "01789-N01/A/1"),
        ("vaartdijk be-0042-a", "vaartdijk be-0042-a"),
        ("", ""),
    ],
)
def test_an_ean_is_one_number_however_it_is_grouped(typed: str, words: str) -> None:
    """Codes, names and short numbers stay words."""
    assert searched(typed) == words
