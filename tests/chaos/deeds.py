"""What operators and companies do while services are replaced: months closed, files ordered and scheduled, access."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.local.services import Service
from shared.domain import gas_time
from tests.chaos.upgrading import Versions
from tests.chaos.users import asked
from tests.issuers import an_authority
from tests.pipeline.running import until
from tests.pipeline.stations import plan, recent_hours, telegram
from tests.scenarios.telling import usual

PLAN = plan("CLOSED", stations=4, lines=3)
MONTH = gas_time.month_of(gas_time.gas_day(recent_hours(days=1).start).replace(day=1) - timedelta(days=1))
PERIOD = f"from={MONTH}&to={gas_time.next_month(MONTH)}"
DAYS = {"from": f"{MONTH}-01", "to": f"{gas_time.next_month(MONTH)}-01"}
WITHIN_SECONDS = 120.0
AUTHORITY = an_authority()
"""Of the certificates of those who apply for access."""
APPLICATION = {
    "company": "Acme NV",
    "agreement": {"number": "A-1", "from": "2026-01-01", "until": "2029-01-01"},
    "person": {"name": "Anna Peeters", "email": "anna@acme.example"},
    "role": "downloader",
}


@dataclass(slots=True)
class Deeds:
    """Each is done by the one version and seen by the other where two run beside each other."""

    versions: Versions
    lines: list[str] = field(default_factory=lambda: [line for lines in PLAN.lines.values() for line in lines])
    closed: list[str] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    turns: int = 0

    def begin(self) -> None:
        """Register lines, tell a whole month of each, have a file made of it as soon as it is definitive; close one."""
        system = self.versions.system
        system.register(PLAN.document("2020-01-01"))
        hours = [{"start": start(hour), **usual(hour)} for hour in gas_time.hours_of_month(MONTH)]
        system.send(
            (station, telegram(station, [(line, hours) for line in lines], f"{station}/month"))
            for station, lines in PLAN.lines.items()
        )
        for line in self.lines:
            self._good("export", "/v1/schedules", {"when": {"kind": "definitive"}, "what": {"line": [line]}})
        self._good("query", "/v1/access/companies", {"id": "ACME", "name": "Acme NV"})
        until(lambda: self._month(self.lines[0])["hours_present"] == len(hours), WITHIN_SECONDS, "a month of hours")
        self.do_more()

    def do_more(self) -> None:
        """Close a month, order a file; what concerns the closed month alone, all processes tell in the same words."""
        self.turns += 1
        self._close()
        self._order()
        self._apply()
        for name, paths in settled(self.closed[0], self.orders[0]).items():
            for path in paths:
                told = [asked(service, path) for service in self.versions.open[name]]
                assert [status for status, _ in told] == [200] * len(told), (path, told)
                assert [answer for _, answer in told] == [told[0][1]] * len(told), path

    def conclude(self) -> None:
        """Check that each month was closed once, and each of its schedules made one file."""
        assert [self._month(line)["closed"] for line in self.lines] == [line in self.closed for line in self.lines]
        for line in self.closed:
            assert [one["kind"] for one in self._month(line)["statuses"]] == ["close"]
        until(lambda: len(self._files()) >= len(self.closed), WITHIN_SECONDS, "a file of each closed month")
        assert sorted(self._files()) == sorted((line, "ready", 1) for line in self.closed)

    def _close(self) -> None:
        """Close the month of the next line, by one of the doors of ingest, until the outcome is known."""
        line = self.lines[len(self.closed)]

        def is_closed() -> bool:
            month = self._month(line)
            if not month["closed"]:
                asked_for = {"kind": "close", "line": line, "month": MONTH, "version": month["version"]}
                text = json.dumps({**asked_for, "reason": "complete", "author": "an"}).encode()
                asked(self._one_of("ingest"), "/v1/decisions", text)
            return bool(self._month(line)["closed"])

        until(is_closed, WITHIN_SECONDS, f"{line} closed")
        self.closed.append(line)

    def _order(self) -> None:
        """Order the file of a closed month, and wait for it."""
        order = self._good("export", "/v1/exports", {"line": [self.closed[-1]], "format": "json", **DAYS})["id"]
        self.orders.append(order)

        def is_done() -> bool:
            told = self._good("export", f"/v1/exports/{order}")
            assert told["state"] != "failed", told
            return bool(told["state"] == "done")

        until(is_done, WITHIN_SECONDS, "an ordered file")

    def _apply(self) -> None:
        """Apply for access by one of the processes, and refuse it by another where there are two."""
        now = datetime.now(UTC)
        shown = AUTHORITY.issue("anna", begin=now - timedelta(days=1), end=now + timedelta(days=300)).pem
        wanted = {**APPLICATION, "lines": [self.closed[0]], "certificate": shown}
        made = self._good("query", "/v1/access/applications", wanted)
        told = self._good("query", f"/v1/access/applications/{made['id']}/refuse", {"reasons": "a drill"})
        assert told["state"] == "refused", told

    def _month(self, line: str) -> Any:
        return self._good("query", f"/v1/lines/{line}/months/{MONTH}")

    def _files(self) -> list[tuple[str, str, int]]:
        rows = self._good("export", "/v1/deliveries?limit=100")["rows"]
        return [(row["asked"]["line"][0], row["state"], row["number"]) for row in rows]

    def _good(self, name: str, path: str, document: object = None) -> Any:
        """Return the good answer of one of the processes of a service."""
        body = None if document is None else json.dumps(document).encode()
        status, answer = asked(self._one_of(name), path, body)
        assert status in {200, 201, 202}, (path, status, answer)
        return answer

    def _one_of(self, name: str) -> Service:
        """Return the processes of a service in turn."""
        self.turns += 1
        services = self.versions.open[name]
        return services[self.turns % len(services)]


def start(hour: int) -> str:
    """Return an hour as the API writes it."""
    return f"{gas_time.hour_start(hour):%Y-%m-%dT%H:%M:%SZ}"


def settled(line: str, order: str) -> dict[str, list[str]]:
    """Return what is asked of a closed month and of a file that is done: no answer to it changes any more."""
    hour, days = gas_time.hours_of_month(MONTH)[7], "&".join(f"{key}={day}" for key, day in DAYS.items())
    of_line = f"/v1/lines/{line}"
    return {
        "query": [
            f"{of_line}/measurements?view=hour&{days}",
            f"{of_line}/measurements?view=day&{days}",
            f"{of_line}/measurements?view=month&{PERIOD}",
            f"{of_line}/months/{MONTH}",
            f"{of_line}/hours/{start(hour)}/history",
            f"{of_line}/topology/history",
            f"/v1/findings?line={line}",
            "/v1/access/companies",
            "/v1/access/applications",
        ],
        "export": [f"/v1/exports/{order}", f"/v1/exports/{order}/result", "/v1/keys"],
    }
