"""The change feed over the real stages and the real store: nothing too early, nothing left out, each line in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from services.aggregation import handlers, retelling
from services.query.feed import feed
from services.query.feed import store as feed_store
from services.query.wiring import application
from shared.domain import gas_time
from shared.events.line_log import Entry, Tick
from shared.runtime.door import everybody_is
from shared.store.changes import heads
from shared.store.documents import CHANGES_KEPT_DAYS, Collection
from tests.callers import someone
from tests.integration.pipeline.test_telling_again import analysed, attributed
from tests.integration.query.clients import client_of
from tests.integration.query.fed_store import (
    DAY,
    FAR,
    FIRST,
    KNOWN_MS,
    LINE,
    NODE,
    NOW,
    OTHER,
    SECOND,
    START,
    decided,
    readings,
    registered,
)
from tests.integration.query.following import HOURS, Following, Row, day_of, told
from tests.pipeline.stations import CAPACITY_M3N


async def test_a_correction_appears_once_the_hour_has_changed_and_not_before(following: Following) -> None:
    """Neither when it is asked for nor when it is judged; and then once."""
    store = following.store
    await store.take(0, readings(1, LINE, HOURS[:3]))
    _, link, _ = await following.ask()
    await store.judge(0, readings(2, LINE, [START + 1, START + 2, START + 3], 2_000))
    rows, link, more = await following.ask(link)
    assert (rows, more) == ([], False)
    await store.apply(0)
    rows, link, more = await following.ask(link)
    assert told(rows, "kind", "line", "from", "to", "hours_new", "hours_corrected") == [
        ("hours", LINE, gas_time.hour_text(START + 1), gas_time.hour_text(START + 4), 1, 2)
    ]
    assert (await following.ask(link))[0] == []
    assert not more


async def test_what_changes_nothing_is_not_told(following: Following) -> None:
    """Repetitions, ticks, and the same records once more: a replay onto the store skips what is below the position."""
    store = following.store
    await store.take(0, readings(1, LINE, HOURS[:3]), readings(2, LINE, HOURS[:3]))
    count = await store.database[Collection.CHANGES].count_documents({})
    _, link, _ = await following.ask()
    await store.take(0, readings(3, LINE, HOURS[:3]), Tick(KNOWN_MS))
    await store.deciding.handle(0, store.topics[0].records(0, 1_000))
    store.applied[0] = 0
    await store.apply(0, batch=1)
    assert (await following.ask(link))[0] == []
    assert await store.database[Collection.CHANGES].count_documents({}) == count


@pytest.mark.parametrize("limit", [1, 2, 500])
async def test_everything_is_told_at_least_once_and_each_line_in_order(following: Following, limit: int) -> None:
    """While batches arrive in two partitions; a document may make more rows than a page has."""
    store, seen, numbers = following.store, list[Row](), Counter[int]()
    _, link, _ = await following.ask(f"/v1/changes?limit={limit}")
    expected = defaultdict[str, list[str]](list)
    for turn in range(4):
        for partition, lines in ((0, (LINE, OTHER)), (1, (FAR,))):
            entries: list[Entry] = []
            for line in lines:
                hours = [START + 3 * turn, START + 3 * turn + 2]  # two runs
                numbers[partition] += 1
                entries.append(readings(numbers[partition], line, hours))
                expected[line] += [gas_time.hour_text(hour) for hour in hours]
            await store.take(partition, *entries, batch=1 + turn % 2)
        rows, link, _ = await following.ask(link)
        assert len(rows) <= limit
        seen += rows
    rows, _ = await following.all_behind(link)
    seen += rows
    assert {line: [row["from"] for row in seen if row["line"] == line] for line in expected} == dict(expected)


async def test_a_filter_shows_what_was_asked_for_however_much_lies_between(
    following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page may be short, and says that there is more; the link keeps the filter."""
    monkeypatch.setattr(feed, "ROWS_LOOKED_AT", 2)
    monkeypatch.setattr(feed, "MOST_LOOKED_AT", 2)
    monkeypatch.setattr(feed, "CARDS_AT_ONCE", 2)
    monkeypatch.setattr(feed_store, "CARDS_AT_ONCE", 2)
    store = following.store
    for number, hour in enumerate(HOURS[:6], start=1):
        await store.take(0, readings(2 * number, OTHER, [hour]), readings(2 * number + 1, LINE, [hour]), batch=1)
    rows, link, more = await following.ask(f"/v1/changes?since=earliest&line={LINE}&line={FAR}&limit=2")
    assert (more, f"line={LINE}&line={FAR}" in link) == (True, True)
    rest, _ = await following.all_behind(link)
    hours = [row["from"] for row in (*rows, *rest) if row["kind"] == "hours"]
    assert hours == [gas_time.hour_text(hour) for hour in HOURS[:6]]
    assert {row.get("line") for row in (*rows, *rest)} <= {LINE, None}


