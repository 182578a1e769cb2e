"""1,000 malformed telegrams and files: refused or dead-lettered with a reason, counted, and nobody falls over."""

from __future__ import annotations

import http.client
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from shared.domain.reason import Reason
from shared.domain.rules.catalogue import CARDS
from shared.store.documents import Collection
from tests.pipeline.malformed import Fate, Odd, odd_telegrams
from tests.pipeline.malformed_files import odd_files
from tests.pipeline.running import System, until
from tests.pipeline.stations import of_hours, plan, recent_hours, volume_thousandths
from tests.pipeline.stored import documents, hours_by_line, volumes

PLAN = plan("ODD", stations=4, lines=2)
NEIGHBOURS = plan("ODDNEIGHBOUR", stations=4, lines=2)
HOURS = recent_hours(days=60)
BY_KAFKA, BY_POST, AS_FILES = 500, 350, 150
KNOWN_REASONS = {*(reason.value for reason in Reason), *(card.id for card in CARDS)}
HUNDRED_MB = 100 * 1024 * 1024


@pytest.fixture(scope="module")
def registered(running: System) -> System:
    """The system with these lines."""
    running.register(PLAN.document("2020-01-01"))
    running.register(NEIGHBOURS.document("2020-01-01"))
    return running


@pytest.fixture
def sturdy(registered: System) -> Iterator[System]:
    """The system, all of whose processes must live on."""
    before = registered.pids()
    assert len(before) == 5
    yield registered
    assert registered.pids() == before


def test_malformed_telegrams_in_kafka(sturdy: System) -> None:
    """Each is dead-lettered with a reason and its bytes, and good telegrams between them arrive whole."""
    odd = list(odd_telegrams(PLAN, HOURS, BY_KAFKA))
    sent: list[tuple[str, bytes]] = []
    for number, one in enumerate(odd):
        station = NEIGHBOURS.stations[number % 4]
        sent += [(one.station, one.body), (station, of_hours(NEIGHBOURS, station, [HOURS[number]], f"{number}"))]
    before = sturdy.ledger()
    places = sturdy.put(sent)[::2]
    ledger = sturdy.ledger()
    letters = Counter(letter["source"] for letter in documents(sturdy, Collection.DEAD_LETTERS))
    unnoticed = [
        one.name for one, place in zip(odd, places, strict=True) if one.fate is Fate.DEAD and not letters[place]
    ]
    assert unnoticed == []
    harmed = [one.name for one, place in zip(odd, places, strict=True) if one.fate is Fate.TAKEN and letters[place]]
    assert harmed == []
    assert ledger["dead_lettered"] - before["dead_lettered"] == sum(letters[place] for place in places)
    assert_neighbours(sturdy, len(odd))
    assert_told_well(sturdy, dict(zip(places, odd, strict=True)))


def assert_neighbours(system: System, count: int) -> None:
    """Check that every good telegram is there."""
    stored = hours_by_line(system, "ODDNEIGHBOUR")
    for number, station in enumerate(NEIGHBOURS.stations):
        wanted = [HOURS[place] for place in range(number, count, 4)]
        for line in NEIGHBOURS.lines[station]:
            assert volumes(stored[line]) == {hour: volume_thousandths(line, hour) for hour in wanted}


def assert_told_well(system: System, odd: dict[str, Odd]) -> None:
    """Check reason, message and original bytes of every dead letter."""
    letters = [letter for letter in documents(system, Collection.DEAD_LETTERS) if letter["source"] in odd]
    assert {letter["reason"] for letter in letters} <= KNOWN_REASONS
    assert all(letter["message"] for letter in letters if letter["by"] == "ingest")
    wanted = {letter["source"] for letter in letters}
    query = {"_id": {"$in": sorted(wanted)}}
    until(
        lambda: len(documents(system, Collection.ORIGINALS, query)) == len(wanted), 60, "originals of all dead letters"
    )
    originals = {document["_id"]: document["bytes"] for document in documents(system, Collection.ORIGINALS, query)}
    assert originals == {source: odd[source].body for source in wanted}


def test_malformed_telegrams_at_the_door(sturdy: System) -> None:
    """422 with issues, or 202 and a receipt that tells of every reading."""
    receipts = []
    for one in odd_telegrams(PLAN, HOURS, BY_POST, seed=7):
        status, answer = sturdy.post("/v1/readings", one.body)
        assert status in {202, 422}, (one.name, status, answer)
        if status == 422:
            assert one.fate is not Fate.TAKEN, one.name
            assert all(issue["code"] in KNOWN_REASONS and issue["message"] for issue in answer["issues"]), one.name
        else:
            receipts.append((one, answer))
    sturdy.ledger()
    for one, answer in receipts:
        told = sturdy.get(f"/v1/receipts/{answer['receipt']}")
        assert told["pending"] == 0
        assert told["received"] == answer["received"], one.name
        assert told["dead_lettered"] >= answer["dead_lettered"], one.name
        assert told["dead_lettered"] > 0 or one.fate is not Fate.DEAD, one.name


def test_malformed_files(sturdy: System) -> None:
    """Refused as a whole with a code, or the bad row is dead-lettered and its neighbours are taken."""
    line = PLAN.lines[PLAN.stations[2]][0]
    receipts = []
    for file in odd_files(line, AS_FILES):
        status, answer = sturdy.post("/v1/files", file.body, "text/csv")
        assert status in {202, 422}, (file.name, status, answer)
        if status == 422:
            assert all(issue["code"] and issue["message"] for issue in answer["issues"]), file.name
        else:
            receipts.append((file.name, answer))
    sturdy.ledger()
    for name, answer in receipts:
        told = sturdy.get(f"/v1/receipts/{answer['receipt']}")
        assert (told["pending"], told["received"]) == (0, answer["received"]), name
        assert told["dead_lettered"] >= 1, name
    assert set(volumes(hours_by_line(sturdy, line)[line]).values()) >= {10_000, 11_000}


@pytest.mark.parametrize("path", ["/v1/readings", "/v1/files"])
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_of_100_mb_is_413(sturdy: System, path: str, announced: bool) -> None:  # noqa: FBT001 - a case
    """Refused by its announced length, or as soon as more than the limit has come."""
    assert status_of_large_body(sturdy, path, announced=announced) == 413


def status_of_large_body(system: System, path: str, *, announced: bool) -> int:
    """Send 100 MB of nothing until somebody says stop."""
    connection = http.client.HTTPConnection(urlsplit(system.http).netloc, timeout=60)
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", "application/json" if path.endswith("readings") else "text/csv")
    name, value = ("Content-Length", str(HUNDRED_MB)) if announced else ("Transfer-Encoding", "chunked")
    connection.putheader(name, value)
    connection.endheaders()
    block = b" " * 65_536
    framed = block if announced else b"10000\r\n" + block + b"\r\n"
    try:
        for _ in range(HUNDRED_MB // len(block)):
            connection.send(framed)
    except OSError:
        pass  # refused before the end: the answer waits to be read
    try:
        return connection.getresponse().status
    finally:
        connection.close()
