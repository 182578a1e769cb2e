"""Every reading is in the trail once, and whoever changes anything there is found."""

from __future__ import annotations

from collections import Counter
from typing import Any

from shared.access.read import What
from shared.events import access_read
from shared.events.access_read import AccessRead
from shared.events.partitioning import partition_of
from shared.events.topics import TRAIL_PARTITIONS
from shared.runtime import kafka
from shared.store.documents import Collection
from shared.store.trail import NO_HASH, linked
from shared.store.trail_verification import VerifiedTrail, verify_trail
from tests.integration.trail.conftest import Trailing, eventually, reading

LOG = Collection.ACCESS_LOG
COMPANIES = ("ACME", "BETA", "GAMMA", "")


async def filled(trailing: Trailing, readers: int = 12) -> None:
    """Let some read, and chain it."""
    for number in range(readers):
        trailing.trail.tell(reading(f"client-{number:03d}"))
    async with trailing.chaining():
        await trailing.until_chained(readers)


async def test_every_reading_is_in_the_trail_once(trailing: Trailing) -> None:
    """Of all companies, however often the same is read; and the trail is proved unbroken."""
    told = Counter[tuple[str, str]]()
    async with trailing.chaining():
        for turn in range(300):
            one = reading(f"client-{turn % 7}", COMPANIES[turn % len(COMPANIES)])
            trailing.trail.tell(one)
            told[one.client, one.company] += 1
        await trailing.trail.tell_for_good(reading("zoë", what=What.FILE))
        told["zoë", "ACME"] += 1
        await trailing.until_chained(301)
    found = Counter[tuple[str, str]]()
    for document in await trailing.entries():
        entry = document["entry"]
        found[entry["client"], entry["company"]] += entry["times"]
        assert document["_id"].partition("/")[0] == str(partition_of(entry["company"], TRAIL_PARTITIONS))
        assert entry["at"] <= entry["until"] < entry["at"] + 500
        assert "192.0.2.7" not in str(entry)
    assert found == told
    verified = await verify_trail(trailing.database)
    assert verified.broken == []
    assert sum(chain.entries for chain in verified.chains) == len(await trailing.entries())


async def test_what_comes_again_is_counted_nowhere(trailing: Trailing) -> None:
    """The same message twice, an older one late: each has its number; what is unreadable is an entry that says so."""
    told = [access_read.encode(AccessRead(1, "teller", number, ())) for number in (1, 2)]
    with_one = access_read.encode(AccessRead(1, "teller", 3, (_some_reading(),)))
    await kafka.ensure_topic(trailing.stack.kafka_bootstrap, trailing.topic)
    sender = kafka.producer(trailing.stack.kafka_bootstrap)
    await sender.start()
    for record in (*told, with_one, told[0], with_one, b"nonsense", with_one):
        await sender.send_and_wait(trailing.topic.name, record, partition=2)
    await sender.stop()
    async with trailing.chaining():
        await trailing.until_chained(1)
    async with trailing.chaining():
        trailing.trail.tell(reading("last"))
        await trailing.until_chained(2)
    whats = [one["entry"]["what"] for one in await trailing.entries() if one["_id"].startswith("2/")]
    assert sorted(whats[:2]) == ["file", "unreadable"]
    assert (await verify_trail(trailing.database)).broken == []


def _some_reading() -> access_read.ReadingTold:
    return access_read.ReadingTold(5, 5, 1, "anna", "X", "192.0.2.9", "file", ("L",), (), (), "", "")


async def _broken(trailing: Trailing) -> list[str]:
    verified: VerifiedTrail = await verify_trail(trailing.database)
    return [one.place for one in verified.broken]


async def _set(trailing: Trailing, place: str, **fields: Any) -> None:
    assert (await trailing.database[LOG].update_one({"_id": place}, {"$set": fields})).matched_count == 1


