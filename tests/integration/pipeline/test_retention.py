"""Earlier gas months leave by the command: told first, then for good; late files and replays bring nothing back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shared.domain import gas_time
from shared.runtime.mongo import Database
from shared.store.documents import Collection
from tests.pipeline.running import System, until
from tests.pipeline.stations import plan

PLAN = plan("LEFT", stations=2, lines=1)
LINES = [PLAN.lines[station][0] for station in PLAN.stations]
FLOOR = date(2019, 1, 1)
HOURS = range(gas_time.hours_of_day(date(2018, 12, 30)).start, gas_time.hours_of_day(date(2019, 1, 2)).start)
LEAVING = gas_time.hours_of_day(FLOOR).start - HOURS.start
"""Of each line; this folder's other tests have no hours as old as these."""


@pytest.fixture(scope="module")
def delivered(running: System, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with hours of two months, delivered once."""
    running.register(PLAN.document("2018-01-01"))
    file = tmp_path_factory.mktemp("left") / "old.csv"
    rows = [f"{line},{gas_time.hour_text(hour)},{hour % 100}.5" for line in LINES for hour in HOURS]
    file.write_text("\n".join(["line,start,volume_m3n", *rows]), "utf-8")
    assert running.gastrack("import", str(file), "--json")["accepted"] == len(rows)
    return file


def of_lines(system: System) -> dict[str, int]:
    """Return how many days and months of these lines rest in the store."""

    async def counted(database: Database) -> dict[str, int]:
        of_them = {"l": {"$in": LINES}}
        return {
            name.value: await database[name].count_documents(of_them)
            for name in (Collection.LINE_DAYS, Collection.LINE_MONTHS)
        }

    return system.store(counted)


def test_gas_months_leave_and_stay_away(chain: System, delivered: Path) -> None:
    """The dry run changes nothing and says what happens; a file again is dead letters; a replay gives the same."""
    plan_told = chain.gastrack("retention", "--before", "2019-01", "--json")
    goes = plan_told["goes"]
    assert (goes["months"], goes["lines"], goes["hours"]) == (["2018-12"], 2, 2 * LEAVING)
    assert (goes["documents"]["line_days"], goes["documents"]["line_months"]) == (4, 2)
    assert of_lines(chain) == {"line_days": 6, "line_months": 4}
    assert "Nothing was changed" in chain.gastrack("retention", "--before", "2019-01")

    applied = chain.gastrack("retention", "--before", "2019-01", "--apply", "--reason", "a test", "--json")
    assert applied["change"]["outcome"] == "accepted"
    assert chain.get(f"/v1/lines/{LINES[0]}")["online_from"] == FLOOR.isoformat()
    asked = f"/v1/lines/{LINES[0]}/measurements?view=hour&from=2018-12-30&to=2019-01-02"
    assert len(chain.get(asked)["rows"]) == len(HOURS) - LEAVING
    until(lambda: of_lines(chain) == {"line_days": 2, "line_months": 2}, 30, "December 2018 is removed")

    again = chain.gastrack("import", str(delivered), "--json", code=1)
    assert (again["dead_lettered"], again["repeated"]) == (2 * LEAVING, 2 * (len(HOURS) - LEAVING))
    assert chain.ledger()["difference"] == 0
    told = chain.gastrack("replay", "--wait", "120", "--json")
    assert told["same"], told
    assert of_lines(chain) == {"line_days": 2, "line_months": 2}
    assert chain.gastrack("retention", "--before", "2019-01", "--json")["goes"]["hours"] == 0


def test_what_cannot_be_asked_for(chain: System) -> None:
    """No gas month or no reason is wrong use; less than three years is refused, with and without asking for it."""
    assert "2018-13" in chain.gastrack("retention", "--before", "2018-13", code=2)
    assert "--reason" in chain.gastrack("retention", "--before", "2018-12", "--apply", code=2)
    late = gas_time.month_of(date.today().replace(day=1))  # noqa: DTZ011 - any month of these years
    assert "FLOOR_TOO_LATE" in chain.gastrack("retention", "--before", late, code=1)
