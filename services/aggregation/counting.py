"""What becomes of analyses in the one partition whose owner keeps and counts what stands in every one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.aggregation.batch import ANALYSES_SOURCE, Step
from services.aggregation.deciding import Deciding, day_to_change, finite
from services.aggregation.settled import AnalysesSettled, Found, Lifted
from services.aggregation.table import DayKey
from shared.domain import gas_time
from shared.domain.analysis import ANALYSIS, KEPT_ANALYSIS, Analyses, apply_analysis
from shared.domain.revision import Outcome
from shared.domain.rules.analysis_judging import AnalysisFinding, JudgedAnalyses
from shared.domain.rules.rule import Severity


def count_analyses(deciding: Deciding, step: Step, told: Analyses, judged: JudgedAnalyses | None) -> None:
    """Let analyses say what they tell, and count them; what is rejected becomes a dead letter."""
    settled = deciding.settled.analysed
    if judged is None:
        for place in told.rows["place"].tolist():
            _reject(settled, told, place, {"reason": "DEFECT"})
        return
    accepted: dict[int, int] = {}
    for row, coming in enumerate(_coming(told, step.known_at_ms)):
        hour = int(told.rows[row]["hour"])
        if row in judged.rejected:
            place = int(told.rows[row]["place"])
            _reject(settled, told, place, {**_why(judged.rejected[row]), "hour": hour})
        else:
            coming["doubt"] = judged.doubts.get(row, "").encode()
            if _take(deciding, told, coming) is Outcome.ACCEPTED:
                accepted[hour] = row
    _tell_findings(deciding, step, told, judged, accepted)


def _tell_findings(
    deciding: Deciding, step: Step, told: Analyses, judged: JudgedAnalyses, accepted: dict[int, int]
) -> None:
    """Tell what rules found in analyses that stand now, by hour; what was found of earlier ones is superseded."""
    findings, own = deciding.settled.findings, told.chromatograph
    corrected = [hour for hour in accepted if _standing(deciding, own, hour)["revision"] > 1]
    if corrected:
        lifted = Lifted("", sorted(corrected), "superseded", step.known_at_ms, graver=True, chromatograph=own)
        findings.append(lifted)
    groups: dict[tuple[str, Severity], list[AnalysisFinding]] = defaultdict(list)
    stands = set(accepted.values())
    for found in judged.findings:
        if found.row in stands:
            groups[found.rule, found.severity].append(found)
    for (rule, severity), seen in groups.items():
        observed, threshold = [finite(one.observed) for one in seen], [finite(one.threshold) for one in seen]
        hours = [int(told.rows[one.row]["hour"]) for one in seen]
        position = f"{ANALYSES_SOURCE}/{told.offset}/{int(told.rows[seen[0].row]['place'])}"
        name, known = f"{position}|{rule}", (step.known_at_ms, step.offset)
        findings.append(Found(name, "", rule, severity.name, hours, observed, threshold, *known, chromatograph=own))


def _standing(deciding: Deciding, chromatograph: str, hour: int) -> np.void:
    row: np.void = _day(deciding, (chromatograph, gas_time.gas_day(hour)))[gas_time.hour_index(hour) - 1]
    return row


def _coming(told: Analyses, known_at_ms: int) -> NDArray[np.void]:
    """Return the rows as they would rest: known since the log of this partition has them, as readings are."""
    rows = np.zeros(len(told.rows), KEPT_ANALYSIS)
    for name in ANALYSIS.names or ():
        rows[name] = told.rows[name]
    rows["sent"], rows["known_at"], rows["offset"] = told.ranks_ms, known_at_ms, told.offset
    return rows


def _take(deciding: Deciding, told: Analyses, coming: np.void) -> Outcome:
    settled, hour = deciding.settled.analysed, int(coming["hour"])
    slots, place = _day(deciding, (told.chromatograph, gas_time.gas_day(hour))), gas_time.hour_index(hour) - 1
    became = apply_analysis(slots[place], coming)
    settled.counts[told.offset, became.value] += 1
    if became is Outcome.HELD:
        settled.beside.append((told.chromatograph, hour, f"held|{told.offset}|{int(coming['place'])}", coming))
    if became is Outcome.REPEATED and coming["sent"] > slots[place]["sent"]:
        slots[place]["sent"] = coming["sent"]
    if became is Outcome.ACCEPTED:
        revision = int(slots[place]["revision"])
        if revision:
            settled.beside.append((told.chromatograph, hour, str(revision), slots[place].copy()))
        slots[place] = coming
        slots[place]["revision"] = revision + 1
    return became


def _day(deciding: Deciding, key: DayKey) -> NDArray[np.void]:
    """Return a gas day of a chromatograph as it stands now, to be changed."""
    return day_to_change(deciding.settled.analysed.days, deciding.analyses, key, KEPT_ANALYSIS)


def _reject(settled: AnalysesSettled, told: Analyses, place: int, why: dict[str, Any]) -> None:
    settled.counts[told.offset, Outcome.DEAD_LETTERED.value] += 1
    settled.letters[f"{ANALYSES_SOURCE}/{told.offset}/{place}"] = {
        "by": "validation",
        "source": f"{ANALYSES_SOURCE}/{told.offset}",
        "telegram": told.telegram,
        "station": told.chromatograph,
        "known_at": told.known_at_ms,
        "state": "open",
        **why,
    }


def _why(found: AnalysisFinding) -> dict[str, Any]:
    return {"reason": found.rule, "observed": finite(found.observed), "threshold": finite(found.threshold)}
