"""`gastrack`: one thin module per subcommand; exit code 0 good, 1 found something wrong, 2 wrong use."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

SERVICES = ("ingest", "validation", "aggregation", "query", "export")
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Gas measurements.")
topology = typer.Typer(no_args_is_help=True, help="Stations, lines and nodes.")
rollups = typer.Typer(no_args_is_help=True, help="Days and months.")
app.add_typer(topology, name="topology")
app.add_typer(rollups, name="rollups")


def _service(name: str) -> None:
    """Add a subcommand that runs a service."""

    def run() -> None:
        importlib.import_module(f"services.{name}.__main__").main()

    app.command(name, help=f"Run the service {name}; settings by environment, see docs/settings.md.")(run)


for _name in SERVICES:
    _service(_name)


@app.command()
def demo(
    history: Annotated[str, typer.Option(help="How much is filled first, as 30d, 6m or 3y.")] = "3y",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where people and programs find it.")] = 8080,
    live: Annotated[bool, typer.Option("--live/--no-live", help="Keep telegrams coming.")] = True,  # noqa: FBT002 - a flag
) -> None:
    """Start everything here, with simulated gas, until Ctrl-C."""
    from gastrack.demo import demo as run_demo  # noqa: PLC0415 - only the demo needs the local servers

    raise typer.Exit(run_demo(history, port, live))


@app.command("import")
def import_file(
    file: Path,
    line: Annotated[str | None, typer.Option(help="The line of a file that has no line column.")] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait until every reading has its outcome.")] = 60.0,
    *,
    json: Json = False,
) -> None:
    """Deliver a csv file, our own or an operator's export, and tell what became of its readings."""
    from gastrack.import_file import deliver  # noqa: PLC0415 - each subcommand loads what it needs

    raise typer.Exit(deliver(file, line, wait, as_json=json))


@topology.command("apply")
def topology_apply(file: Path, *, json: Json = False) -> None:
    """Change stations, lines and nodes by a YAML document; all of it or nothing."""
    from gastrack.topology import apply  # noqa: PLC0415 - as above

    raise typer.Exit(apply(file, as_json=json))


@rollups.command("verify")
def rollups_verify(*, json: Json = False) -> None:
    """Recompute days and months from the hours, and report any difference."""
    from gastrack.rollups import verify  # noqa: PLC0415 - as above

    raise typer.Exit(verify(as_json=json))


@app.command()
def ledger(
    wait: Annotated[float, typer.Option(help="Seconds to wait until nothing is under way.")] = 30.0,
    *,
    json: Json = False,
) -> None:
    """Print and check that every reading received is in exactly one place."""
    from gastrack.ledger import check  # noqa: PLC0415 - as above

    raise typer.Exit(check(wait, as_json=json))


@app.command("close-month")
def close_month(
    month: Annotated[str, typer.Argument(help="Gas month, as 2026-10.")],
    line: Annotated[list[str] | None, typer.Option(help="A line; repeats. Without one: all lines.")] = None,
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")] = "monthly close",
    author: Annotated[str, typer.Option(help="Who decides, until access is built.")] = "",
    *,
    json: Json = False,
) -> None:
    """Make a gas month of lines definitive; refused with a list where hours are missing or findings block it."""
    from gastrack.close_month import close_month as close  # noqa: PLC0415 - as above

    raise typer.Exit(close(month, line or [], reason, author, as_json=json))


@app.command()
def replay(
    wait: Annotated[float, typer.Option(help="Seconds to wait until the line log is read again.")] = 3600.0,
    *,
    json: Json = False,
) -> None:
    """Empty the store and read the line log again; the digest must be the same."""
    from gastrack.replay import run  # noqa: PLC0415 - as above

    raise typer.Exit(run(wait, as_json=json))


if __name__ == "__main__":
    app(prog_name="gastrack")
