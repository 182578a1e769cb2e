"""The relay killed in the middle of transactions, moved to another process, the broker restarted: each message once."""

from __future__ import annotations

from shared.events.topics import gateway_topic
from shared.store.documents import Collection
from tests.pipeline.books import assert_nothing_lost_nothing_twice
from tests.pipeline.flow import Flow
from tests.pipeline.gateways import assert_relayed_once, die_in_the_middle, register_gateway, wait_for_relay
from tests.pipeline.running import System
from tests.pipeline.stations import of_hours, plan, recent_hours
from tests.pipeline.stored import documents

PLAN = plan("RELAY", stations=4, lines=2)
FOREIGN = plan("FOREIGN", stations=1, lines=2)
CHAIN = ("ingest", "validation", "aggregation")
GATEWAYS = {"gw-a": PLAN.stations[:2], "gw-b": PLAN.stations[2:]}
TOPICS = {station: gateway_topic(name).name for name, stations in GATEWAYS.items() for station in stations}
HOURS = recent_hours(days=400)


def test_each_message_once_whatever_is_killed(own_system: System) -> None:
    """In one run, because each start costs: kills in the middle, a change of hands, the broker; then the books."""
    own_system.start(*CHAIN)
    own_system.register(PLAN.document("2020-01-01"))
    own_system.register(FOREIGN.document("2020-01-01"))
    for name, stations in GATEWAYS.items():
        register_gateway(own_system, name, stations)
    (foreign,) = FOREIGN.stations
    second = own_system.another("ingest")
    try:
        with Flow(own_system, PLAN, HOURS, topics=TOPICS) as flow:
            flow.wait_for(20)
            own_system.put([(foreign, of_hours(FOREIGN, foreign, HOURS[:3], "F"))], gateway_topic("gw-a").name)
            own_system.kill("ingest")
            flow.wait_for(10)
            for _ in range(2):  # the second undoes the first
                die_in_the_middle(own_system)
            own_system.revive("ingest")
            second.start()
            second.wait_ready()
            flow.wait_for(20)
            own_system.kill("ingest")
            flow.wait_for(20)
            own_system.revive("ingest")
            second.process.kill()
            flow.wait_for(20)
            own_system.kill("kafka")
            own_system.revive("kafka")
            flow.wait_for(20)
    finally:
        if second.process.running:
            second.process.stop()
    wait_for_relay(own_system)
    ledger = assert_nothing_lost_nothing_twice(own_system, flow, "RELAY")
    assert assert_relayed_once(own_system) >= flow.telegrams + 1
    letters = documents(own_system, Collection.DEAD_LETTERS)
    assert {letter["reason"] for letter in letters} == {"A9_STATION"}
    assert ledger["dead_lettered"] == len(letters) == 3 * 2
    assert ledger["received"] == ledger["accepted"] + ledger["repeated"] + ledger["dead_lettered"]
