"""Where the commands find the system: addresses in the environment, else the demo that runs on the data folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from deploy.local import addresses, data_folder
from shared.runtime.brokers import Brokers, PapersError, context
from shared.runtime.mongo import Database, connect

WRONG = 1


@dataclass(frozen=True, slots=True)
class Reach:
    """Addresses: Kafka's bootstrap, MongoDB's, and the one address for people and programs."""

    kafka_bootstrap: str
    mongo_uri: str
    mongo_database: str
    http: str

    def database(self) -> Database:
        """Return the database; inside the event loop that uses it."""
        return connect(self.mongo_uri, self.mongo_database)


def known() -> Reach:
    """Return the addresses, "" for each that is not known."""
    demo = addresses.read(data_folder.chosen_folder())
    told = {
        "kafka_bootstrap": _kafka() or (demo.kafka_bootstrap if demo else ""),
        "mongo_uri": os.environ.get("GASTRACK_MONGO_URI") or (demo.mongo_uri if demo else ""),
        "http": os.environ.get("GASTRACK_URL") or (demo.http if demo else ""),
    }
    return Reach(mongo_database=os.environ.get("GASTRACK_MONGO_DATABASE", "gastrack"), **told)


def find() -> Reach:
    """Return the addresses; end with a sentence where there are none."""
    found = known()
    if not (found.kafka_bootstrap and found.mongo_uri and found.http):
        complain(
            "No demo runs here: start one with `make demo`, or set GASTRACK_KAFKA_BOOTSTRAP, GASTRACK_MONGO_URI "
            "and GASTRACK_URL."
        )
        raise typer.Exit(WRONG)
    return found


def address() -> str:
    """Return the one address for people and programs, all that some commands need; end with a sentence without one."""
    http = known().http
    if not http:
        complain("No demo runs here: start one with `make demo`, or set GASTRACK_URL.")
        raise typer.Exit(WRONG)
    return http


def _kafka() -> str:
    """Return the Kafka of the environment, with the certificate by which the command comes there."""
    files = [os.environ.get(f"GASTRACK_KAFKA_{name}_FILE") for name in ("AUTHORITIES", "CERTIFICATE", "KEY")]
    try:
        papers = context(*(Path(file) if file else None for file in files))
    except PapersError as fault:
        complain(f"GASTRACK_KAFKA_AUTHORITIES_FILE, GASTRACK_KAFKA_CERTIFICATE_FILE, GASTRACK_KAFKA_KEY_FILE: {fault}")
        raise typer.Exit(WRONG) from None
    return Brokers(os.environ.get("GASTRACK_KAFKA_BOOTSTRAP", ""), papers)


def say(text: str) -> None:
    """Answer on standard output."""
    typer.echo(text)


def complain(text: str) -> None:
    """Tell a person what is wrong and what to do."""
    typer.echo(text, err=True)


def issues_of(problem: dict[str, Any]) -> list[str]:
    """Return the issues of a problem answer as lines."""
    issues = problem.get("issues") or [{"code": problem.get("title", ""), "position": "", "message": ""}]
    return [f"{issue['code']} {issue['position']}: {issue['message']}" for issue in issues]
