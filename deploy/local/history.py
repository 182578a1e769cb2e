"""How much history the demo shows, and how far the simulator has sent it: kept in the data folder between starts."""

import json
import os
import re
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from deploy.local.errors import StartError
from shared.domain.gas_time import gas_day, hours_of_day
from shared.domain.rules.catalogue import default_settings
from shared.domain.rules.message import SECONDS_PER_MONTH

FILE_NAME = "simulator.json"
FILLING_H = 2  # while history fills the bound moves on
SLACK = timedelta(days=31)  # 36 months back and to the beginning of that month
SPAN = re.compile(r"([1-9][0-9]{0,3})([dmy])", re.ASCII)


class WrongSpanError(ValueError):
    """A span of history that we cannot read or do not have; the message says which are possible."""


@dataclass(frozen=True)
class Sent:
    """Hours are numbers since the Unix epoch: the first one sent, and the next one to send; `readings` so far."""

    begin: int
    following: int
    readings: int = 0


def first_hour(span: str, now_hour: int) -> int:
    """First hour of the gas day (`30d`) or gas month (`6m`, `3y`) that lies `span` before now.

    Telegrams reach 36 months back (rule A6), so the longest span begins with the first gas day within them.

    Raises:
        WrongSpanError: it is no span, or reaches further back than 36 months.
    """
    match = SPAN.fullmatch(span)
    if match is None:
        raise WrongSpanError(f"--history {span}: give days, months or years, for instance 30d, 6m or 3y.")
    day = _day_before(gas_day(now_hour), int(match[1]), match[2])
    earliest = gas_day(int(now_hour - _telegrams_reach_h()) + FILLING_H) + timedelta(days=1)
    if day is None or day < earliest - SLACK:
        raise WrongSpanError(f"--history {span}: telegrams reach 36 months back, to {earliest}; give at most 3y.")
    return hours_of_day(max(day, earliest)).start


def _telegrams_reach_h() -> float:
    return default_settings()["A6.months"] * SECONDS_PER_MONTH / 3600


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


def advance(folder: Path, sent: Sent, following: int, readings: int) -> Sent:
    """Keep that everything before hour `following` is with Kafka for good, and how many readings that added."""
    moved = replace(sent, following=following, readings=sent.readings + readings)
    write(folder, moved)
    return moved