async def test_who_follows_a_node_hears_of_all_its_lines(following: Following) -> None:
    """And of nobody else's."""
    store = following.store
    _, link, _ = await following.ask(f"/v1/changes?node={NODE}")
    await store.take(0, readings(1, LINE, HOURS[:1]), readings(2, OTHER, HOURS[:1]))
    await store.take(1, readings(1, FAR, HOURS[:1]))
    rows, _ = await following.all_behind(link)
    assert {row["line"] for row in rows} == {LINE, FAR}


async def test_a_topology_change_tells_its_effect_on_nodes(following: Following) -> None:
    """A node that is another sum, and a line that ends: from which gas day, and by which decision."""
    _, link, _ = await following.ask()
    weights = [{"line": LINE, "weight": 1}, {"line": OTHER, "weight": -1}]
    node = {"id": NODE, "name": "A node", "from": day_of(9), "lines": weights}
    late = {"correction": "it was told late"}
    await following.store.take_everywhere(registered(1, nodes=[node], **late))
    ends = {"id": FAR, "station": SECOND, "name": FAR, "from": "2020-01-01", "until": day_of(3)}
    ended = [ends | {"capacity_m3n_per_h": CAPACITY_M3N}]
    without = [{**node, "from": day_of(3)}]
    await following.store.take_everywhere(registered(2, lines=ended, nodes=without, **late))
    await following.store.take_everywhere(registered(3, lines=[{"id": "X", "station": "Y", "from": day_of(0)}]))
    rows, _ = await following.all_behind(link)
    assert told(rows, "part", "id", "new", "from", "nodes", "decision") == [
        ("node", NODE, False, day_of(9), [{"node": NODE, "from": day_of(9)}], 1),
        ("line", FAR, False, day_of(3), [], 2),
        ("node", NODE, False, day_of(3), [{"node": NODE, "from": day_of(3)}], 2),
    ]


async def test_status_and_gas_are_told(following: Following) -> None:
    """A closed month by its decision; another gas apart from what is measured anew."""
    store, month = following.store, gas_time.month_of(DAY)
    last = gas_time.days_of_month(month)[-1]
    hours = gas_time.hours_of_day(last)
    short = f"{FIRST}-SHORT"
    line = {"id": short, "station": FIRST, "name": "Short", "from": last.isoformat()}
    await store.take_everywhere(registered(1, lines=[line]))
    await store.take_everywhere(attributed(2, "HERE", LINE, START))
    await store.take(0, readings(1, LINE, HOURS[:3]), readings(2, short, hours), Tick(KNOWN_MS))
    _, link, _ = await following.ask()
    await store.take(0, decided(3, kind="close", line=short, month=month, author="op"))
    await store.take(0, analysed(0, "HERE", 11_200_000, HOURS[:3]))
    rows, _ = await following.all_behind(link)
    assert told(rows, "kind", "line", "status", "hours", "decision") == [
        ("status", short, "close", None, 3),
        ("gas", LINE, None, 3, None),
        ("analyses", None, None, None, None),
    ]
    assert rows[2]["chromatograph"] == "HERE"


