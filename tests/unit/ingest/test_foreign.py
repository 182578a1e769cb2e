"""What a gateway tells of stations that are not its own: one dead letter a reading, and nothing else comes of it."""

from __future__ import annotations

import json

import pytest

from services.ingest.analyses import converted_analyses
from services.ingest.conversion import converted, forecast
from services.ingest.delivery import of_chromatograph, of_file, of_station
from services.ingest.files.cut import cut
from services.ingest.relaying import Whose, passed_on
from services.ingest.source_record import GATEWAY_HEADER, OWN_HEADER, SourceRecord, source_record
from services.ingest.telegram import MAX_BYTES, station_of
from shared.access.caller import Caller, demo_caller
from shared.access.roles import Role
from shared.domain.reason import Reason
from shared.events.topics import MAX_GATEWAY_MESSAGE_BYTES, TELEMETRY

GATEWAY = Caller("gw", frozenset({Role.GATEWAY}), "ACME", stations=frozenset({"OURS"}))
PLACE = (TELEMETRY.name, 0, 7)
GOOD = {"start": "2026-11-23T10:00:00Z", "volume_m3n": 1.0}
BAD = {"start": "2026-11-23T10:30:00Z", "volume_m3n": 1.0}
UNREADABLE = {"start": 4}


def telegram(station: str, *hours: object) -> bytes:
    """Return a telegram of one line."""
    lines = [{"line": "L", "hours": list(hours)}]
    return json.dumps({"telegram": "T", "station": station, "sent": "2026-11-23T11:00:00Z", "lines": lines}).encode()


def relayed(body: bytes, caller: Caller = GATEWAY) -> SourceRecord:
    """Return what ingest reads of a gateway's message."""
    message, _ = passed_on("gw", caller, body)
    return source_record(PLACE, message.value, message.headers)


@pytest.mark.parametrize("station", ["THEIRS", "NOBODY", "our", "OURS."])
def test_every_hour_of_a_foreign_telegram_is_a_dead_letter_of_the_same_reason(station: str) -> None:
    """Its own faults included: what is not the gateway's is not looked at."""
    count, faults = forecast(relayed(telegram(station, GOOD, BAD, UNREADABLE)))
    assert count == 3
    assert [(fault.place, fault.code) for fault in faults] == [(place, Reason.A9_STATION) for place in range(3)]
    assert converted([relayed(telegram(station, GOOD))], 4).messages == []


def test_of_an_own_station_only_bad_hours_are_dead_letters() -> None:
    """As if it came from inside the trust boundary."""
    count, faults = forecast(relayed(telegram("OURS", GOOD, BAD, GOOD)))
    assert (count, [(fault.place, fault.code) for fault in faults]) == (3, [(1, Reason.A4_ALIGNMENT)])


def test_who_may_not_come_in_any_more_delivers_for_no_station() -> None:
    """The access register then tells a caller without roles, whatever his stations were."""
    ended = Caller("gw", stations=frozenset({"OURS"}))
    _, whose = passed_on("gw", ended, telegram("OURS", GOOD))
    assert whose is Whose.FOREIGN
    assert [fault.code for fault in forecast(relayed(telegram("OURS", GOOD), ended))[1]] == [Reason.A9_STATION]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"station": 4}', b'{"station": "a b"}', b"[" * 10_000])
def test_what_names_no_station_goes_on_and_is_one_dead_letter(body: bytes) -> None:
    """As it is, under the gateway's name."""
    message, whose = passed_on("gw", GATEWAY, body)
    assert (message.key, message.value, whose) == (b"gw", body, Whose.NONE)
    assert dict(message.headers) == {GATEWAY_HEADER: b"gw"}
    count, faults = forecast(source_record(PLACE, message.value, message.headers))
    assert (count, len(faults)) == (1, 1)


def test_a_message_without_a_value_goes_on() -> None:
    """Kafka allows it, and nobody may be held up by it."""
    message, whose = passed_on("gw", GATEWAY, None)
    assert (message.value, whose) == (None, Whose.NONE)


def test_what_is_larger_than_the_topic_takes_is_cut_rather_than_in_everybodys_way() -> None:
    """It is too large for a telegram in any case."""
    message, _ = passed_on("gw", GATEWAY, b" " * (MAX_GATEWAY_MESSAGE_BYTES + 1))
    assert len(message.value or b"") == MAX_GATEWAY_MESSAGE_BYTES
    assert station_of(telegram("OURS") + b" " * MAX_BYTES) == ""


def test_the_header_says_what_is_allowed() -> None:
    """A record that was read otherwise by the one who wrote its header is foreign; without a gateway all is well."""
    record = SourceRecord(*PLACE, telegram("THEIRS", GOOD), gateway="gw", own="OURS")
    assert [fault.code for fault in forecast(record)[1]] == [Reason.A9_STATION]
    assert forecast(SourceRecord(*PLACE, telegram("THEIRS", GOOD), own="OURS")) == (1, [])
    assert SourceRecord(*PLACE, b"", gateway="gw").is_foreign("")


