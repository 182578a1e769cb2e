"""The form of files and its command."""

from __future__ import annotations

import shlex
from datetime import date

from services.query.pages.downloads import Downloads
from shared.domain.period import Question, View
from shared.domain.quantities import EnergyUnit


def test_the_command_is_one_word_for_a_shell() -> None:
    """Whatever host a request claims to have."""
    question = Question(View.MONTH, date(2026, 1, 1), date(2026, 3, 1), EnergyUnit.GJ, "15/15")
    files = Downloads("http://evil'; rm -rf ~", "line", "A", question)
    program, *options, address = shlex.split(files.command)
    assert (program, options, files.input_type) == ("curl", ["-f", "-OJ"], "month")
    assert address.startswith("http://evil'; rm -rf ~/v1/download?line=A&view=month&from=2026-01&to=2026-03&unit=GJ")
    assert address.endswith("&reference=15%2F15")
    assert (
        Downloads("http://g", "node", "N", Question(View.DAY, date(2026, 1, 1), date(2026, 1, 2))).input_type == "date"
    )
