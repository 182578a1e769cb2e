"""Every alert is provoked by a drill: it is waited for until it fires, and until it is silent again."""

from __future__ import annotations

import ast

from tests.architecture.sources import ROOT, modules, tree
from tests.integration.monitoring.rules import alerts

DRILLS = ROOT / "tests" / "chaos" / "alerts"
NAMES = {rule["alert"] for rule in alerts()}


def waited_for(how: str) -> set[str]:
    """Return the names that drills write where they call `fire` or `are_silent`."""
    calls = [
        node for path in modules("tests/chaos/alerts") for node in ast.walk(tree(path)) if isinstance(node, ast.Call)
    ]
    ours = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == how]
    return {str(name.value) for call in ours for name in call.args if isinstance(name, ast.Constant)}


def test_every_alert_fires_in_a_drill() -> None:
    """Who adds an alert adds what provokes it; who renames one finds its drill."""
    assert DRILLS.is_dir()
    assert waited_for("fire") == NAMES


def test_every_alert_ends_in_a_drill() -> None:
    """Once its cause is mended."""
    assert waited_for("are_silent") == NAMES
