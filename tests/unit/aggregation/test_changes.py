"""The document of what a batch changed: where it stands, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from services.aggregation.changes import change_document, place_after, told_parts
from services.aggregation.settled import Settled
from shared.domain.analysis import KEPT_ANALYSIS
from shared.domain.effects import ChangedPart, NodeEffect
from shared.domain.hour_changes import RUN, HourChange
from shared.domain.retelling import Retelling
from shared.store.changes import WORKED_OFF, Place, change_id, place_of
from shared.store.progress import Progress

BEFORE = Progress("aggregation/3", 2, 7, known_at_ms=1_000)
AFTER = replace(BEFORE, offset=9, part=1, known_at_ms=2_000)
TOLD_AGAIN = Retelling(9, 2_000, 0, 1)


def settled(*runs: tuple[int, ...], closings: tuple[dict[str, Any], ...] = ()) -> Settled:
    """Return what a batch led to."""
    return Settled(np.zeros(0, np.uint8), closings=list(closings), runs=np.array(list(runs), RUN), lines=["A", "B"])


def closing(kind: str, first: int, end: int, hours: list[int] | None = None) -> dict[str, Any]:
    """Return a change of status of line A as it is kept."""
    told = {"line": "A", "kind": kind, "month": "2026-10", "first_hour": first, "end_hour": end}
    return {**told, "known_at": 5, "cause": "decision", "decision": 4, **({"hours": hours} if hours else {})}


def test_nothing_changed_makes_no_document() -> None:
    """A tick that passes no deadline, a repetition."""
    assert change_document(3, BEFORE, AFTER, settled(), []) is None


def test_the_document_says_where_it_stands_and_when_it_became_known() -> None:
    """Nothing of it depends on the clock of who writes it, so a replay of the same batches writes the same."""
    document = change_document(3, BEFORE, AFTER, settled((0, HourChange.HOURS, 1, 2, 1, 0, 5)), [])
    assert document is not None
    assert document["_id"] == change_id(3, Place(9, 1))
    assert place_of(document["_id"]) == Place(9, 1)
    assert document["at"] == datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC)
    assert (document["p"], document["epoch"], document["known_at"], document["n"], document["count"]) == (
        3,
        2,
        2_000,
        1,
        1,
    )
    assert not {"statuses", "analyses", "parts"} & document.keys()


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        (None, None, Place(9, 1)),
        (None, TOLD_AGAIN, Place(9, 1)),
        (TOLD_AGAIN, replace(TOLD_AGAIN, done=8), Place(9, 1, 8)),
        (replace(TOLD_AGAIN, done=8), None, Place(9, 1, WORKED_OFF)),
    ],
)
def test_parts_that_are_told_again_have_places_of_their_own(
    before: Retelling | None, after: Retelling | None, place: Place
) -> None:
    """Behind the record that they follow from, and before the next one."""
    assert place_after(replace(BEFORE, retelling=before), replace(AFTER, retelling=after)) == place
    assert place < Place(9, 2) < Place(10)


def test_ids_sort_by_partition_and_place() -> None:
    """As text, which is how the store sorts them."""
    places = [Place(-1 + 1), Place(9), Place(10), Place(10, 0, 8), Place(10, 0, WORKED_OFF), Place(10, 1), Place(11)]
    names = [change_id(partition, place) for partition in (2, 10) for place in places]
    assert names == sorted(names)


def test_accepted_hours_are_told_once() -> None:
    """By who accepted them; what the rules changed elsewhere stays."""
    runs = [
        (0, HourChange.STATUS, 10, 12, 0, 0, 0),
        (0, HourChange.STATUS, 20, 21, 0, 0, 0),
        (0, HourChange.HOURS, 11, 12, 1, 0, 5),
        (1, HourChange.STATUS, 10, 12, 0, 0, 0),
    ]
    document = change_document(
        3, BEFORE, AFTER, settled(*runs, closings=(closing("accept", 10, 13, [10, 11, 12]),)), []
    )
    assert document is not None
    assert np.frombuffer(document["runs"], RUN).tolist() == runs[1:]
    assert document["statuses"] == [
        {
            "line": "A",
            "kind": "accept",
            "month": "2026-10",
            "first": 10,
            "end": 13,
            "hours": 3,
            "known_at": 5,
            "cause": "decision",
            "decision": 4,
        }
    ]


def test_a_closed_month_counts_no_hours() -> None:
    """It is its period that is closed, whatever the line had in it."""
    document = change_document(3, BEFORE, AFTER, settled(closings=(closing("close", 10, 755),)), [])
    assert document is not None
    assert document["statuses"][0]["hours"] is None


def test_analyses_of_days_in_a_row_are_one() -> None:
    """By chromatograph; the end is exclusive."""
    told = settled()
    for name, number in (("C", 1), ("C", 2), ("C", 4), ("D", 3)):
        rows = np.zeros(25, KEPT_ANALYSIS)
        rows["known_at"][number] = number
        told.analysed.days[name, date(2026, 10, number)] = rows
    document = change_document(0, BEFORE, AFTER, told, [])
    assert document is not None
    assert [tuple(one.values()) for one in document["analyses"]] == [
        ("C", "2026-10-01", "2026-10-03", 2),
        ("C", "2026-10-04", "2026-10-05", 4),
        ("D", "2026-10-03", "2026-10-04", 3),
    ]


def test_parts_of_the_register_name_the_decision() -> None:
    """And the nodes that are another sum."""
    part = ChangedPart("line", "A", is_new=False, start=date(2026, 3, 1), nodes=(NodeEffect("N", date(2026, 6, 1)),))
    (told,) = told_parts([part], 4, 5)
    assert told == {
        "kind": "line",
        "id": "A",
        "new": False,
        "from": "2026-03-01",
        "nodes": [{"node": "N", "from": "2026-06-01"}],
        "lines": [],
        "decision": 4,
        "known_at": 5,
    }
