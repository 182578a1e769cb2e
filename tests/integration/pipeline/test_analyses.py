"""Analyses through the running system: by HTTP and by topic, judged, corrected, counted, replayed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np

from shared.domain.analysis import KEPT_ANALYSIS
from shared.events.topics import ANALYSES
from shared.runtime.kafka import producer
from shared.store.documents import Collection
from tests.integration.pipeline.test_doors import settled
from tests.pipeline.running import System
from tests.pipeline.stations import recent_hours
from tests.pipeline.stored import documents

CHROMATOGRAPH = "ZELZATE"
COMPOSITION = {"methane": 93.3212, "ethane": 2.5656, "propane": 1.5368, "nitrogen": 1.035, "carbon_dioxide": 1.5414}
DAY = recent_hours(days=5)[:24]


def telegram(
    *analyses: dict[str, object], sent: str = "2026-11-20T11:02:10Z", chromatograph: str = CHROMATOGRAPH
) -> bytes:
    """Return a telegram of a chromatograph."""
    told = {"telegram": "Z/1", "chromatograph": chromatograph, "sent": sent, "analyses": list(analyses)}
    return json.dumps(told).encode()


def analysis(hour: int, **changed: object) -> dict[str, object]:
    """Return an analysis of an hour."""
    start = str(np.datetime64(hour * 3600, "s")) + "Z"
    return {"start": start, "composition_mol_percent": COMPOSITION, "gcv_kwh_per_m3n": 11.249056, **changed}


def post(system: System, body: bytes) -> dict[str, Any]:
    """Deliver a telegram that is accepted at the door; return its receipt once nothing is pending."""
    status, answer = system.post("/v1/analyses", body)
    assert status == 202, answer
    return settled(system, answer)


def kept(system: System, chromatograph: str = CHROMATOGRAPH) -> dict[int, np.void]:
    """Return what is kept of a chromatograph, by hour."""
    days = [
        np.frombuffer(document["a"], KEPT_ANALYSIS)
        for document in documents(system, Collection.ANALYSES, {"c": chromatograph})
    ]
    return {int(row["hour"]): row for day in days for row in day if row["revision"]}


def test_analyses_are_kept_corrected_and_counted(running: System) -> None:
    """Accepted, repeated, corrected, held and refused: each in exactly one place; the earlier value stays readable."""
    told = post(running, telegram(*(analysis(hour) for hour in DAY)))
    assert (told["received"], told["accepted"]) == (24, 24)
    assert post(running, telegram(*(analysis(hour) for hour in DAY)))["repeated"] == 24
    corrected = telegram(analysis(DAY[0], gcv_kwh_per_m3n=11.25), sent="2026-11-20T12:00:00Z")
    assert post(running, corrected)["accepted"] == 1
    older = telegram(analysis(DAY[0], gcv_kwh_per_m3n=11.24), sent="2026-11-20T09:00:00Z")
    assert post(running, older)["held"] == 1
    wrong = telegram(
        analysis(DAY[1], composition_mol_percent={"methane": 90.0}), analysis(DAY[2], start="now"), analysis(10**6)
    )
    told = post(running, wrong)
    assert (told["received"], told["dead_lettered"]) == (3, 3)
    found = kept(running)
    assert sorted(found) == list(DAY)
    assert (found[DAY[0]]["revision"], found[DAY[0]]["gcv"], found[DAY[1]]["revision"]) == (2, 11_250_000, 1)
    beside = documents(running, Collection.ANALYSIS_REVISIONS, {"c": CHROMATOGRAPH})
    assert sorted(document["_id"].split("|")[2] for document in beside) == ["1", "held"]
    reasons = [letter["reason"] for letter in documents(running, Collection.DEAD_LETTERS, {"station": CHROMATOGRAPH})]
    assert sorted(reasons) == ["A1_TIME", "A6", "D1"]
    assert running.ledger()["difference"] == 0


def test_a_doubtful_analysis_is_kept_with_its_rule(running: System) -> None:
    """It is stored, and not applied until it is corrected."""
    post(running, telegram(analysis(DAY[0], gcv_kwh_per_m3n=11.4), chromatograph="DOUBTFUL"))
    assert kept(running, "DOUBTFUL")[DAY[0]]["doubt"] == b"D3"
    (found,) = findings(running, "DOUBTFUL")
    assert (found["rule"], found["severity"], found["state"], found["line"]) == ("D3", "F", "open", None)
    assert found["starts"] == [analysis(DAY[0])["start"]]
    post(running, telegram(analysis(DAY[0]), chromatograph="DOUBTFUL", sent="2026-11-21T00:00:00Z"))
    (found,) = findings(running, "DOUBTFUL")
    assert (found["state"], found["settled"][0]["how"]) == ("settled", "superseded")


def findings(system: System, chromatograph: str) -> list[dict[str, Any]]:
    """Return what was found in the analyses of a chromatograph."""
    found: list[dict[str, Any]] = system.get(f"/v1/findings?chromatograph={chromatograph}")["rows"]
    return found


def test_a_file_of_analyses(running: System) -> None:
    """By the door of files, as `gastrack import` delivers it; its receipt tells of every row."""
    rows = [f"BY-FILE,{analysis(hour)['start']},100,11.063428" for hour in DAY] + ["BY-FILE,now,100,"]
    body = "\n".join(["chromatograph,start,methane,gcv_kwh_per_m3n", *rows]).encode()
    status, answer = running.post("/v1/files", body, "text/csv")
    assert (status, [issue["position"] for issue in answer["issues"]]) == (202, ["row 26.start"])
    told = settled(running, answer)
    assert (told["accepted"], told["dead_lettered"]) == (24, 1)
    assert sorted(kept(running, "BY-FILE")) == list(DAY)


def test_what_is_no_telegram_is_refused_at_the_door(running: System) -> None:
    """With the reason; nothing was received."""
    status, problem = running.post("/v1/analyses", b"{}")
    assert (status, [issue["code"] for issue in problem["issues"]]) == (422, ["A1_SCHEMA"])


def test_a_chromatograph_writes_to_the_topic(running: System) -> None:
    """As a gateway does; also what is no telegram is counted."""

    async def put() -> None:
        sender = producer(running.servers.kafka_bootstrap)
        await sender.start()
        for body in (telegram(analysis(DAY[0]), chromatograph="BY-TOPIC"), b"no telegram"):
            await sender.send_and_wait(ANALYSES.name, body, partition=0)
        await sender.stop()

    before = running.ledger()
    asyncio.run(put())
    after = running.ledger()
    assert list(kept(running, "BY-TOPIC")) == [DAY[0]]
    assert after["received"] - before["received"] == 2
    assert after["dead_lettered"] - before["dead_lettered"] == 1


def test_analyses_replayed_give_the_same_digest(running: System) -> None:
    """The line log alone tells them all."""
    before = running.gastrack("replay", "--json")
    assert before["same"] is True, before
