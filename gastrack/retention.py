"""`gastrack retention`: says what leaves when earlier gas months are no longer kept online; asks for it if told to."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from gastrack.http_calls import call
from gastrack.reach import address, complain, issues_of, say
from shared.domain import gas_time

GOOD, WRONG, WRONG_USE = 0, 1, 2


def retain(before: str, reason: str, *, apply: bool, as_json: bool) -> int:
    """Tell what leaves before a gas month, and with `apply` ask for it.

    0: told, or accepted; 1: refused, still pending, or nobody answers; 2: no gas month, or no reason.
    """
    if wrong := _wrong_use(before, reason, apply=apply):
        complain(wrong)
        return WRONG_USE
    http = address()
    status, plan = call(f"{http}/v1/retention?{urlencode({'before': before} if before else {})}")
    if status != 200:
        complain("\n".join(issues_of(plan)))
        return WRONG
    outcome = _ask(http, plan["before"], reason) if apply else {}
    if as_json:
        say(json.dumps({**plan, **({"change": outcome} if apply else {})}))
    else:
        _tell(plan, outcome, apply=apply)
    return GOOD if not apply or outcome.get("outcome") == "accepted" else WRONG


def _wrong_use(before: str, reason: str, *, apply: bool) -> str:
    if apply and not reason.strip():
        return "Say why with --reason: it is kept with the change."
    try:
        gas_time.first_day_of_month(before or "2000-01")
    except gas_time.NotAGasTimeError as fault:
        return str(fault)
    return ""


def _ask(http: str, month: str, reason: str) -> dict[str, Any]:
    """Ask for the change of the register; return what became of it."""
    asked = {"reason": reason, "online_from": gas_time.first_day_of_month(month).isoformat()}
    status, answer = call(f"{http}/v1/topology/changes", json.dumps(asked).encode())
    if status == 200:
        return {"outcome": "accepted", "decision": answer["decision"]}
    if status == 202:
        return {"outcome": "pending", "decision": answer["decision"]}
    return {"outcome": "refused", "issues": issues_of(answer)}


def _tell(plan: dict[str, Any], outcome: dict[str, Any], *, apply: bool) -> None:
    goes, stays, months = plan["goes"], plan["stays"], plan["goes"]["months"]
    online_from = plan["online_from"] or "the first hour that came"
    span = f": {months[0]} to {months[-1]}" if months else ""
    say(f"Online now from {online_from}; asked for: from gas month {plan['before']}.")
    say(f"{len(months):,} gas months leave{span}; {goes['hours']:,} hours of {goes['lines']:,} lines.")
    say(f"{'documents':>20} {'leave':>14} {'stay':>14}")
    for name, count in goes["documents"].items():
        say(f"{name:>20} {count:>14,} {stays['documents'][name]:>14,}")
    say("Decisions, dead letters, ledgers and the register stay.")
    if not apply:
        say("Nothing was changed. To let it leave for good: --apply --reason TEXT")
    elif outcome["outcome"] == "accepted":
        say(f"Accepted as decision {outcome['decision']}: readers see none of it any more, workers remove it.")
    elif outcome["outcome"] == "pending":
        complain(f"Decision {outcome['decision']} has no outcome yet: ask again later.")
    else:
        complain("\n".join(outcome["issues"]))