def test_of_two_stations_in_one_telegram_both_readers_take_the_same() -> None:
    """JSON lets a name stand twice; whichever is taken, it is checked."""
    twice = telegram("THEIRS", GOOD).replace(b'"station"', b'"station": "OURS", "station"')
    record = relayed(twice)
    assert record.own in {"", "OURS"}
    assert [fault.code for fault in forecast(record)[1]] == [Reason.A9_STATION]


FILE = "line,start,volume_m3n\n" + "".join(
    f"{line},2026-11-23T{hour:02d}:00:00Z,{volume}\n"
    for hour, (line, volume) in enumerate(
        [("own-1", 1), ("foreign", 1), ("absent", 1), ("own-1", "x"), ("absent", "x"), ("foreign", 1)], start=10
    )
)


def of_the_file(text: str, caller: Caller) -> list[tuple[int, list[tuple[Reason, str, str]]]]:
    """Return count and faults of each chunk; the caller learns of the stations of his own lines only."""
    stations = {"own-1": "OURS", "foreign": "THEIRS"}
    known = {line: station for line, station in stations.items() if caller.delivers_for(station)}
    told = []
    for chunk in cut(text.encode(), None, known.get):
        delivery = of_file(caller, chunk, 1, 4)
        count, faults = forecast(source_record(PLACE, delivery.value, delivery.headers_with("R")))
        told.append((count, [(fault.code, fault.position, fault.message) for fault in faults]))
    return told


def test_rows_of_foreign_and_absent_lines_look_the_same() -> None:
    """In count, order, reason and words; a bad row tells its own fault; own rows are taken."""
    told = of_the_file(FILE, GATEWAY)
    swapped = FILE.replace("foreign", "X").replace("absent", "foreign").replace("X", "absent")
    renamed = [(count, [(a, b, words.replace("foreign", "X")) for a, b, words in faults]) for count, faults in told]
    again = of_the_file(swapped, GATEWAY)
    assert [(count, [(a, b) for a, b, _ in faults]) for count, faults in again] == [
        (count, [(a, b) for a, b, _ in faults]) for count, faults in renamed
    ]
    assert [[(code, position) for code, position, _ in faults] for _, faults in told] == [
        [("A1_NUMBER", "row 5, column volume_m3n")],
        [
            ("A9_STATION", "row 3"),
            ("A9_STATION", "row 4"),
            ("A1_NUMBER", "row 6, column volume_m3n"),
            ("A9_STATION", "row 7"),
        ],
    ]


def test_an_operator_delivers_for_every_station() -> None:
    """Nothing is written beside what he delivers: it comes from inside the trust boundary."""
    operator = demo_caller("demo")
    assert of_station(operator, "THEIRS", b"", 4).headers == ()
    assert [name for name, _ in of_station(GATEWAY, "OURS", b"", 4).headers] == [GATEWAY_HEADER, OWN_HEADER]
    assert [len(faults) for _, faults in of_the_file(FILE, operator)] == [1, 0, 1]


@pytest.mark.parametrize(("chromatograph", "is_taken"), [("OURS", True), ("ZELZATE", False)])
def test_a_chromatograph_is_the_gateways_where_it_stands_among_its_stations(
    chromatograph: str, *, is_taken: bool
) -> None:
    """Its gas gives energy to lines of many companies: somebody must have said whose it is."""
    good = {"start": "2026-11-23T10:00:00Z", "gcv_kwh_per_m3n": 11.2}
    told = {"telegram": "Z", "chromatograph": chromatograph, "sent": "2026-11-23T11:00:00Z", "analyses": [good, {}]}
    delivery = of_chromatograph(GATEWAY, json.dumps(told).encode())
    record = source_record((delivery.topic, 0, 7), delivery.value, delivery.headers)
    found = converted_analyses([(record, 0)])
    assert found.counts == [2]
    assert len(found.entries) == int(is_taken)
    codes = [letter.fault.code for letter in found.dead_letters]
    assert codes == ([Reason.A1_TIME] if is_taken else [Reason.A1_TIME, Reason.A9_STATION])


def test_what_a_gateway_wrote_was_received_when_it_wrote_it() -> None:
    """Not when the relay passed it on; of a telegram that came to us directly, when the broker took it."""
    message, _ = passed_on("gw", GATEWAY, telegram("OURS", GOOD), 1_000)
    assert source_record(PLACE, message.value, message.headers, 9_000).received_ms == 1_000
    assert source_record(PLACE, b"", (), 9_000).received_ms == 9_000
