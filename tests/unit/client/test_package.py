"""The client as others install it: what it says that it needs is what it imports."""

from __future__ import annotations

import re
import sys
import tomllib

from gastrack_client import __all__ as published
from shared.runtime.version import SOFTWARE_VERSION
from tests.architecture.sources import ROOT, imported, modules

PROJECT = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME = re.compile(r"[a-z0-9-]+")


def test_it_needs_what_it_imports() -> None:
    """No more and no less; and in versions that our own lock has."""
    tops = {name.split(".")[0] for path in modules("client") for name in imported(path)}
    needed = {match[0] for line in PROJECT["dependencies"] if (match := NAME.match(line))}
    assert tops - set(sys.stdlib_module_names) - {"gastrack_client"} == needed
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert all(re.search(rf"^{name}==", lock, re.MULTILINE) for name in needed)


def test_it_has_our_version() -> None:
    """One release brings both."""
    assert PROJECT["version"] == SOFTWARE_VERSION


def test_what_it_publishes_is_in_order() -> None:
    """Each name once."""
    assert sorted(published) == published
