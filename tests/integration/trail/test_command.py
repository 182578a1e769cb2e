"""`gastrack access verify`: 0 while the trail is unbroken, 1 with the places where it is not."""

from __future__ import annotations

import json
import os
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec

from shared.store.documents import Collection
from shared.store.signing_keys import public_keys
from tests.integration.trail.conftest import Trailing, reading
from tests.pipeline.running import ROOT


async def verified(trailing: Trailing, *arguments: str) -> tuple[int, str]:
    """Run the command; return its exit code and all that it says."""
    told = {
        "GASTRACK_KAFKA_BOOTSTRAP": trailing.stack.kafka_bootstrap,
        "GASTRACK_MONGO_URI": trailing.stack.mongo_uri,
        "GASTRACK_MONGO_DATABASE": trailing.database.name,
        "GASTRACK_URL": "http://127.0.0.1:9",
    }
    command = [sys.executable, "-m", "gastrack", "access", "verify", *arguments]
    process = await create_subprocess_exec(*command, env={**os.environ, **told}, cwd=ROOT, stdout=PIPE, stderr=PIPE)
    said, complained = await process.communicate()
    return process.returncode or 0, (said + complained).decode()


async def test_the_command_proves_the_trail(trailing: Trailing) -> None:
    """For people and for programs; a key that is not trusted has signed nothing."""
    for number in range(3):
        trailing.trail.tell(reading(f"client-{number}"))
    async with trailing.chaining():
        await trailing.until_chained(3)
    (key,) = await public_keys(trailing.database)
    code, said = await verified(trailing, "--key", key["kid"])
    assert code == 0, said
    assert "entries 1 to 3" in said
    assert "unbroken" in said
    code, said = await verified(trailing, "--key", "another")
    assert (code, "its signature does not hold" in said) == (1, True)
    place = (await trailing.entries())[1]["_id"]
    await trailing.database[Collection.ACCESS_LOG].update_one({"_id": place}, {"$set": {"entry.lines": []}})
    code, said = await verified(trailing, "--json")
    broken = [one["place"] for chain in json.loads(said)["chains"] for one in chain["broken"]]
    assert (code, broken) == (1, [place])
