"""What a change of the register changed, in words of facts and gas days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from shared.domain import gas_time
from shared.domain.attribution import Attribution
from shared.domain.topology import Check, Code, Composition, Line, Node, Terms
from shared.domain.topology_history import Difference, differences

JANUARY, JUNE, AUGUST = date(2026, 1, 1), date(2026, 6, 1), date(2026, 8, 1)
NODE = Node("N", "Ghent", (Composition(JANUARY, (("A", Decimal(1)), ("B", Decimal(-1)))),))
ENDED = Difference("2026-06-01", None, "active", "", before=True, after=None)
LINE = Line("A", "S", (Terms(JANUARY, "Run 1"),))


def test_a_new_node_says_all_that_holds() -> None:
    """From its first day on, until further."""
    told = differences(None, NODE)
    assert [(one.what, one.of, one.before, one.after) for one in told] == [
        ("active", "", None, True),
        ("name", "", None, "Ghent"),
        ("weight of line", "A", None, 1.0),
        ("weight of line", "B", None, -1.0),
    ]
    assert {(one.start, one.end) for one in told} == {("2026-01-01", None)}


def test_a_corrected_weight_is_told_for_the_days_on_which_it_differs() -> None:
    """Once, also over compositions that both have; what is the same is not told."""
    before = replace(NODE, compositions=(*NODE.compositions, replace(NODE.compositions[0], start=JUNE)))
    half = (("A", Decimal("0.5")), ("B", Decimal(-1)))
    after = replace(before, compositions=tuple(replace(one, weights=half) for one in before.compositions))
    assert differences(before, after) == [Difference("2026-01-01", None, "weight of line", "A", 1.0, 0.5)]
    early = replace(before, compositions=(after.compositions[0], before.compositions[1]))
    assert differences(before, early) == [Difference("2026-01-01", "2026-06-01", "weight of line", "A", 1.0, 0.5)]
    nested = replace(NODE, compositions=(*NODE.compositions, Composition(JUNE, (), (("M", Decimal(1)),), "Gent")))
    assert [(one.what, one.of) for one in differences(NODE, nested)] == [
        ("name", ""),
        ("weight of line", "A"),
        ("weight of line", "B"),
        ("weight of node", "M"),
    ]


def test_an_end_says_nothing_else() -> None:
    """The node, or line, is not active any more."""
    assert differences(NODE, replace(NODE, end=JUNE)) == [ENDED]
    assert differences(LINE, replace(LINE, end=JUNE)) == [ENDED]


def test_terms_of_a_line_are_told_one_by_one() -> None:
    """Whatever differs from the day on which they begin; thresholds and check meters by their names."""
    terms = Terms(
        JUNE,
        "Run 1",
        capacity_m3n_per_h=10,
        thresholds=(("D7.relative", 0.01),),
        check=Check("B", 1.5),
        pressure_bar_abs=(1, 2),
    )
    told = differences(LINE, replace(LINE, terms=(*LINE.terms, terms)))
    assert {(one.start, one.what, one.of, str(one.before), str(one.after)) for one in told} == {
        ("2026-06-01", "capacity_m3n_per_h", "", "None", "10"),
        ("2026-06-01", "check", "B", "None", "[1.5, 0.0]"),
        ("2026-06-01", "pressure_bar_abs", "", "None", "[1, 2]"),
        ("2026-06-01", "threshold", "D7.relative", "None", "0.01"),
    }


def test_codes_are_told_for_the_days_on_which_they_are_valid() -> None:
    """A code that ends is told from that day on."""
    dated = replace(LINE, codes=(Code("old", end=JUNE), Code("new", JUNE, AUGUST)))
    told = differences(replace(LINE, codes=(Code("old"),)), dated)
    assert told == [
        Difference("2026-06-01", "2026-08-01", "code", "new", before=None, after=True),
        Difference("2026-06-01", None, "code", "old", before=True, after=None),
    ]


def test_words_on_gas_stand_beside_the_earlier_ones() -> None:
    """From an hour on, with the chromatograph that was told of that hour before."""
    first, later = (gas_time.hours_of_day(day).start for day in (JANUARY, JUNE))
    one = replace(LINE, gas=(Attribution(first, "Z"),))
    assert differences(LINE, one)[-1:] == [Difference("2026-01-01T05:00:00Z", None, "chromatograph", "", None, "Z")]
    two = replace(one, gas=(*one.gas, Attribution(later, "")))
    assert differences(one, two) == [Difference("2026-06-01T04:00:00Z", None, "chromatograph", "", "Z", None)]
    assert [told.what for told in differences(None, one)].count("chromatograph") == 1


def test_of_two_words_on_one_hour_the_later_one_was_said_before() -> None:
    """The third replaces the second."""
    first = gas_time.hours_of_day(JANUARY).start
    words = tuple(Attribution(first, name, known_at_ms=place) for place, name in enumerate(("X", "Y", "Z")))
    two, three = (replace(LINE, gas=words[:count]) for count in (2, 3))
    (told,) = differences(two, three)
    assert (told.before, told.after) == ("Y", "Z")


def test_all_that_an_attribution_says_is_told() -> None:
    """The delay, who else may serve, and the calorific value of the contract; what stays is not told again."""
    first, later = (gas_time.hours_of_day(day).start for day in (JANUARY, JUNE))
    one = replace(LINE, gas=(Attribution(first, "Z", delay_h=2),))
    assert [(told.what, told.before, told.after) for told in differences(LINE, one)] == [
        ("chromatograph", None, "Z"),
        ("delay_h", 0, 2),
    ]
    word = Attribution(later, "Z", delay_h=3, others=("Y", "X"), contract_gcv=11_630_500)
    start = "2026-06-01T04:00:00Z"
    assert differences(one, replace(one, gas=(*one.gas, word))) == [
        Difference(start, None, "contract_gcv_kwh_per_m3n", "", None, 11.6305),
        Difference(start, None, "delay_h", "", 2, 3),
        Difference(start, None, "others", "", [], ["Y", "X"]),
    ]


def test_deadlines_are_told_for_the_days_that_have_them() -> None:
    """From the line's `live_from` on; where that moves, the days between."""
    live, earlier = replace(LINE, live_from=AUGUST), replace(LINE, live_from=JUNE)
    assert differences(live, earlier) == [
        Difference("2026-06-01", "2026-08-01", "deadlines", "", before=False, after=True)
    ]
    told = [(one.start, one.end, one.after) for one in differences(None, live) if one.what == "deadlines"]
    assert told == [("2026-01-01", "2026-08-01", False), ("2026-08-01", None, True)]
