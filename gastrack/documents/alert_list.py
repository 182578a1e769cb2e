"""docs/alerts.md: every alert, when it fires, and the page that says what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deploy.kubernetes.alerts import groups
from gastrack.documents.markdown import GENERATED, code, table

_HEAD = f"""# Alerts

{GENERATED}
The rules are `deploy/monitoring/rules`. `critical` wakes somebody; `warning` is for the next morning.

"""


def alert_list() -> str:
    """Return the alerts as Markdown: one row an alert."""
    rules = [rule for group in groups() for rule in group["rules"] if "alert" in rule]
    return _HEAD + table(("alert", "severity", "for", "when", "runbook"), [_row(rule) for rule in rules])


def _row(rule: dict[str, Any]) -> tuple[str, ...]:
    page = Path(rule["annotations"]["runbook"]).name
    when = code(rule["expr"])
    return (
        code(rule["alert"]),
        rule["labels"]["severity"],
        rule.get("for", "at once"),
        when,
        f"[{page}](runbooks/{page})",
    )
