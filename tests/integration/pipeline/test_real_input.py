"""The operator's files through the command, ingest, Kafka, validation, aggregation and MongoDB to the reader."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shared.domain import gas_time
from shared.domain.reading import Provenance, Quality
from shared.store.documents import Collection
from tests.integration.pipeline.portal_files import SWITCH_DAY, Sums, dutch_file, english_file, sums_of
from tests.pipeline.running import System
from tests.pipeline.stations import plan
from tests.pipeline.stored import Hours, documents, hours_by_line, volumes
from tests.unit.ingest.files.samples import DUTCH, ENGLISH, FRENCH, Written, export

PLAN = plan("PORTAL", stations=1, lines=4)
ENGLISH_LINE, DUTCH_LINE, FRENCH_LINE, ALONE_LINE = PLAN.lines[PLAN.stations[0]]


@pytest.fixture(scope="module")
def portal(running: System) -> System:
    """The system with the lines of these files registered."""
    running.register(PLAN.document("2022-01-01"))
    return running


@pytest.fixture(scope="module")
def english(portal: System, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The English file, imported, and what the command said."""
    file = english_file(tmp_path_factory.mktemp("files"))
    return file, portal.gastrack("import", str(file), "--line", ENGLISH_LINE, "--json")


@pytest.fixture(scope="module")
def dutch(portal: System, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The Dutch file, imported, and what the command said."""
    file = dutch_file(tmp_path_factory.mktemp("files"))
    return file, portal.gastrack("import", str(file), "--line", DUTCH_LINE, "--json")


def rows_of(system: System, line: str, view: str, first: str, end: str) -> list[dict[str, Any]]:
    """Return what a reader sees."""
    rows: list[dict[str, Any]] = system.get(f"/v1/lines/{line}/measurements?view={view}&from={first}&to={end}")["rows"]
    return rows


def number(value: object) -> Decimal:
    """Return a number of an answer exactly as it is written; nothing is 0."""
    return Decimal(str(value)) if value is not None else Decimal(0)


def test_every_hour_of_the_english_file_is_present(portal: System, english: tuple[Path, dict[str, Any]]) -> None:
    """1,699 hours, all accepted, all operating volume, and no hour twice."""
    told = english[1]
    assert (told["received"], told["accepted"], told["pending"]) == (1_699, 1_699, 0)
    stored = hours_by_line(portal, ENGLISH_LINE)[ENGLISH_LINE]
    assert len(volumes(stored)) == 1_699
    assert all(row["provenance"] & Provenance.VOLUME_OPERATING for row in stored.values())


def test_the_25_hour_gas_day_has_25_distinct_hours(portal: System, english: tuple[Path, dict[str, Any]]) -> None:
    """Both hours that the October night calls 02:00 are there, each once, with the volumes of their rows."""
    assert sums_of(english[0], ENGLISH).present[SWITCH_DAY] == 25
    stored = volumes(hours_by_line(portal, ENGLISH_LINE)[ENGLISH_LINE])
    assert [hour for hour in gas_time.hours_of_day(SWITCH_DAY) if hour in stored] == list(
        gas_time.hours_of_day(SWITCH_DAY)
    )
    rows = rows_of(portal, ENGLISH_LINE, "hour", "2023-10-28", "2023-10-29")
    assert (len(rows), len({row["start"] for row in rows})) == (25, 25)


@pytest.mark.parametrize("language", ["english", "dutch"])
def test_days_and_months_are_the_sums_of_the_file(
    portal: System, language: str, english: tuple[Path, dict[str, Any]], dutch: tuple[Path, dict[str, Any]]
) -> None:
    """Σ m³ and Σ kWh per gas day and gas month, to the last digit."""
    file, written, line = (
        (english[0], ENGLISH, ENGLISH_LINE) if language == "english" else (dutch[0], DUTCH, DUTCH_LINE)
    )
    sums = sums_of(file, written)
    first, last = min(sums.present), max(sums.present)
    days = rows_of(portal, line, "day", f"{first}", f"{date.fromordinal(last.toordinal() + 1)}")
    assert {row["gas_day"]: number(row["volume_m3n"]) for row in days} == by_text(sums, sums.volume)
    assert {row["gas_day"]: number(row["energy"]) for row in days} == by_text(sums, sums.energy)
    assert {row["gas_day"]: row["hours_present"] for row in days} == {f"{day}": n for day, n in sums.present.items()}
    months = rows_of(portal, line, "month", f"{first:%Y-%m}", gas_time.next_month(f"{last:%Y-%m}"))
    assert {row["month"]: number(row["volume_m3n"]) for row in months} == sums.by_month(sums.volume)
    assert {row["month"]: number(row["energy"]) for row in months} == sums.by_month(sums.energy)


def by_text(sums: Sums, values: dict[date, Decimal]) -> dict[str, Decimal]:
    """Return values of every gas day of the file by the day's text."""
    return {f"{day}": values[day] for day in sums.present}


def test_estimated_and_missing_hours_of_the_dutch_file(portal: System, dutch: tuple[Path, dict[str, Any]]) -> None:
    """`Geschat` is ESTIMATED; `Geen verbruik` is MISSING without a value, and not zero."""
    sums = sums_of(dutch[0], DUTCH)
    stored = hours_by_line(portal, DUTCH_LINE)[DUTCH_LINE]
    assert len(stored) == sum(sums.statuses.values())
    assert len(volumes(stored)) == sum(sums.present.values())
    assert with_quality(stored, Quality.ESTIMATED) >= sums.statuses[DUTCH.estimated] > 0
    assert with_quality(stored, Quality.MISSING) == sums.statuses[DUTCH.missing] > 0
    first = min(gas_time.gas_day(hour) for hour in stored)
    missing = [
        row for row in rows_of(portal, DUTCH_LINE, "hour", f"{first}", "2022-01-14") if row["quality"] == "MISSING"
    ]
    assert missing
    assert all(row["volume_m3n"] is None and row["energy"] is None for row in missing)


def with_quality(hours: Hours, quality: Quality) -> int:
    """Return how many hours have a quality."""
    return sum(int(row["quality"]) == quality for row in hours.values())


def test_a_second_import_adds_nothing(portal: System, english: tuple[Path, dict[str, Any]]) -> None:
    """All of it repeated: no revision, the same hours but for the time at which they were sent last, books balanced."""
    before = hours_by_line(portal, ENGLISH_LINE)[ENGLISH_LINE]
    told = portal.gastrack("import", str(english[0]), "--line", ENGLISH_LINE, "--json")
    assert (told["received"], told["repeated"], told["accepted"]) == (1_699, 1_699, 0)
    after = hours_by_line(portal, ENGLISH_LINE)[ENGLISH_LINE]
    assert {hour: without_sent(row) for hour, row in after.items()} == {
        hour: without_sent(row) for hour, row in before.items()
    }
    assert documents(portal, Collection.REVISIONS, {"line": ENGLISH_LINE}) == []
    assert portal.ledger()["difference"] == 0


def without_sent(row: Any) -> list[object]:
    """Return what an hour says, but for when it was said last."""
    return [row[name].item() for name in row.dtype.names if name != "sent"]


def test_french_headings(portal: System, tmp_path: Path) -> None:
    """The portal's French export is taken as well."""
    first = gas_time.hours_of_day(date(2023, 3, 25)).start
    hours = [Written(first + place, f"1,{place:03}", f"11,{place:03}", "Lu") for place in range(23)]
    file = tmp_path / "fr.csv"
    file.write_bytes(export(FRENCH, hours))
    told = portal.gastrack("import", str(file), "--line", FRENCH_LINE, "--json")
    assert (told["accepted"], told["dead_lettered"]) == (23, 0)
    (day,) = rows_of(portal, FRENCH_LINE, "day", "2023-03-25", "2023-03-26")
    assert (day["hours_expected"], day["hours_present"]) == (23, 23)
    assert number(day["volume_m3n"]) == Decimal("23.253")


def test_an_unknown_line_ends_with_1_and_says_how_to_register_it(
    portal: System, english: tuple[Path, dict[str, Any]]
) -> None:
    """Nothing is received, and the sentence names the command."""
    before = portal.ledger()["received"]
    told = portal.gastrack("import", str(english[0]), "--line", "NOBODY-KNOWS-IT", code=1)
    assert "gastrack topology apply" in told
    assert portal.ledger()["received"] == before


def test_a_file_without_its_line_is_refused(portal: System, english: tuple[Path, dict[str, Any]]) -> None:
    """An export does not say whose it is: the command asks for --line."""
    assert "--line" in portal.gastrack("import", str(english[0]), code=1)
    assert ALONE_LINE not in hours_by_line(portal, ALONE_LINE)
