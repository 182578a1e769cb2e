"""Rule B4: which hour a local label without offset means."""

from datetime import datetime, timedelta

import pytest

from shared.domain.gas_time import hour_number, hours_of_day, local_start
from shared.domain.local_time import LocalLabel, resolve
from shared.domain.reason import Reason

FIRST = hour_number(datetime.fromisoformat("2023-10-29T02:00+02:00"))
SECOND = hour_number(datetime.fromisoformat("2023-10-29T02:00+01:00"))
NIGHT = ["01:00", "02:00", "02:00", "03:00"]


def label(start: str, end: str | None = None, day: str = "2023-10-29") -> LocalLabel:
    """Return a label of the October night, or of another day."""
    return LocalLabel(
        datetime.fromisoformat(f"{day}T{start}"), datetime.fromisoformat(f"{day}T{end}") if end is not None else None
    )


def test_an_ordinary_hour_needs_nothing_else() -> None:
    """A label that October does not repeat resolves alone, with or without its end."""
    expected = hour_number(datetime.fromisoformat("2023-07-01T14:00+02:00"))
    assert resolve([label("14:00", day="2023-07-01"), label("14:00", "15:00", day="2023-07-01")]) == [expected] * 2


def test_the_end_label_resolves_the_repeated_hour() -> None:
    """02:00 to 02:00 is the first, 02:00 to 03:00 the second, wherever they stand."""
    assert resolve([label("02:00", "02:00")]) == [FIRST]
    assert resolve([label("02:00", "03:00")]) == [SECOND]
    assert resolve([label("02:00", "03:00"), label("02:00", "02:00")]) == [SECOND, FIRST]


def test_a_repeated_second_hour_is_no_pair_where_the_ends_tell() -> None:
    """The second hour sent twice stays the second hour, because the first one stands beside it."""
    labels = [label("01:00", "02:00"), label("02:00", "02:00"), *[label("02:00", "03:00")] * 2, label("03:00", "04:00")]
    assert resolve(labels) == [FIRST - 1, FIRST, SECOND, SECOND, SECOND + 1]


def test_order_resolves_an_ascending_and_a_descending_file() -> None:
    """Without end labels the direction of the neighbours says which of the two comes first."""
    assert resolve([label(t) for t in NIGHT]) == [FIRST - 1, FIRST, SECOND, SECOND + 1]
    assert resolve([label(t) for t in reversed(NIGHT)]) == [SECOND + 1, SECOND, FIRST, FIRST - 1]


@pytest.mark.parametrize("cut", [slice(0, 3), slice(1, 4)])
def test_one_neighbour_is_enough(cut: slice) -> None:
    """A file that begins or ends with the repeated hour still has a direction."""
    hours = resolve([label(t) for t in NIGHT[cut]])
    assert FIRST in hours
    assert SECOND in hours


def test_ends_that_only_add_an_hour_leave_it_to_order() -> None:
    """A writer that labels both hours 02:00 to 03:00 is resolved by the order of its rows."""
    labels = [label("01:00", "02:00"), *[label("02:00", "03:00")] * 2, label("03:00", "04:00")]
    assert resolve(labels) == [FIRST - 1, FIRST, SECOND, SECOND + 1]


@pytest.mark.parametrize(
    "times",
    [["02:00"], ["01:00", "02:00", "03:00"], ["02:00", "02:00"], ["01:00", "02:00", "02:00", "01:00"], ["02:00"] * 3],
)
def test_what_nothing_resolves_stays_ambiguous(times: list[str]) -> None:
    """One of two hours, no neighbour, neighbours that disagree, or three equal labels: never a guess."""
    told = resolve([label(t) for t in times])
    assert {t for t, time in zip(told, times, strict=True) if time == "02:00"} == {Reason.B4_AMBIGUOUS}


def test_the_hour_that_march_leaves_out_is_impossible() -> None:
    """02:00 on the March switch day names no hour; its neighbours are unharmed, with either way to write the end."""
    day = "2024-03-31"
    labels = [
        label("01:00", "03:00", day),
        label("01:00", "02:00", day),
        label("02:00", "03:00", day),
        label("03:00", day=day),
    ]
    before = hour_number(datetime.fromisoformat("2024-03-31T01:00+01:00"))
    assert resolve(labels) == [before, before, Reason.B4_IMPOSSIBLE, before + 1]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (label("14:15"), Reason.A4_ALIGNMENT),
        (label("14:00:01"), Reason.A4_ALIGNMENT),
        (label("14:00", "14:15"), Reason.A4_ALIGNMENT),
        (label("14:00", "16:00"), Reason.A4_ALIGNMENT),
        (label("02:00", "05:00"), Reason.A4_ALIGNMENT),
        (label("14:00", day="1989-12-31"), Reason.A1_TIME),
        (label("03:00", day="1990-01-01"), Reason.A1_TIME),
        (label("14:00", day="9999-12-31"), Reason.A1_TIME),
    ],
)
def test_what_is_no_hour_says_why(bad: LocalLabel, reason: Reason) -> None:
    """Quarter hours, longer periods and other centuries are named, and harm no neighbour."""
    assert resolve([bad, label("12:00")]) == [reason, SECOND + 10]


@pytest.mark.parametrize("backwards", [False, True])
def test_each_hour_of_a_switch_day_comes_back(backwards: bool) -> None:  # noqa: FBT001 - pytest gives it by name
    """The 25 labels of the October gas day and the 23 of the March one, in either direction, give its hours."""
    for day in (datetime(2023, 10, 28).date(), datetime(2024, 3, 30).date()):  # noqa: DTZ001 - only its date
        hours = list(hours_of_day(day))[:: -1 if backwards else 1]
        starts = [local_start(h).replace(tzinfo=None) for h in hours]
        assert resolve([LocalLabel(s) for s in starts]) == hours
        exact = [LocalLabel(s, local_start(h + 1).replace(tzinfo=None)) for s, h in zip(starts, hours, strict=True)]
        assert resolve(exact) == hours
        assert resolve([LocalLabel(s, s + timedelta(hours=1)) for s in starts]) == hours


def test_each_reason_has_a_sentence() -> None:
    """The closed list of reasons documents itself."""
    assert all(r.meaning.endswith(".") and r == r.name for r in Reason)
