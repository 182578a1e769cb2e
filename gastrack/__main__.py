"""`gastrack`: one thin module per subcommand; exit code 0 good, 1 found something wrong, 2 wrong use."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from gastrack.access import access
from shared.domain.physics.method import Method

SERVICES = ("ingest", "validation", "aggregation", "query", "export")
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Gas measurements.")
topology = typer.Typer(no_args_is_help=True, help="Stations, lines and nodes.")
rollups = typer.Typer(no_args_is_help=True, help="Days and months.")
app.add_typer(topology, name="topology")
gas = typer.Typer(no_args_is_help=True, help="Gas physics: of compositions and states, without any server.")
app.add_typer(rollups, name="rollups")
app.add_typer(gas, name="gas")
app.add_typer(access, name="access")


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
    https_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Where it asks for client certificates; else PORT + 363.")
    ] = None,
    require_certificate: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--require-certificate", help="By TLS alone, to nobody without a client certificate.")
    ] = False,
) -> None:
    """Start everything here, with simulated gas, until Ctrl-C."""
    from gastrack.demo import demo as run_demo  # noqa: PLC0415 - only the demo needs the local servers

    raise typer.Exit(run_demo(history, port, live, https_port, require_certificate=require_certificate))


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


@app.command(
    "download",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False},
)
def download(context: typer.Context) -> None:
    """Fetch measurements as a file, verified; `download verify FILE MANIFEST` checks one offline."""
    from gastrack.download import run  # noqa: PLC0415 - as above

    raise typer.Exit(run(context.args))


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


@gas.command("properties")
def gas_properties(
    composition: Annotated[str, typer.Option(help="Shares in mol %, as methane=93.3,ethane=2.6.")] = "",
    reference: Annotated[str, typer.Option(help="25/0, 15/15, 0/0, 15/0, 20/20 or 60/60F.")] = "25/0",
    uncertainty: Annotated[str, typer.Option(help="Standard uncertainties in mol %, for that of the GCV.")] = "",
    file: Annotated[Path | None, typer.Option(help="A csv with a composition a row, headed by components.")] = None,
    *,
    json: Json = False,
) -> None:
    """Tell calorific values, density and Wobbe index of a gas by ISO 6976:2016."""
    from gastrack.gas import properties  # noqa: PLC0415 - as above

    raise typer.Exit(properties(composition, reference, uncertainty, file, as_json=json))


@gas.command("compressibility")
def gas_compressibility(  # noqa: PLR0913, PLR0917 - the inputs of the methods
    method: Annotated[Method, typer.Option(help="sgerg88, aga8 or gerg2008.")],
    composition: Annotated[str, typer.Option(help="Shares in mol %, as methane=93.3,ethane=2.6.")] = "",
    gcv_mj_per_m3: Annotated[str, typer.Option(help="Gross calorific value at 25/0, for sgerg88.")] = "",
    relative_density: Annotated[str, typer.Option(help="For sgerg88.")] = "",
    carbon_dioxide: Annotated[str, typer.Option(help="mol %, for sgerg88.")] = "",
    hydrogen: Annotated[str, typer.Option(help="mol %, for sgerg88.")] = "",
    pressure_bar: Annotated[str, typer.Option(help="Absolute pressure.")] = "",
    temperature_c: Annotated[str, typer.Option(help="Temperature.")] = "",
    file: Annotated[Path | None, typer.Option(help="A csv with a state, a gas or both a row.")] = None,
    *,
    json: Json = False,
) -> None:
    """Tell the compression factor of a gas at a pressure and temperature."""
    from gastrack.gas import compressibility  # noqa: PLC0415 - as above

    given = {
        "gcv_mj_per_m3": gcv_mj_per_m3,
        "relative_density": relative_density,
        "carbon_dioxide": carbon_dioxide,
        "hydrogen": hydrogen,
        "pressure_bar": pressure_bar,
        "temperature_c": temperature_c,
    }
    written = {name: text for name, text in given.items() if text}
    raise typer.Exit(compressibility(method, written, composition, file, as_json=json))


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
def retention(
    before: Annotated[str, typer.Option(help="Gas month, as 2023-11; else that of three years ago.")] = "",
    reason: Annotated[str, typer.Option(help="Why; kept with the change.")] = "",
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Let it leave for good; else nothing is changed.")] = False,
    json: Json = False,
) -> None:
    """Tell what leaves when only three years and the running gas month stay online, and let it leave if told to."""
    from gastrack.retention import retain  # noqa: PLC0415 - as above

    raise typer.Exit(retain(before, reason, apply=apply, as_json=json))


@app.command()
def replay(
    wait: Annotated[float, typer.Option(help="Seconds to wait until the line log is read again.")] = 3600.0,
    *,
    from_store: Annotated[
        bool,
        typer.Option("--from-store", help="After a restore: go on from where the store stands, and empty nothing."),
    ] = False,
    json: Json = False,
) -> None:
    """Empty the store and read the line log again; the digest must be the same."""
    from gastrack import from_store as restored  # noqa: PLC0415 - as above
    from gastrack.replay import run  # noqa: PLC0415 - as above

    raise typer.Exit(restored.run(as_json=json) if from_store else run(wait, as_json=json))


@app.command()
def doctor(
    service: Annotated[
        str | None, typer.Option(help="Also tell what this service misses in the settings of this environment.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Look at settings, servers, topics, indexes, clocks and certificates; say what is wrong and how to mend it."""
    from gastrack.doctor.command import run  # noqa: PLC0415 - as above

    raise typer.Exit(run(service, as_json=json))


@app.command()
def acls(
    gateway: Annotated[
        list[str] | None, typer.Option(help="A gateway's id; repeats. Its permissions are added.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Print Kafka's access control lists: what each service, and each of these gateways, may do, and nothing else."""
    from gastrack.acls import tell  # noqa: PLC0415 - as above

    raise typer.Exit(tell(gateway or [], as_json=json))


if __name__ == "__main__":
    app(prog_name="gastrack")
