"""`gastrack close-month MONTH`: asks for the close of a gas month of lines, and tells which of them are closed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

from gastrack.http_calls import call
from gastrack.reach import address, complain, issues_of, say
from shared.domain import gas_time

GOOD, WRONG, WRONG_USE = 0, 1, 2
AT_ONCE = 16
"""Decisions asked for side by side: each waits some 100 ms for its outcome, nearly all of it in the line log."""
MOST_TOLD = 5
ROWS_PER_PAGE = 500


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of a line's month: `closed`, or why not."""

    line: str
    status: int
    closed: bool
    issues: list[str] = field(default_factory=list)


def close_month(month: str, lines: Sequence[str], reason: str, author: str, *, as_json: bool) -> int:
    """Ask for the close of a month of some lines, or of all; 0 if all are closed then, 1 if not, 2 for no month."""
    try:
        gas_time.first_day_of_month(month)
    except gas_time.NotAGasTimeError as fault:
        complain(str(fault))
        return WRONG_USE
    http = address()
    wanted = list(lines) or _all_lines(http)
    with ThreadPoolExecutor(AT_ONCE) as askers:
        told = list(askers.map(partial(_close, http, month, {"reason": reason, "author": author}), wanted))
    if as_json:
        say(json.dumps({"month": month, "rows": [asdict(closed) for closed in told]}))
    else:
        _tell(month, told)
    return GOOD if all(closed.closed for closed in told) else WRONG


def _all_lines(http: str) -> list[str]:
    lines: list[str] = []
    address: str | None = f"/v1/lines?limit={ROWS_PER_PAGE}"
    while address:
        _, answer = call(f"{http}{address}")
        lines += [row["id"] for row in answer.get("rows", [])]
        address = answer.get("next")
    return lines


def _close(http: str, month: str, by: dict[str, str], line: str) -> Closed:
    """Close a line's month at the version that stands now: it is refused if anything changes before the decision."""
    version = _version(http, line, month)
    asked = {"kind": "close", "line": line, "month": month, "version": version, **by}
    body = json.dumps({name: value for name, value in asked.items() if value not in ("", None)}).encode()
    status, answer = call(f"{http}/v1/decisions", body)
    issues = issues_of(answer) if status not in (200, 202) else []
    already = [issue for issue in issues if issue.startswith("CLOSED ")]
    return Closed(line, status, status == 200 or bool(already), [] if already else issues)


def _version(http: str, line: str, month: str) -> int | None:
    """Return the version of a month as it is known to readers, None where nothing is known of it."""
    status, answer = call(f"{http}/v1/lines/{quote(line, safe='')}/months/{month}")
    return answer["version"] if status == 200 else None


def _tell(month: str, told: Sequence[Closed]) -> None:
    closed = sum(each.closed for each in told)
    say(f"{month}: {closed:,} of {len(told):,} lines are closed")
    for each in told:
        if not each.closed:
            _complain(each)


def _complain(closed: Closed) -> None:
    shown: list[Any] = closed.issues[:MOST_TOLD] or ["no outcome yet: ask again later"]
    more = "; and more, see --json" if len(closed.issues) > len(shown) else ""
    complain(f"{closed.line}: {'; '.join(shown)}{more}")
