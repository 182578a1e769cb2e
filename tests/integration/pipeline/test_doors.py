"""The three doors: Kafka, POST /v1/readings, POST /v1/files; what is told at once, and what the receipt tells then."""

from __future__ import annotations

from typing import Any

import pytest

from shared.store.documents import Collection
from tests.pipeline.running import System, until
from tests.pipeline.stations import hour_text, of_hours, plan, recent_hours, telegram, volume_thousandths
from tests.pipeline.stored import documents, hours_by_line, volumes

PLAN = plan("DOOR", stations=2, lines=3)
STATION, OTHER = PLAN.stations
TELEGRAM_LINE, FILE_LINE, HELD_LINE = PLAN.lines[STATION]
DAY = recent_hours(days=5)[:24]
BOUNDARY = "----seven"
PART = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
)


@pytest.fixture(scope="module")
def doors(running: System) -> System:
    """The system with these lines registered."""
    running.register(PLAN.document("2020-01-01"))
    return running


def settled(system: System, answer: dict[str, Any]) -> dict[str, Any]:
    """Return a receipt once nothing of it is pending."""
    path = f"/v1/receipts/{answer['receipt']}"
    until(lambda: system.get(path)["pending"] == 0, 60, "the outcome of every reading")
    told: dict[str, Any] = system.get(path)
    return told


def post(system: System, body: bytes) -> dict[str, Any]:
    """Deliver a telegram that is accepted at the door."""
    status, answer = system.post("/v1/readings", body)
    assert status == 202, answer
    accepted: dict[str, Any] = answer
    return accepted


def csv_of(line: str, hours: range, volume: str = "1.5", quality: str = "MEASURED") -> bytes:
    """Return hours of a line in our own csv."""
    rows = [f"{line},{hour_text(line, hour)['start']},{volume},{quality}" for hour in hours]
    return "\n".join(["line,start,volume_m3n,quality", *rows]).encode()


def test_a_telegram_by_http_is_accepted_then_repeated(doors: System) -> None:
    """The receipt tells of every reading; the same telegram again is another reception, all repeated."""
    body = telegram(STATION, [(TELEGRAM_LINE, [hour_text(TELEGRAM_LINE, hour) for hour in DAY])], "T1")
    answer = post(doors, body)
    assert (answer["received"], answer["dead_lettered"], answer["issues"]) == (24, 0, [])
    told = settled(doors, answer)
    assert (told["received"], told["accepted"]) == (24, 24)
    assert settled(doors, post(doors, body))["repeated"] == 24
    stored = volumes(hours_by_line(doors, TELEGRAM_LINE)[TELEGRAM_LINE])
    assert stored == {hour: volume_thousandths(TELEGRAM_LINE, hour) for hour in DAY}


def test_bad_hours_never_harm_their_neighbours(doors: System) -> None:
    """At the door, and behind it: the receipt has all of them, the dead letters say why, where, and the bytes."""
    line, hours = PLAN.lines[OTHER][0], recent_hours(days=5)[24:30]
    texts = [hour_text(line, hour) for hour in hours]
    texts[1]["volume_m3n"], texts[2]["start"] = "many", texts[2]["start"].replace(":00:00", ":30:00")
    texts[3]["volume_m3n"] = -5.0
    body = telegram(OTHER, [(line, texts), ("NOBODY", texts[:1])], "T2")
    answer = post(doors, body)
    assert (answer["received"], answer["dead_lettered"]) == (7, 2)
    assert [(issue["code"], issue["position"]) for issue in answer["issues"]] == [
        ("A1_SCHEMA", "lines[0].hours[1]"),
        ("A4_ALIGNMENT", "lines[0].hours[2].start"),
    ]
    told = settled(doors, answer)
    assert (told["accepted"], told["dead_lettered"]) == (3, 4)
    assert sorted(hours_by_line(doors, line)[line]) == [hours[0], hours[4], hours[5]]
    letters = documents(doors, Collection.DEAD_LETTERS, {"station": OTHER})
    assert [letter["reason"] for letter in letters] == ["A1_SCHEMA", "A4_ALIGNMENT", "C2", "A9"]
    source = letters[0]["source"]
    assert [letter["_id"] for letter in letters] == [f"{source}/{place}" for place in (1, 2, 3, 6)]
    until(lambda: len(documents(doors, Collection.ORIGINALS, {"_id": source})) == 1, 30, "the original bytes")
    assert documents(doors, Collection.ORIGINALS, {"_id": source})[0]["bytes"] == body


@pytest.mark.parametrize("kind", ["raw", "multipart"])
def test_a_file(doors: System, kind: str) -> None:
    """As raw body or as a part of a form; a bad row is told at once and harms no other."""
    day = recent_hours(days=9)[:24] if kind == "raw" else recent_hours(days=8)[:24]
    file = csv_of(FILE_LINE, day).replace(b",1.5,", b",=1+1,", 1)
    body = file if kind == "raw" else f"{PART}{file.decode()}\r\n--{BOUNDARY}--\r\n".encode()
    content_type = "text/csv" if kind == "raw" else f"multipart/form-data; boundary={BOUNDARY}"
    status, answer = doors.post("/v1/files", body, content_type)
    assert (status, answer["received"], answer["dead_lettered"]) == (202, 24, 1), answer
    assert [(issue["code"], issue["position"]) for issue in answer["issues"]] == [
        ("A1_NUMBER", "row 2, column volume_m3n")
    ]
    told = settled(doors, answer)
    assert (told["accepted"], told["dead_lettered"]) == (23, 1)


def test_what_is_outranked_is_held(doors: System) -> None:
    """An estimate never replaces what was measured; the finding keeps what it said."""
    hours = recent_hours(days=5)[48:52]
    assert doors.post("/v1/files", csv_of(HELD_LINE, hours), "text/csv")[0] == 202
    doors.ledger()
    status, answer = doors.post("/v1/files", csv_of(HELD_LINE, hours, "2.5", "ESTIMATED"), "text/csv")
    assert status == 202
    assert settled(doors, answer)["held"] == 4
    assert set(volumes(hours_by_line(doors, HELD_LINE)[HELD_LINE]).values()) == {1_500}
    (finding,) = documents(doors, Collection.FINDINGS, {"line": HELD_LINE, "rule": "HELD:OUTRANKED"})
    assert finding["hours"] == list(hours)


def test_pending_while_nobody_decides(chain: System, doors: System) -> None:
    """What is accepted at the door is pending until aggregation has decided, and never vanishes."""
    chain.services["aggregation"].process.stop()
    line, hours = PLAN.lines[OTHER][1], recent_hours(days=5)[:3]
    answer = post(doors, telegram(OTHER, [(line, [hour_text(line, hour) for hour in hours])], "T3"))
    told = doors.get(f"/v1/receipts/{answer['receipt']}")
    assert (told["pending"], told["accepted"]) == (3, 0)
    chain.revive("aggregation")
    assert settled(doors, answer)["accepted"] == 3


def test_a_telegram_by_kafka(doors: System) -> None:
    """No receipt, and the same way in."""
    hours = recent_hours(days=3)[:24]
    doors.send([(OTHER, of_hours(PLAN, OTHER, hours, "K1"))])
    doors.ledger()
    stored = hours_by_line(doors, OTHER)
    assert all(set(hours) <= set(stored[line]) for line in PLAN.lines[OTHER])


def test_an_unknown_receipt_is_404(doors: System) -> None:
    """As a problem."""
    status, answer = doors.call("/v1/receipts/nobody")
    assert (status, answer["issues"][0]["code"]) == (404, "NOT_FOUND")