async def test_what_is_told_again_in_parts_is_told_part_by_part(
    following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part has a document of its own behind that of the change; reading between them goes on well."""
    monkeypatch.setattr(retelling, "UNITS_A_PART", 1)
    store, later = following.store, range(START + 31 * 24, START + 31 * 24 + 2)
    await store.take(0, readings(1, LINE, HOURS[:2]), readings(2, LINE, later))
    _, link, _ = await following.ask("/v1/changes?limit=3")
    await store.take(0, attributed(1, "HERE", LINE, START))
    parts, link, more = await following.ask(link)
    assert (told(parts, "part", "id"), more) == (
        [("chromatograph", "HERE"), ("chromatograph", "THERE"), ("line", LINE)],
        True,
    )
    assert parts[2]["nodes"] == [{"node": NODE, "from": day_of(0)}]
    first, link, _ = await following.ask(link.replace("limit=3", "limit=1"))
    second, link, more = await following.ask(link)
    assert told([*first, *second], "kind", "line", "from") == [
        ("gas", LINE, gas_time.hour_text(HOURS[0])),
        ("gas", LINE, gas_time.hour_text(later[0])),
    ]
    assert (more, (await following.ask(link))[0]) == (False, [])


async def test_a_cursor_of_while_parts_are_told_hears_the_others(
    following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From now on means from the part on that is next."""
    monkeypatch.setattr(retelling, "UNITS_A_PART", 1)
    monkeypatch.setattr(handlers, "PATIENCE_SECONDS", -1.0)
    store, later = following.store, range(START + 31 * 24, START + 31 * 24 + 2)
    await store.take(0, readings(1, LINE, HOURS[:2]), readings(2, LINE, later))
    await store.judge(0, attributed(1, "HERE", LINE, START))
    await store.deciding.handle(0, store.topics[0].records(store.applied[0], 1))
    assert (await heads(store.database)).of[0][1].place.told == 1
    _, link, _ = await following.ask()
    await store.deciding.turn()
    rows, _ = await following.all_behind(link)
    assert told(rows, "kind", "from") == [("gas", gas_time.hour_text(later[0]))]


async def test_foreign_lines_are_unseen(following: Following) -> None:
    """And the nodes that hold one; a filter by them is 404."""
    store = following.store
    await store.take(0, readings(1, LINE, HOURS[:1]))
    await store.take(1, readings(1, FAR, HOURS[:1]))
    client = client_of(application(store.database, everybody_is(someone([LINE, OTHER])), lambda: NOW))
    async with client:
        await _sees_no_foreign_line(Following(store, following.app, client))


async def _sees_no_foreign_line(following: Following) -> None:
    rows, _ = await following.all_behind("/v1/changes?since=earliest&limit=1")
    assert told(rows, "kind", "part", "id", "line") == [
        ("topology", "station", FIRST, None),
        ("topology", "line", LINE, None),
        ("topology", "line", OTHER, None),
        ("hours", None, None, LINE),
    ]
    for foreign in (f"line={FAR}", f"node={NODE}", "line=NOBODY", "node=NOBODY"):
        assert (await following.client.get(f"/v1/changes?{foreign}")).status_code == 404


async def test_a_cursor_older_than_what_is_kept_is_gone(following: Following) -> None:
    """It says what to do; one day less, and everything is told."""
    store = following.store
    _, link, _ = await following.ask()
    await store.take(0, readings(1, LINE, HOURS[:1]))
    following.app.state.now = lambda: NOW + timedelta(days=CHANGES_KEPT_DAYS - 1)
    assert len((await following.ask(link))[0]) == 1
    following.app.state.now = lambda: NOW + timedelta(days=CHANGES_KEPT_DAYS)
    answer = await following.client.get(link)
    assert (answer.status_code, answer.headers["content-type"]) == (410, "application/problem+json")
    assert answer.json()["issues"][0]["code"] == "CURSOR_EXPIRED"
    assert (await following.client.get("/v1/changes?since=forged")).json()["issues"][0]["code"] == "CURSOR"


async def test_documents_expire_by_when_they_became_known(following: Following) -> None:
    """The store itself removes them, a day after no cursor asks for them any more."""
    indexes = await following.store.database[Collection.CHANGES].index_information()
    (expiring,) = [index for index in indexes.values() if "expireAfterSeconds" in index]
    assert expiring["key"] == [("at", 1)]
    assert expiring["expireAfterSeconds"] == (CHANGES_KEPT_DAYS + 1) * 86_400


async def test_what_has_expired_is_passed_over(following: Following) -> None:
    """A partition in which nothing has happened for long does not say for ever that there is more."""
    store = following.store
    await store.take(0, readings(1, LINE, HOURS[:1]))
    await store.take(1, readings(1, FAR, HOURS[:1]))
    await store.database[Collection.CHANGES].delete_many({"p": 1})
    rows, link, more = await following.ask("/v1/changes?since=earliest&limit=500")
    assert (rows[-1]["line"], more) == (LINE, False)
    await store.take(1, readings(2, FAR, HOURS[1:2]))
    assert told((await following.ask(link))[0], "line", "from") == [(FAR, gas_time.hour_text(HOURS[1]))]