async def test_who_changes_the_trail_is_found(trailing: Trailing) -> None:
    """An entry that says something else, one gone, two in each other's place, the end cut off: all are named."""
    await filled(trailing)
    before = await trailing.entries()
    names = [one["_id"] for one in before]
    log = trailing.database[LOG]

    async def restored() -> None:
        await log.delete_many({})
        await log.insert_many(before)

    for place in (names[0], names[5], names[-1]):
        await _set(trailing, place, **{"entry.client": "nobody"})
        assert await _broken(trailing) == [place]
        await restored()
    await log.delete_one({"_id": names[4]})
    assert await _broken(trailing) == [names[4]]
    await restored()
    for place, other in ((3, 7), (7, 3)):
        fields = {name: value for name, value in before[other].items() if name != "_id"}
        await log.replace_one({"_id": names[place]}, fields)
    assert set(await _broken(trailing)) >= {names[3], names[7]}
    await restored()
    await log.delete_one({"_id": names[-1]})
    assert names[-1] in await _broken(trailing)
    await restored()
    await _set(trailing, names[2], address="192.0.2.8")
    assert await _broken(trailing) == [names[2]]
    await restored()
    assert await _broken(trailing) == []


async def test_who_writes_all_anew_is_found_by_what_was_signed(trailing: Trailing) -> None:
    """A chain whose end and head were taken back together; a checkpoint that nobody signed."""
    await filled(trailing)
    names = [one["_id"] for one in await trailing.entries()]
    checkpoints = trailing.database[Collection.ACCESS_CHECKPOINTS]
    signed = await checkpoints.find_one({})
    assert signed is not None
    number = int(signed["_id"].partition("/")[2])
    before = (await trailing.entries())[number - 2]
    await trailing.database[LOG].delete_many({"_id": {"$gte": signed["_id"]}})
    head = {"number": number - 1, "hash": before["hash"]}
    await trailing.database[Collection.ACCESS_HEADS].update_many({"number": len(names)}, {"$set": head})
    assert await _broken(trailing) == [signed["_id"]]
    await checkpoints.update_one({"_id": signed["_id"]}, {"$set": {"jws": signed["jws"][:-8] + "AAAAAAAA"}})
    assert await _broken(trailing) == [signed["_id"]]
    assert (await verify_trail(trailing.database, ["another key"])).keys == []


async def test_a_chain_without_its_head_is_broken(trailing: Trailing) -> None:
    """Nobody can say then what is missing behind its last entry."""
    await filled(trailing)
    await trailing.database[Collection.ACCESS_HEADS].delete_many({})
    assert len(await _broken(trailing)) >= 1


async def test_retention_cuts_and_the_rest_is_proved(trailing: Trailing) -> None:
    """Entries leave up to a checkpoint that is old enough and says so; addresses leave before; nothing breaks."""
    await filled(trailing)
    trailing.clock.pass_days(91)
    trailing.trail.tell(reading("later"))
    async with trailing.chaining():
        await trailing.until_chained(13)

        async def are_erased() -> bool:
            return all("address" not in one for one in (await trailing.entries())[:12])

        await eventually(are_erased, "addresses are erased")
    assert await _broken(trailing) == []
    trailing.clock.pass_days(1_147 - 91 + 1)
    trailing.trail.tell(reading("last"))
    async with trailing.chaining():

        async def are_cut() -> bool:
            return len(await trailing.entries()) == 2

        await eventually(are_cut, "entries left")
    verified = await verify_trail(trailing.database)
    assert verified.broken == []
    firsts = [chain.first for chain in verified.chains if chain.entries]
    assert firsts == [13]
    first = (await trailing.entries())[0]
    await trailing.database[LOG].delete_one({"_id": first["_id"]})
    assert await _broken(trailing) == [first["_id"]]


async def test_who_chains_anew_is_found_at_the_next_checkpoint(trailing: Trailing) -> None:
    """Every hash fits then, up to the head; only what was signed does not."""
    await filled(trailing)
    heads, log = trailing.database[Collection.ACCESS_HEADS], trailing.database[LOG]
    documents = await trailing.entries()
    signed = [str(one["_id"]) async for one in trailing.database[Collection.ACCESS_CHECKPOINTS].find()]
    previous = NO_HASH
    for document in documents:
        document["entry"]["client"] = "nobody"
        document |= {"previous": previous, "hash": linked(previous, document["_id"], document["entry"])}
        previous = document["hash"]
        await log.replace_one({"_id": document["_id"]}, document)
    await heads.update_many({"number": len(documents)}, {"$set": {"hash": previous}})
    assert await _broken(trailing) == signed
