"""Gathering: contiguous and new answers make a batch; duplicates vanish, gaps are refused, or passed over if asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.aggregation.batch import GapError, gather
from shared.events import line_log
from shared.events.answer import FindingTold
from shared.events.line_log import Tick, TopologyAsked
from tests.unit.aggregation.answering import Told, answer_of, beginning

ONE = [Told("A", 0, 1), Told("A", 1, 2)]


def test_answers_in_order_are_taken_and_counted() -> None:
    """Candidates keep their order and know where they came from."""
    batch, after = gather(beginning(), [(10, answer_of(0, ONE)), (11, answer_of(1, [Told("B", 0, 3)]))])
    assert batch.candidates["volume"].tolist() == [1, 2, 3]
    assert [batch.lines[line] for line in batch.line] == ["A", "A", "B"]
    assert batch.candidates["log_offset"].tolist() == [0, 0, 1]
    assert (after.offset, after.read, after.known_at_ms) == (1, 11, 1_001)
    assert after.sources == {"telemetry/0": (1_000, 0)}


def test_an_answer_again_is_dropped() -> None:
    """The same offset twice counts once; the position in the topic moves all the same."""
    batch, after = gather(beginning(), [(0, answer_of(0, ONE)), (1, answer_of(0, ONE))])
    assert (len(batch.candidates), after.offset, after.read) == (2, 0, 1)


def test_a_reading_again_is_dropped_by_its_source_position() -> None:
    """Ingest wrote a record again in a later message: only what lies above the position is new."""
    again = answer_of(1, [*ONE, Told("A", 2, 9)], source_offset=0)
    batch, after = gather(beginning(), [(0, answer_of(0, ONE, source_offset=0)), (1, again)])
    assert batch.candidates["volume"].tolist() == [1, 2, 9]
    assert after.sources == {"telemetry/0": (2, 0)}


def test_findings_of_dropped_readings_are_dropped() -> None:
    """What rules say belongs to the rows that remain, at their new places."""
    findings = [FindingTold(row, "C1", "F", 1.0, 2.0) for row in range(3)]
    again = replace(answer_of(1, [*ONE, Told("A", 2, 9)], source_offset=0), findings=findings, rejected=findings)
    batch, _ = gather(beginning(), [(0, answer_of(0, ONE, source_offset=0)), (1, again)])
    assert (list(batch.findings), list(batch.rejected)) == ([2], [2])


@pytest.mark.parametrize(("offset", "part"), [(1, 0), (2, 0), (0, 1)])
def test_a_gap_is_refused(offset: int, part: int) -> None:
    """At the beginning as anywhere: nothing may be written past what is missing."""
    with pytest.raises(GapError, match="does not follow"):
        gather(beginning(), [(0, replace(answer_of(offset, ONE), part=part))])


def test_parts_follow_each_other() -> None:
    """The next offset may come only after the last part."""
    first, second = replace(answer_of(0, ONE), last=False), replace(answer_of(0, ONE, source_offset=50), part=1)
    batch, after = gather(beginning(), [(0, first), (1, second)])
    assert (len(batch.candidates), after.offset, after.part, after.last) == (4, 0, 1, True)
    with pytest.raises(GapError):
        gather(beginning(), [(0, first), (1, answer_of(1, ONE))])


def test_answers_of_another_epoch_are_passed_over() -> None:
    """They belong to the time before a replay."""
    batch, after = gather(beginning(epoch=1), [(0, answer_of(7, ONE)), (1, answer_of(0, ONE, epoch=1))])
    assert (len(batch.candidates), after.offset, after.read) == (2, 0, 1)


def test_while_the_missing_is_awaited_what_does_not_follow_is_passed_over() -> None:
    """It comes again behind the missing one; the position in the topic does not move past it before."""
    ahead = [(0, answer_of(1, ONE)), (1, answer_of(2, ONE))]
    batch, after = gather(beginning(), ahead, awaits_missing=True)
    assert (len(batch.candidates), after.offset, after.read) == (0, -1, -1)
    batch, after = gather(beginning(), [*ahead, (2, answer_of(0, ONE)), (3, answer_of(1, ONE))], awaits_missing=True)
    assert (len(batch.candidates), after.offset, after.read) == (4, 1, 3)


def test_ticks_and_changes_of_the_register() -> None:
    """A tick moves `until`; a change is taken once, however often it was copied."""
    change = TopologyAsked(4, 99, b"{}")
    answers = [
        (0, replace(answer_of(0, []), record=line_log.encode(Tick(500)))),
        (1, replace(answer_of(1, []), record=line_log.encode(change))),
        (2, replace(answer_of(2, []), record=line_log.encode(change))),
    ]
    batch, after = gather(beginning(), answers)
    assert (after.until_ms, [(step.offset, step.asked) for step in batch.steps]) == (500, [(0, Tick(500)), (1, change)])


def test_an_unreadable_record_is_a_defect_of_its_own() -> None:
    """Its neighbours are taken."""
    broken = replace(answer_of(1, []), record=b"\xc1", defect="no msgpack")
    batch, after = gather(beginning(), [(0, answer_of(0, ONE)), (1, broken), (2, answer_of(2, ONE))])
    assert (batch.defects, len(batch.candidates), after.offset) == ([(1, "no msgpack")], 4, 2)
