"""Runbooks: every command line in them is one that the command takes, every metric and setting named exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer._click.exceptions import UsageError  # typer carries click, and shows it under no public name
from typer.core import TyperGroup

from gastrack.__main__ import app
from gastrack.doctor.environment import KNOWN
from shared.runtime.metrics import CATALOGUE

FOLDER = Path(__file__).parents[3] / "docs" / "runbooks"
RUNBOOKS = sorted(FOLDER.glob("*.md"))
COMMAND = re.compile(r"(?:^|[`\s]|bin/)gastrack ([a-z][^`\n|&;#)]*)", re.MULTILINE)
METRIC = re.compile(r"\bgastrack_[a-z_]+")
SETTING = re.compile(r"\bGASTRACK_[A-Z0-9_]+[A-Z0-9]\b(?!_?\*)")
SUFFIXES = re.compile(r"_(total|bucket|sum|count)$")


def named(text: str) -> Iterator[list[str]]:
    """Yield the arguments of every command line in a text."""
    for found in COMMAND.findall(text):
        yield shlex.split(found.strip().rstrip(".,:;"))


def parse(arguments: list[str]) -> None:
    """Let the command parse a line as if it were typed, and do nothing; raises UsageError."""
    command: Any = typer.main.get_command(app)
    context = typer.Context(command, info_name="gastrack")
    left = arguments
    while isinstance(command, TyperGroup):
        if not left:
            raise UsageError(f"no subcommand in {arguments}")
        name, found, left = command.resolve_command(context, left)
        assert found is not None, name
        if not isinstance(found, TyperGroup):
            found.make_context(name, list(left), parent=context)
            return
        command, context = found, typer.Context(found, info_name=name, parent=context)


def test_there_are_runbooks_and_the_index_lists_each() -> None:
    """Whoever is woken begins there."""
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(RUNBOOKS) > 10
    assert not [path.name for path in RUNBOOKS if path.name != "README.md" and f"]({path.name})" not in index]


@pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.name)
def test_every_command_in_a_runbook_is_one_that_there_is(path: Path) -> None:
    """With arguments that it takes."""
    for arguments in named(path.read_text(encoding="utf-8")):
        try:
            parse(arguments)
        except UsageError as fault:
            pytest.fail(f"{path.name}: gastrack {' '.join(arguments)}: {fault.format_message()}")


@pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.name)
def test_every_metric_and_setting_in_a_runbook_exists(path: Path) -> None:
    """By the names under which Prometheus and the services know them."""
    text, metrics = path.read_text(encoding="utf-8"), {metric.name for metric in CATALOGUE.collect()}
    assert not [name for name in METRIC.findall(text) if name not in metrics and SUFFIXES.sub("", name) not in metrics]
    assert not [name for name in SETTING.findall(text) if name not in KNOWN]


def test_a_command_that_there_is_not_would_be_found() -> None:
    """The check itself: a wrong subcommand, and a wrong option of a right one."""
    for wrong in (["doktor"], ["ledger", "--weight", "3"], ["access", "forget"], ["topology", "apply"]):
        with pytest.raises(UsageError):
            parse(wrong)
    assert list(named("type `gastrack ledger --wait 60`, or\n.venv/bin/gastrack doctor\n")) == [
        ["ledger", "--wait", "60"], ["doctor"],
    ]  # fmt: skip
