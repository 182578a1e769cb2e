"""What can be written behind the command, and what it means."""

from __future__ import annotations

import argparse
from pathlib import Path

from gastrack_client.downloads import Mode
from gastrack_client.question import Question

_MORE = {
    "dialect": "of csv: rfc4180 or excel-be",
    "unit": "of energy and calorific value: kWh, GJ or MJ",
    "reference": "of calorific values, as 25/0",
    "known-at": "as known at this moment",
    "columns": "only these columns",
}
_CODES = "exit code: 0 there and verified; 1 worth trying again, or found wrong; 2 wrong use: the same will fail again"


def downloading(program: str, url: str) -> argparse.ArgumentParser:
    """Return the options of a download; `url` is the address where none is named."""
    parser = argparse.ArgumentParser(
        program,
        description=f"Fetch measurements as a file. `{program} verify FILE MANIFEST` checks one offline.",
        epilog=_CODES,
        allow_abbrev=False,
    )
    asked = parser.add_argument_group("what is asked")
    asked.add_argument("--line", action="append", default=[], help="a line's id; repeats")
    asked.add_argument("--node", action="append", default=[], help="a node's id; repeats")
    asked.add_argument("--from", dest="first", default="", help="first gas day, as 2026-11-23; month view: 2026-11")
    asked.add_argument("--to", dest="end", default="", help="end, exclusive")
    asked.add_argument("--view", default="", help="hour (default), day or month")
    asked.add_argument("--format", default="", help="csv (default), or what the service offers")
    for name, words in _MORE.items():
        asked.add_argument(f"--{name}", default="", help=words)
    since = asked.add_mutually_exclusive_group()
    since.add_argument("--since", default="", help="only what changed after this moment")
    since.add_argument("--since-file", type=Path, help="the same moment, kept in this file")
    how = parser.add_argument_group("how")
    how.add_argument("--out", type=Path, default=Path(), help="the file, or a folder (default: this one)")
    how.add_argument("--mode", type=Mode, choices=list(Mode), default=Mode.AUTO, help="at once or as a job")
    how.add_argument("--wait", type=float, default=4 * 3600.0, metavar="SECONDS", help="how long a job may take")
    how.add_argument("--attempts", type=_positive, default=6, help="how often what passes by itself is tried")
    how.add_argument("--no-progress", dest="progress", action="store_false", help="no progress bar")
    _who(parser, url)
    return parser


def verifying(program: str, url: str) -> argparse.ArgumentParser:
    """Return the options of a verification."""
    parser = argparse.ArgumentParser(f"{program} verify", description="Check a file against its manifest, offline.")
    parser.add_argument("file", type=Path)
    parser.add_argument("manifest", type=Path)
    _who(parser, url)
    return parser


def question_of(options: argparse.Namespace, since: str) -> Question:
    """Return what options ask."""
    given = vars(options)
    more = {name.replace("-", "_"): given[name.replace("-", "_")] for name in _MORE}
    return Question(
        lines=options.line,
        nodes=options.node,
        first=options.first,
        end=options.end,
        view=options.view,
        format=options.format,
        since=since,
        more=more,
    )


def _who(parser: argparse.ArgumentParser, url: str) -> None:
    who = parser.add_argument_group("of whom")
    who.add_argument("--url", default=url, help="the address of the service; else GASTRACK_URL")
    who.add_argument("--certificate", type=Path, help="client certificate, PEM")
    who.add_argument("--certificate-key", type=Path, help="its key, where that is another file")
    who.add_argument("--ca", type=Path, help="whom to trust instead of those whom the system trusts, PEM")
    who.add_argument("--key", type=Path, help="the public key that must have signed, PEM; else the published ones")
    parser.add_argument("--json", action="store_true", help="answer in JSON, for programs")


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number
