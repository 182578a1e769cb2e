"""Findings as the page of a line tells them."""

from __future__ import annotations

from typing import Any

import numpy as np

from services.query.pages.languages import language
from services.query.pages.line_findings import HOURS_TOLD, found_in
from shared.domain.quantities import ABSENT
from shared.domain.revision import HOUR
from shared.store.forms import HOUR_1

ENGLISH = language("en")
PERIOD = range(100, 200)


def finding(rule: str, hours: list[int], severity: str = "F", **others: Any) -> dict[str, Any]:
    """Return a finding at rest."""
    numbers = {"observed": [25_310.1239] * len(hours), "threshold": [25_200.0] * len(hours)}
    return {"rule": rule, "hours": hours, "severity": severity, **numbers, **others}


def test_rules_that_block_stand_first_with_their_newest_hours() -> None:
    """Findings of one rule stand together, whatever record they came in; what holds nothing back comes last."""
    documents = [finding("B5", [101], "W"), finding("D7", [103, 104]), finding("D7", [*range(150, 157)])]
    found = found_in(documents, PERIOD, ENGLISH)
    assert [(one.rule, one.blocks, len(one.hours)) for one in found.rules] == [("D7", True, 9), ("B5", False, 1)]
    assert [hour.hour for hour in found.rules[0].told] == [156, 155, 154, 153, 152]
    assert len(found.rules[0].told) == HOURS_TOLD
    assert (found.rules[0].told[0].observed, found.rules[0].told[0].threshold) == ("25310.124", "25200")


def test_hours_name_each_rule_that_holds_them_back_once() -> None:
    """Two rules on one hour, one of them found again; warnings and hours of another period hold nothing back."""
    documents = [finding("D7", [103]), finding("C1", [99, 103]), finding("C1", [103]), finding("B5", [103], "W")]
    assert found_in(documents, PERIOD, ENGLISH).blocking == {103: ["D7", "C1"]}


def test_a_held_reading_tells_what_it_said() -> None:
    """Its volume, where it had one; there was nothing to observe."""
    rows = np.zeros(2, HOUR)
    rows["volume"] = [7_500, ABSENT]
    nothing = {"observed": [None, None], "threshold": [None, None], "rows": rows.tobytes()}
    (rule,) = found_in([finding("HELD:OLDER", [102, 101], "W", **nothing)], PERIOD, ENGLISH).rules
    assert [(hour.held_volume, hour.observed) for hour in rule.told] == [("7.500", None), (None, None)]
    assert rule.told_as.words == "The hour has a value of the same rank that was sent later."


def test_hours_are_told_in_local_time() -> None:
    """23:00 UTC of 23 November is midnight of the 24th."""
    (rule,) = found_in([finding("C1", [498_743])], range(498_700, 498_800), ENGLISH).rules
    assert ENGLISH.moment(rule.told[0].start) == "24 Nov 00:00"


def test_open_hours_stand_first_and_settled_ones_say_how() -> None:
    """What is settled keeps nothing back; a rule with nothing open stands last, even if it blocks."""
    settled = [{"hours": [150], "how": "accepted", "known_at": 1, "decision": 4}]
    settled.append({"hours": [160], "how": "a way of tomorrow", "known_at": 2, "decision": None})
    c1 = finding("C1", [150, 120, 160], open=[120], settled=settled)
    d7 = finding("D7", [130], open=[], settled=[])
    found = found_in([d7, c1, finding("B5", [101], "W")], PERIOD, ENGLISH)
    assert [(one.rule, one.open_hours) for one in found.rules] == [("C1", 1), ("B5", 1), ("D7", 0)]
    told = [(hour.hour, hour.settled) for hour in found.rules[0].told]
    assert told == [(120, ""), (160, "a way of tomorrow"), (150, "accepted")]
    assert found.rules[2].told[0].settled == "settled"
    assert found.blocking == {120: ["C1"]}


def test_a_finding_of_the_first_form_is_read() -> None:
    """What a held reading said, packed before today's columns."""
    rows = np.zeros(1, HOUR_1)
    rows["volume"] = 7_500
    (rule,) = found_in([finding("HELD:OLDER", [102], "W", rows=rows.tobytes())], PERIOD, ENGLISH).rules
    assert rule.told[0].held_volume == "7.500"
