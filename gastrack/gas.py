"""`gastrack gas properties` and `gastrack gas compressibility`: the gas physics for everybody, without servers."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gastrack.reach import complain, say
from shared.domain.physics.components import KNOWN
from shared.domain.physics.composition import Composition, composition_of
from shared.domain.physics.compressibility import SimpleAnalysis, compression_factor
from shared.domain.physics.gas_error import GasError, GasReason
from shared.domain.physics.method import Method
from shared.domain.physics.told import Told, compressibility_told, issue_told, properties_told

GOOD, WRONG, WRONG_USE = 0, 1, 2
Given = Mapping[str, str]
"""Inputs by name, as written."""
SIMPLE = ("gcv_mj_per_m3", "relative_density", "carbon_dioxide", "hydrogen")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)


def properties(composition: str, reference: str, uncertainty: str, file: Path | None, *, as_json: bool) -> int:
    """Tell what gases are like; 0 all of them, 1 where one cannot be, 2 for a file that cannot be read."""

    def answer(given: Given) -> Told:
        shares = _shares(composition) | {name: given[name] for name in given if name != "reference"}
        uncertain = _uncertainties(uncertainty) if uncertainty else None
        return properties_told(_composition(shares), given.get("reference") or reference, uncertain)

    return _answer(answer, file, as_json=as_json)


def compressibility(method: Method, given: Given, composition: str, file: Path | None, *, as_json: bool) -> int:
    """Tell compression factors of gases and states; exit codes as for `properties`."""

    def answer(row: Given) -> Told:
        shares = _shares(composition)
        whole = {**shares, **given, **row}
        state = _number(whole, "pressure_bar"), _number(whole, "temperature_c")
        is_simple = "gcv_mj_per_m3" in whole or "relative_density" in whole
        gas = _simple(whole) if is_simple else _composition({n: t for n, t in whole.items() if n not in _STATE})
        return compressibility_told(compression_factor(method, gas, *state))

    return _answer(answer, file, as_json=as_json)


_STATE = ("pressure_bar", "temperature_c")


def _answer(answer: Callable[[Given], Told], file: Path | None, *, as_json: bool) -> int:
    if file is None:
        told, faults = _told_or_faults(answer, {})
        _say_one(told, faults, as_json=as_json)
        return WRONG if faults else GOOD
    try:
        rows = _rows_of(file)
    except (OSError, UnicodeDecodeError, csv.Error, GasError) as fault:
        complain(f"{file}: {fault}")
        return WRONG_USE
    answers = [_told_or_faults(answer, row) for row in rows]
    _say_rows(answers, as_json=as_json)
    return WRONG if any(faults for _, faults in answers) else GOOD


def _told_or_faults(answer: Callable[[Given], Told], row: Given) -> tuple[Told, list[dict[str, str]]]:
    try:
        return answer(row), []
    except GasError as fault:
        return {}, [issue_told(fault)]


def _say_one(told: Told, faults: list[dict[str, str]], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps({"issues": faults} if faults else told))
    elif faults:
        complain("\n".join(_line(fault) for fault in faults))
    else:
        say("\n".join(f"{name:<36}{_shown(value)}" for name, value in told.items()))


def _say_rows(answers: list[tuple[Told, list[dict[str, str]]]], *, as_json: bool) -> None:
    """Say an answer a row, in the order of the file: JSON, else a csv of the same columns and the issue."""
    if as_json:
        say(json.dumps({"rows": [{"issues": faults} if faults else told for told, faults in answers]}))
        return
    names = next((list(told) for told, faults in answers if not faults), [])
    say(",".join([*names, "issue"]))
    for told, faults in answers:
        cells = [_shown(told[name]) if told else "" for name in names]
        say(",".join([*(f'"{cell}"' if "," in cell else cell for cell in cells), _quoted(faults)]))


def _quoted(faults: list[dict[str, str]]) -> str:
    return '"' + "; ".join(map(_line, faults)).replace('"', '""') + '"' if faults else ""


def _line(fault: dict[str, str]) -> str:
    return f"{fault['code']} {fault['position']}: {fault['message']}"


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.10g}"


def _rows_of(file: Path) -> list[Given]:
    """Return the rows of a csv file by the names of its heading; empty cells are inputs that are not given."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.reader(opened, strict=True)
        heading = [name.strip() for name in next(reader, [])]
        if len(set(heading)) < len(heading) or not heading:
            raise GasError(GasReason.MISSING_INPUT, "row 1", "the heading names each input once")
        rows: list[Given] = []
        for cells in filter(None, reader):
            if len(cells) != len(heading):
                text = f"{len(cells)} cells under {len(heading)} headings"
                raise GasError(GasReason.MISSING_INPUT, f"row {reader.line_num}", text)
            rows.append({name: cell.strip() for name, cell in zip(heading, cells, strict=True) if cell.strip()})
        return rows


def _shares(text: str) -> dict[str, str]:
    """Read `methane=93.3,ethane=2.6`: names and shares as written.

    Raises:
        GasError: no pair of name and share, or a name twice.
    """
    shares: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, is_pair, share = part.partition("=")
        if not is_pair or name.strip() in shares:
            told = f"{part[:40]!r}: write each component once, as methane=93.3"
            raise GasError(GasReason.COMPOSITION_NUMBER, "composition", told)
        shares[name.strip()] = share.strip()
    return shares


def _composition(shares: Given) -> Composition:
    if not shares:
        text = "no gas is given: write its components in mol %, as methane=93.3,ethane=2.6"
        raise GasError(GasReason.MISSING_INPUT, "composition", text)
    return composition_of({name: _share(name, text) for name, text in shares.items()})


def _share(name: str, text: str) -> float:
    return float(text) if _NUMBER.fullmatch(text) else math.nan if name in KNOWN else 0.0


def _uncertainties(text: str) -> NDArray[np.float64]:
    """Return standard uncertainties in mol %, as mole fractions in the order of the table."""
    told = np.zeros((1, len(KNOWN)))
    for name, share in _shares(text).items():
        value = _share(name, share)
        if name not in KNOWN or not 0 <= value < math.inf:
            fault = f"{name[:40]}={share[:40]}: a known component and a standard uncertainty in mol %"
            raise GasError(GasReason.COMPOSITION_NUMBER, "uncertainty", fault)
        told[0, KNOWN.index(name)] = value / 100
    return told


def _simple(whole: Given) -> SimpleAnalysis:
    gcv, density, dioxide, hydrogen = (_number(whole, name, unless="0" if name in KNOWN else "") for name in SIMPLE)
    other = [name for name in whole if name in KNOWN and name not in SIMPLE]
    if other:
        text = f"{', '.join(other)}: give the whole composition, or calorific value, density, CO2 and H2"
        raise GasError(GasReason.MISSING_INPUT, "composition", text)
    return SimpleAnalysis(gcv, density, dioxide / 100, hydrogen / 100)


def _number(whole: Given, name: str, unless: str = "") -> float:
    text = whole.get(name, unless)
    if not text:
        raise GasError(GasReason.MISSING_INPUT, name, "is needed: give it as an option or in the file")
    if not _NUMBER.fullmatch(text):
        raise GasError(GasReason.NUMBER, name, f"{text[:40]!r} is no number: write a plain decimal number")
    return float(text)
