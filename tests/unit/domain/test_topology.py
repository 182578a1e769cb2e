"""The register by example: what a change does, and why it may be refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shared.domain.attribution import Attribution, Chromatograph
from shared.domain.register import MOST_ATTRIBUTIONS, Register, heard_at
from shared.domain.topology import Change, Check, Code, Composition, Issue, Line, Node, Station, Terms

STATION, OTHER = Station("BE-0042", "Ghent"), Station("BE-0043", "Bruges")
JANUARY, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)
LINE = Line("BE-0042-A", STATION.id, (Terms(JANUARY, "A"),))
NODE = Node("N1", "Node 1", (Composition(JANUARY, ((LINE.id, Decimal(1)),)),))


def _applied(register: Register, **what: object) -> Register:
    after = register.applied(_change(**what))
    assert isinstance(after, Register), after
    return after


def _change(**what: object) -> Change:
    return replace(Change("op", "test"), **what)  # type: ignore[arg-type]  # each test names real fields of Change


def _refused(register: Register, **what: object) -> list[tuple[str, str]]:
    issues = register.applied(_change(**what))
    assert isinstance(issues, tuple)
    return [(issue.code, issue.position) for issue in issues]


@pytest.fixture
def register() -> Register:
    """Return a register with one station, one line and one node."""
    return _applied(Register(), stations=(STATION,), lines=(LINE,), nodes=(NODE,))


def test_a_change_may_bring_all_at_once(register: Register) -> None:
    """A line may name a station, and a node a line, of the same change."""
    assert register == Register({STATION.id: STATION}, {LINE.id: LINE}, {NODE.id: NODE})


def test_a_change_leaves_the_register_before_it_alone(register: Register) -> None:
    """It is pure: refused or not, the register before stays as it was."""
    before = Register(dict(register.stations), dict(register.lines), dict(register.nodes))
    _applied(register, stations=(replace(STATION, name="Gent"),), lines=(replace(LINE, codes=(Code("01789/1"),)),))
    _refused(register, stations=(OTHER,), lines=(replace(LINE, station=OTHER.id),))
    assert register == before


def test_a_station_is_renamed(register: Register) -> None:
    """The latest name holds."""
    assert _applied(register, stations=(replace(STATION, name="Gent"),)).stations[STATION.id].name == "Gent"


def test_terms_hold_from_their_day_until_the_next(register: Register) -> None:
    """Before the first day a line is not active."""
    line = _applied(register, lines=(replace(LINE, terms=(Terms(MARCH, "B"),)),)).lines[LINE.id]
    days = [date(2025, 12, 31), JANUARY, date(2026, 2, 28), MARCH]
    assert [terms and terms.name for terms in map(line.terms_on, days)] == [None, "A", "A", "B"]


def test_a_line_ends_before_its_end_day(register: Register) -> None:
    """The end is the first gas day on which the line no longer counts; it stays when later changes are silent."""
    register = Register(register.stations, register.lines)
    line = _applied(register, lines=(replace(LINE, terms=(), end=JUNE),)).lines[LINE.id]
    assert [line.terms_on(day) is not None for day in (date(2026, 5, 31), JUNE)] == [True, False]
    line = _applied(_applied(register, lines=(replace(LINE, end=JUNE),)), lines=(LINE,)).lines[LINE.id]
    assert line.end == JUNE


def test_terms_that_begin_on_the_same_day_are_replaced(register: Register) -> None:
    """A correction of what held from that day."""
    line = _applied(register, lines=(replace(LINE, terms=(Terms(JANUARY, "A2"),)),)).lines[LINE.id]
    assert line.terms == (Terms(JANUARY, "A2"),)


def test_terms_of_a_new_line_in_any_order(register: Register) -> None:
    """A person may write the newest first."""
    new = Line("BE-0042-B", STATION.id, (Terms(JUNE, "late"), Terms(JANUARY, "early")))
    line = _applied(register, lines=(new,)).lines[new.id]
    assert [terms.start for terms in line.terms] == [JANUARY, JUNE]
    assert line.terms_on(MARCH) == Terms(JANUARY, "early")


def test_aliases_gather_and_live_from_stays(register: Register) -> None:
    """Each alias once, in the order in which they came."""
    first = _applied(register, lines=(replace(LINE, codes=(Code("a"), Code("b")), live_from=MARCH),))
    line = _applied(first, lines=(replace(LINE, codes=(Code("b", end=JUNE), Code("c"))),)).lines[LINE.id]
    assert (line.codes, line.live_from) == ((Code("a"), Code("b", end=JUNE), Code("c")), MARCH)
    assert _applied(first, lines=(replace(LINE, live_from=JUNE),)).lines[LINE.id].live_from == JUNE


def test_a_node_changes_its_composition_over_time(register: Register) -> None:
    """New compositions join the old ones in order, also in a node that is new."""
    before = replace(LINE, terms=(Terms(date(2025, 1, 1), "A"),))
    register = _applied(register, lines=(before,))
    earlier, later = (Composition(day, ((LINE.id, Decimal("-0.125")),)) for day in (date(2025, 1, 1), JUNE))
    node = _applied(register, nodes=(replace(NODE, compositions=(later, earlier)),)).nodes[NODE.id]
    assert [c.start for c in node.compositions] == [date(2025, 1, 1), JANUARY, JUNE]
    new = _applied(register, nodes=(Node("N2", "new", (later, earlier)),)).nodes["N2"]
    assert new.compositions == (earlier, later)


def test_a_line_of_an_unknown_station_is_refused(register: Register) -> None:
    """The message says what to do."""
    change = _change(lines=(Line("X-1", "X", (Terms(JANUARY, "X"),)),))
    text = "station X is not registered: name it under stations"
    assert register.applied(change) == (Issue("UNKNOWN_STATION", "lines[0].station", text),)


def test_a_line_does_not_move(register: Register) -> None:
    """A move is a new line."""
    moved = replace(LINE, station=OTHER.id)
    assert _refused(register, stations=(OTHER,), lines=(moved,)) == [("STATION_CHANGED", "lines[0].station")]


@pytest.mark.parametrize("end", [date(2025, 12, 31), JANUARY])
def test_a_line_does_not_end_before_it_begins(register: Register, end: date) -> None:
    """Not even on its first day."""
    assert _refused(register, lines=(replace(LINE, end=end),)) == [("ENDS_BEFORE_START", "lines[0].until")]


def _checked_by(line: str) -> Line:
    return replace(LINE, terms=(Terms(MARCH, "A", check=Check(line, 1.5, -2.0)),))


def test_a_line_may_be_checked_by_another_of_its_station(register: Register) -> None:
    """The other one is registered already, or stands before it in the same change."""
    other = replace(LINE, id="BE-0042-B")
    for lines in ((other, _checked_by(other.id)), (other, replace(_checked_by(other.id), id="BE-0042-C"))):
        assert _applied(register, lines=lines).lines[lines[1].id].terms[-1].check == Check(other.id, 1.5, -2.0)
    assert _applied(_applied(register, lines=(other,)), lines=(_checked_by(other.id),)).lines[other.id] == other


def test_what_cannot_check_a_line(register: Register) -> None:
    """No line at all, a line of another station, the line itself, or one that the change brings only later."""
    elsewhere, later = Line("BE-0043-A", OTHER.id, LINE.terms), replace(LINE, id="BE-0042-B")
    refused = [("CHECK_LINE", "lines[0].check.line")]
    assert _refused(register, lines=(_checked_by("X"),)) == refused
    assert _refused(register, lines=(_checked_by(LINE.id),)) == refused
    assert _refused(register, lines=(_checked_by(later.id), later)) == refused
    both = _refused(register, stations=(OTHER,), lines=(elsewhere, _checked_by(elsewhere.id)))
    assert both == [("CHECK_LINE", "lines[1].check.line")]
    text = "X is no other line of station BE-0042: register it first"
    assert register.applied(_change(lines=(_checked_by("X"),))) == (Issue(*refused[0], text),)


def test_each_check_of_a_line_is_looked_at(register: Register) -> None:
    """Of all its terms."""
    terms = tuple(Terms(day, "A", check=Check(line)) for day, line in ((MARCH, "X"), (JUNE, "Y")))
    assert len(_refused(register, lines=(replace(LINE, terms=terms),))) == 2


def test_a_new_line_needs_terms(register: Register) -> None:
    """Without a first day it would never be active; a known line may be changed without new terms."""
    bare = Line("BE-0042-B", STATION.id, (), end=JUNE)
    assert _refused(register, lines=(bare,)) == [("NO_TERMS", "lines[0]")]


def test_a_node_of_an_unknown_line_is_refused(register: Register) -> None:
    """The position says which."""
    node = replace(NODE, compositions=(Composition(JUNE, ((LINE.id, Decimal(1)), ("X", Decimal(1)))),))
    assert _refused(register, nodes=(node,)) == [("UNKNOWN_LINE", "nodes[0].lines[1].line")]


@pytest.mark.parametrize("weight", ["0", "0.0005", "1.0001", "1001", "1E+30", "Infinity", "NaN", "sNaN"])
def test_what_is_no_weight(register: Register, weight: str) -> None:
    """Weights have at most three places, so that sums of integers stay integers."""
    node = replace(NODE, compositions=(Composition(JUNE, ((LINE.id, Decimal(weight)),)),))
    assert _refused(register, nodes=(node,)) == [("WEIGHT", "nodes[0].lines[0].weight")]


@pytest.mark.parametrize("weight", ["1", "-1", "0.001", "-0.125", "1.000000", "1000"])
def test_what_is_a_weight(register: Register, weight: str) -> None:
    """Plus or minus one, or a fraction."""
    node = replace(NODE, compositions=(Composition(JUNE, ((LINE.id, Decimal(weight)),)),))
    assert len(_applied(register, nodes=(node,)).nodes[NODE.id].compositions) == 2


def test_a_change_is_refused_as_a_whole_with_all_its_issues(register: Register) -> None:
    """Each line and node is looked at, so that a person mends all at once."""
    bad = (Line("X-1", "X", ()), replace(LINE, station=OTHER.id))
    node = replace(NODE, compositions=(Composition(JUNE, (("X-1", Decimal(0)),)),))
    codes = [code for code, _ in _refused(register, stations=(OTHER,), lines=bad, nodes=(node,))]
    assert codes == ["UNKNOWN_STATION", "NO_TERMS", "STATION_CHANGED", "UNKNOWN_LINE", "WEIGHT"]


def test_attributions_are_words_that_are_never_overwritten() -> None:
    """The same word again is none; a line keeps so many of them; whoever hears of one says since when."""
    register = _with_gas(Attribution(10, "Z", known_at_ms=1))
    again = register.applied(Change("a", "r", attributions=(("L-1", Attribution(10, "Z", known_at_ms=2)),)))
    assert isinstance(again, Register)
    assert again.lines["L-1"].gas == register.lines["L-1"].gas
    other = register.applied(Change("a", "r", attributions=(("L-1", Attribution(10, "", known_at_ms=2)),)))
    assert isinstance(other, Register)
    other.lines["L-2"] = replace(other.lines["L-1"], id="L-2", gas=())
    heard = heard_at(register, other, 7)
    assert heard.lines["L-2"] is other.lines["L-2"]
    assert [(one.chromatograph, one.known_at_ms) for one in heard.lines["L-1"].gas] == [("Z", 1), ("", 7)]
    many = tuple(("L-1", Attribution(hour, "Z")) for hour in range(MOST_ATTRIBUTIONS + 1))
    refused = register.applied(Change("a", "r", attributions=many))
    assert isinstance(refused, tuple)
    assert {issue.code for issue in refused} == {"TOO_MANY"}


def test_attributions_name_what_is_registered() -> None:
    """A line and chromatographs; a line that is told anew keeps its gas."""
    register = _with_gas(Attribution(10, "Z"))
    wrong = (("L-2", Attribution(10, "Z")), ("L-1", Attribution(10, "X", others=("Y",))))
    refused = register.applied(Change("a", "r", attributions=wrong))
    assert isinstance(refused, tuple)
    assert [issue.code for issue in refused] == ["UNKNOWN_LINE", "UNKNOWN_CHROMATOGRAPH", "UNKNOWN_CHROMATOGRAPH"]
    told = register.applied(Change("a", "r", lines=(Line("L-1", "S-1", (Terms(date(2026, 2, 1), "renamed"),)),)))
    assert isinstance(told, Register)
    assert len(told.lines["L-1"].gas) == 1


def _with_gas(attribution: Attribution) -> Register:
    line = Line("L-1", "S-1", (Terms(date(2026, 1, 1), "first"),))
    change = Change(
        "a", "r", (Station("S-1", "Station"),), (line,), (), (Chromatograph("Z", "Zelzate"),), (("L-1", attribution),)
    )
    register = Register().applied(change)
    assert isinstance(register, Register)
    return register
