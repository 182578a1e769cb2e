"""How much history the demo shows, and how far the simulator has sent it: kept in the data folder between starts."""

import json
import os
import re
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from deploy.local.errors import StartError
from deploy.local.simulator import FIRST_HOUR
from shared.domain.gas_time import gas_day, hours_of_day

FILE_NAME = "simulator.json"
SPAN = re.compile(r"([1-9][0-9]{0,3})([dmy])", re.ASCII)


class WrongSpanError(ValueError):
    """A span of history that we cannot read or do not have; the message says which are possible."""


@dataclass(frozen=True)
class Sent:
    """Hours are numbers since the Unix epoch: the first one sent, and the next one to send."""

    begin: int
    following: int


def first_hour(span: str, now_hour: int) -> int:
    """First hour of the gas day (`30d`) or gas month (`6m`, `3y`) that lies `span` before now.

    Raises:
        WrongSpanError: it is no span, or reaches further back than the simulated gas.
    """
    match = SPAN.fullmatch(span)
    if match is None:
        raise WrongSpanError(f"--history {span}: give days, months or years, for instance 30d, 6m or 3y.")
    day = _day_before(gas_day(now_hour), int(match[1]), match[2])
    earliest = gas_day(FIRST_HOUR) + timedelta(days=1)  # the first whole one
    if day is None or day < earliest:
        raise WrongSpanError(
            f"--history {span} reaches further back than the simulated gas, which begins on {earliest}."
        )
    return hours_of_day(day).start


def _day_before(today: date, count: int, unit: str) -> date | None:
    if unit == "d":
        return today - timedelta(days=count)
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, 1) if year > 0 else None


def read(folder: Path) -> Sent | None:
    """How far the simulator is on this data folder, None if it never began."""
    try:
        text = (folder / FILE_NAME).read_text()
    except FileNotFoundError:
        return None
    try:
        return Sent(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise StartError(f"{folder / FILE_NAME} is damaged; remove the data folder with make clean.") from error


def write(folder: Path, sent: Sent) -> None:
    """Keep it, in one step."""
    draft = folder / (FILE_NAME + ".draft")
    draft.write_text(json.dumps(asdict(sent)) + "\n")
    os.replace(draft, folder / FILE_NAME)  # noqa: PTH105 - replacing in one step is the point


def advance(folder: Path, sent: Sent, following: int) -> Sent:
    """Keep that everything before hour `following` is with Kafka for good."""
    moved = replace(sent, following=following)
    write(folder, moved)
    return moved
