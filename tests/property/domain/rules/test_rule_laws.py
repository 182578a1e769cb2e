"""Rules as laws: each hits exactly where its formula says so in exact arithmetic, whatever a reading says.

The oracles take plain integers and fractions, one reading at a time, straight from the catalogue's formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.domain import gas_time
from shared.domain.line_terms import TermsTable
from shared.domain.quantities import ABSENT, QUANTITIES
from shared.domain.reading import MEASURES, Provenance, Quality, Readings, Source, empty_rows
from shared.domain.register import Register
from shared.domain.rules.catalogue import RULES
from shared.domain.rules.evidence import Evidence
from shared.domain.rules.judging import Judged, judge
from shared.domain.rules.rule import Rule, Severity
from shared.domain.topology import Line, Station, Terms

FIRST, END = date(2024, 1, 1), date(2026, 11, 1)
KNOWN_AT_MS = int(gas_time.hour_start(gas_time.hours_of_day(date(2026, 11, 20)).start).timestamp() * 1000) + 7_000
_KNOWN_AT_HOUR = KNOWN_AT_MS // 3_600_000
LINES = (
    Line("ALL", "S1", (Terms(FIRST, "", capacity_m3n_per_h=1_000, sends=tuple(q.field for q in QUANTITIES[1:])),)),
    Line("BARE", "S1", (Terms(FIRST, "", one_way=False, teletransmitted=False, network="L"),)),
    Line(
        "ENDED", "S1", (Terms(FIRST, "", network="X", sends=("energy_kwh",), pressure_bar_abs=(0.004, 0.006)),), end=END
    ),
    Line("ELSEWHERE", "S2", (Terms(FIRST, ""),), live_from=END),
)
NAMES = [*(line.id for line in LINES), "UNKNOWN"]
TABLE = TermsTable.of(Register({s: Station(s, s) for s in ("S1", "S2")}, {line.id: line for line in LINES}))
_BY_ID = {line.id: line for line in LINES}
_AROUND = {
    "volume": 1_050_000,
    "energy": 11_500_000,
    "gcv": 10_800_000,
    "temperature": 60_000,
    "index": 5,
    "volume_operating": 5,
    "pressure": 5,
}

Told = dict[str, int]


def _measure(name: str) -> st.SearchStrategy[int]:
    near = _AROUND[name]
    extreme = st.sampled_from([-(2**63) + 1, 2**63 - 1, 0, -1, 1])
    return st.one_of(st.just(ABSENT), st.integers(near - 3, near + 3), st.integers(-near, 2 * near), extreme)


def _told() -> st.SearchStrategy[Told]:
    first = gas_time.hours_of_day(FIRST).start
    hour = st.one_of(
        st.integers(_KNOWN_AT_HOUR - 4, _KNOWN_AT_HOUR + 2),
        st.integers(first - 2, first + 2),
        st.integers(first, _KNOWN_AT_HOUR),
        st.sampled_from([-(2**31), 2**31 - 1]),
    )
    measures = {name: _measure(name) for name in MEASURES}
    flags = st.integers(0, sum(Provenance))
    quality = st.sampled_from(list(Quality))
    return st.fixed_dictionaries(
        {"line": st.integers(0, len(NAMES) - 1), "hour": hour, "provenance": flags, "quality": quality, **measures}
    )


def _readings(told: list[Told]) -> Readings:
    rows = empty_rows(len(told))
    for row, values in zip(rows, told, strict=True):
        for name, value in values.items():
            row[name] = value
    return Readings(rows, NAMES, [Source("telemetry", 0, 0, "T", "S1", 0)])


def _judged(told: list[Told], rules: tuple[Rule[Evidence], ...] = RULES) -> Judged:
    return judge(_readings(told), TABLE, KNOWN_AT_MS, rules=rules)


def _terms(told: Told) -> Terms | None:
    line = _BY_ID.get(NAMES[told["line"]])
    if line is None or not gas_time.is_supported(told["hour"]):
        return None
    return line.terms_on(gas_time.gas_day(told["hour"]))


def _standing(told: Told) -> Terms | None:
    """Return the terms that an ended line had last, too: what came after the end is looked at all the same."""
    line = _BY_ID.get(NAMES[told["line"]])
    begun = line is not None and told["hour"] >= gas_time.hours_of_day(line.terms[0].start).start
    return line.terms[0] if line is not None and begun else None


def _from_file(told: Told) -> bool:
    return bool(told["provenance"] & Provenance.FROM_FILE)


def _a6(told: Told) -> bool:
    line = _BY_ID.get(NAMES[told["line"]])
    end_s, known_at_s = (told["hour"] + 1) * 3600, Fraction(KNOWN_AT_MS, 1000)
    before = line is not None and told["hour"] < gas_time.hours_of_day(line.terms[0].start).start
    too_old = not _from_file(told) and end_s < known_at_s - 36 * Fraction(3_652_425, 10_000 * 12) * 86_400
    return before or too_old or end_s > known_at_s + 120


def _a9(told: Told) -> bool:
    # Hours that no calendar of ours knows still belong to a line that never ends.
    active = _terms(told) is not None or (_standing(told) is not None and NAMES[told["line"]] != "ENDED")
    return not active or _BY_ID[NAMES[told["line"]]].station != "S1"


def _a10(told: Told) -> bool:
    terms = _terms(told) or (None if NAMES[told["line"]] == "ENDED" else _standing(told))
    if terms is None or told["quality"] == Quality.MISSING:
        return False
    columns = dict(zip((quantity.field for quantity in QUANTITIES), MEASURES, strict=True))
    return any(told[columns[field]] == ABSENT for field in ("volume_m3n", *terms.sends))


def _b5(told: Told) -> bool:
    terms, line = _standing(told), _BY_ID.get(NAMES[told["line"]])
    if terms is None or line is None or _from_file(told) or not terms.teletransmitted:
        return False
    live = line.live_from is None or told["hour"] >= gas_time.hours_of_day(line.live_from).start
    return live and KNOWN_AT_MS - (told["hour"] + 1) * 3_600_000 > 5_400_000


def _c1(told: Told) -> bool:
    terms = _standing(told)
    if terms is None or terms.capacity_m3n_per_h is None or told["volume"] == ABSENT:
        return False
    return abs(Fraction(told["volume"], 1000)) > Fraction(105, 100) * terms.capacity_m3n_per_h


def _c2(told: Told) -> bool:
    terms = _standing(told)
    return terms is not None and terms.one_way and told["volume"] != ABSENT and told["volume"] < 0


def _d7(told: Told) -> bool:
    if ABSENT in (told["volume"], told["energy"], told["gcv"]) or told["provenance"] & Provenance.VOLUME_OPERATING:
        return False
    product_kwh = Fraction(told["volume"], 1000) * Fraction(told["gcv"], 1_000_000)
    difference = abs(Fraction(told["energy"], 1000) - product_kwh)
    allowed = max(Fraction(1), abs(product_kwh) / 2000)
    assume(difference == allowed == 1 or abs(difference / allowed - 1) > Fraction(1, 10**12))  # float64's own bound
    return difference > allowed


def _d8(told: Told) -> bool:
    terms = _standing(told)
    ranges = {"H": (Fraction(10), Fraction(128, 10)), "L": (Fraction(88, 10), Fraction(108, 10))}
    lowest, highest = ranges.get(terms.network if terms else "", (Fraction(310, 36), Fraction(550, 36)))
    return told["gcv"] != ABSENT and not lowest <= Fraction(told["gcv"], 1_000_000) <= highest


def _d10(told: Told) -> bool:
    terms = _standing(told)
    contract = terms.pressure_bar_abs if terms else None
    lowest, highest = (Fraction(str(bar)) * 1000 for bar in contract or (0, 0))
    strained = contract is not None and told["pressure"] != ABSENT and not lowest <= told["pressure"] <= highest
    return strained or (told["temperature"] != ABSENT and not -20_000 <= told["temperature"] <= 60_000)


ORACLES: dict[str, Callable[[Told], bool]] = {
    "A6": _a6,
    "A9": _a9,
    "A10": _a10,
    "B5": _b5,
    "C1": _c1,
    "C2": _c2,
    "D7": _d7,
    "D8": _d8,
    "D10": _d10,
}


def test_every_rule_has_a_law() -> None:
    """No rule without an oracle."""
    assert list(ORACLES) == [rule.card.id for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.card.id)
@given(told=st.lists(_told(), max_size=8))
def test_a_rule_hits_where_its_formula_says(rule: Rule[Evidence], told: list[Told]) -> None:
    """Alone and over any readings, extreme and absent values included; and it never raises."""
    result = _judged(told, rules=(rule,))
    hit = {hit.row for hit in result.rejected} | {hit.row for hit in result.findings}
    assert not result.defects
    assert hit == {row for row, each in enumerate(told) if ORACLES[rule.card.id](each)}


@given(told=st.lists(_told(), min_size=1, max_size=8), data=st.data())
def test_a_reading_is_judged_as_if_it_were_alone(told: list[Told], data: st.DataObject) -> None:
    """Neither its neighbours nor its place among them change what is said of it."""
    place = data.draw(st.integers(0, len(told) - 1))
    among, alone = _judged(told), _judged([told[place]])
    assert among.validity[place] == alone.validity[0]
    said_among = [hit[1:] for hit in (*among.rejected, *among.findings) if hit[0] == place]
    said_alone = [hit[1:] for hit in (*alone.rejected, *alone.findings)]
    assert repr(said_among) == repr(said_alone)  # as text, because NaN is not equal to itself


@given(told=st.lists(_told(), max_size=8), data=st.data())
def test_severities_mean_what_they_say(told: list[Told], data: st.DataObject) -> None:
    """Whatever severities are set: R rejects and ends the talk, F keeps RECORDED, W and nothing are PRELIMINARY."""
    severities = {f"{name}.severity": float(data.draw(st.sampled_from(Severity))) for name in ORACLES}
    result = judge(_readings(told), TABLE, KNOWN_AT_MS, severities)
    rejected = [hit.row for hit in result.rejected]
    assert len(set(rejected)) == len(rejected)
    assert not {finding.row for finding in result.findings} & set(rejected)
    assert all(finding.severity == severities[f"{finding.rule}.severity"] != Severity.R for finding in result.findings)
    recorded = set(rejected) | {finding.row for finding in result.findings if finding.severity == Severity.F}
    assert {row for row, validity in enumerate(result.validity) if validity == 1} == recorded
