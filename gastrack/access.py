"""`gastrack access`: who may read what, changed and looked at by whoever may reach the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
access = typer.Typer(no_args_is_help=True, help="Who may read what, and who did.")


@access.command()
def staff(
    certificate: Annotated[Path, typer.Option(help="His certificate, as PEM; its key is what he is known by.")],
    role: Annotated[str, typer.Option(help="operator, commercial, security or auditor.")],
    name: Annotated[str, typer.Option(help="Who he is.")],
    authorities: Annotated[
        Path, typer.Option(envvar="GASTRACK_ACCESS_AUTHORITIES_FILE", help="Bundle (PEM) of the trusted authorities.")
    ],
    *,
    json: Json = False,
) -> None:
    """Register somebody of the grid's own: the first ones come in this way."""
    from gastrack.access_register import add_staff  # noqa: PLC0415 - each subcommand loads what it needs

    raise typer.Exit(add_staff(certificate, role, name, authorities, as_json=json))


@access.command()
def company(  # noqa: PLR0913 - what is known of a company
    company: Annotated[str, typer.Argument(help="Its id, as ACME.")],
    name: Annotated[str, typer.Option(help="Its name; for a new one.")] = "",
    agreement: Annotated[str, typer.Option(help="Number of an agreement that it has signed.")] = "",
    begin: Annotated[str, typer.Option("--from", help="First gas day of the agreement.")] = "",
    until: Annotated[str, typer.Option(help="First gas day on which the agreement no longer is in force.")] = "",
    *,
    json: Json = False,
) -> None:
    """Register a company, or what it has signed; an agreement of the same number is told anew."""
    from gastrack.access_register import sign  # noqa: PLC0415 - as above

    raise typer.Exit(sign(company, name, agreement, (begin, until), as_json=json))


@access.command()
def grant(  # noqa: PLR0913, PLR0917 - the sides of a right
    company: Annotated[str, typer.Argument(help="To whom.")],
    agreement: Annotated[str, typer.Option(help="With which agreement it ends.")],
    line: Annotated[str, typer.Option(help="A line, or")] = "",
    node: Annotated[str, typer.Option(help="a node: its sums.")] = "",
    client: Annotated[str, typer.Option(help="Only to this client of the company.")] = "",
    days_from: Annotated[str, typer.Option(help="First gas day that may be read; else the agreement's.")] = "",
    days_until: Annotated[str, typer.Option(help="The first one that may not; else the agreement's.")] = "",
    *,
    lines: Annotated[bool, typer.Option("--lines", help="Of a node: its lines too.")] = False,
    json: Json = False,
) -> None:
    """Open a line, a node's sums, or a node with its lines to a company."""
    from gastrack.access_register import Asked, open_to  # noqa: PLC0415 - as above

    asked = Asked(line, node, lines, days_from, days_until)
    raise typer.Exit(open_to(company, agreement, client, asked, as_json=json))


@access.command()
def clients(
    company: Annotated[str, typer.Option(help="Only of this company.")] = "",
    *,
    json: Json = False,
) -> None:
    """List clients, with how long their certificates are still good."""
    from gastrack.access_register import list_clients  # noqa: PLC0415 - as above

    raise typer.Exit(list_clients(company, as_json=json))


@access.command()
def events(
    of: Annotated[str, typer.Option(help="Only of this client, company, right or application.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many, the newest first.")] = 100,
    *,
    json: Json = False,
) -> None:
    """List what was done to the access register, the newest first."""
    from gastrack.access_register import list_events  # noqa: PLC0415 - as above

    raise typer.Exit(list_events(of, limit, as_json=json))


@access.command()
def verify(
    key: Annotated[
        list[str] | None, typer.Option(help="Thumbprint of a key whose signatures are taken; repeats. Without: all.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Prove that the events of the register and the trail of who read what are unbroken, or tell where they are not."""
    from gastrack.access_verify import verify as verify_both  # noqa: PLC0415 - as above

    raise typer.Exit(verify_both(key or [], as_json=json))
