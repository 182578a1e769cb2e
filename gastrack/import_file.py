"""`gastrack import FILE`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gastrack.http_calls import call
from gastrack.reach import address, complain, issues_of, say

GOOD, WRONG, WRONG_USE = 0, 1, 2
ASK_SECONDS = 0.2


def deliver(file: Path, line: str | None, wait_seconds: float, *, as_json: bool) -> int:
    """Send a file and wait for its readings' outcomes; 0 all went in, 1 some or all did not, 2 no readable file."""
    try:
        body = file.read_bytes()
    except OSError as fault:
        complain(f"{file}: {fault.strerror}")
        return WRONG_USE
    http = address()
    query = f"?line={quote(line, safe='')}" if line else ""
    status, answer = call(f"{http}/v1/files{query}", body, "text/csv")
    if status != 202:
        complain("\n".join(issues_of(answer)))
        return WRONG
    told = _outcome(http, answer["receipt"], wait_seconds)
    _tell(answer, told, as_json=as_json)
    return GOOD if told["dead_lettered"] == told["pending"] == 0 else WRONG


def _outcome(http: str, receipt: str, wait_seconds: float) -> dict[str, Any]:
    """Ask for the receipt until nothing is pending, or the time is over."""
    deadline = time.monotonic() + wait_seconds
    while True:
        _, told = call(f"{http}/v1/receipts/{receipt}")
        if not told.get("pending", 1) or time.monotonic() > deadline:
            return dict(told)
        time.sleep(ASK_SECONDS)


def _tell(answer: dict[str, Any], told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps({**told, "issues": answer["issues"]}))
        return
    names = ("accepted", "repeated", "held", "dead_lettered", "pending")
    counts = ", ".join(f"{told[name]:,} {name.replace('_', ' ')}" for name in names)
    say(f"{told['received']:,} readings: {counts} (receipt {told['receipt']})")
    for line in issues_of(answer) if answer["issues"] else []:
        complain(line)
